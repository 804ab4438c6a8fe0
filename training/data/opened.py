"""What a run trains on, opened: rows, targets, how batches are made, and what is known of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from citemesh.training.batches.targets import BatchTargets
from citemesh.training.data.rows import RowFacts

if TYPE_CHECKING:
    from datasets import Dataset
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers


@dataclass(frozen=True)
class TrainingData:
    """Rows that can be trained on.

    Args:
        texts: text columns in the loss's order, then ``label``, the number of the row.
        columns: the text columns.
        facts: queries and papers of the rows.
        targets: what the loss needs beside the texts; None for nothing.
        sampler: makes batches, as sentence-transformers' ``batch_sampler`` wants it.
        counts: what was left out, and what was found, by name.
    """

    texts: Dataset
    columns: tuple[str, ...]
    facts: RowFacts
    targets: BatchTargets | None
    sampler: BatchSamplers | Callable[..., Any]
    counts: Mapping[str, int] = field(default_factory=dict)
