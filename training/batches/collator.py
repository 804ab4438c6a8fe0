"""The collator: tokenized texts of a batch, with the targets that its loss wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sentence_transformers.sentence_transformer.data_collator import SentenceTransformerDataCollator

from citemesh.training.batches.targets import BatchTargets

#: The key of a batch's row numbers, which the trainer takes out before the model sees it.
ROWS = "citemesh_rows"
#: The column of row numbers; the library passes a column of this name on to the loss.
ROW_COLUMN = "label"


@dataclass
class TargetCollator(SentenceTransformerDataCollator):
    """Turns rows into tensors; their numbers (the column ``label``) into targets.

    Args:
        targets: looks the targets up; None for a loss that needs none.
    """

    targets: BatchTargets | None = None

    def __call__(self, features: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch."""
        batch: dict[str, Any] = super().__call__(features)
        rows: torch.Tensor = batch[ROW_COLUMN]
        numbers = rows.numpy().astype(np.int64)
        batch[ROW_COLUMN] = {} if self.targets is None else self.targets.of(numbers)
        batch[ROWS] = rows
        return batch
