"""Opening what a recipe trains on: an export, or titles or documents of the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from citemesh.graph.corpus import Corpus
from citemesh.training.batches.composed import ComposedBatches, Composition
from citemesh.training.batches.known_mask import KnownMask
from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.batches.length_groups import LengthGroups, text_lengths
from citemesh.training.data.denied import Denied
from citemesh.training.data.documents import training_documents
from citemesh.training.data.export import read_export
from citemesh.training.data.graph_arrays import open_graph_arrays
from citemesh.training.data.open_export import open_export
from citemesh.training.data.opened import TrainingData
from citemesh.training.data.row_ids import RowIds
from citemesh.training.data.rows import RowFacts
from citemesh.training.data.titles import training_titles
from citemesh.training.plan import TrainingPlan
from citemesh.training.recipes.settings import Settings
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from datasets import Dataset


def data_inputs(workspace: Workspace, plan: TrainingPlan) -> dict[str, str]:
    """Hashes of what a run trains on.

    Raises:
        InputError: when it is not there.
    """
    if plan.data is not None:
        return {"export": read_export(plan.data).sha256}
    return {"corpus": str(Corpus(workspace.corpus).manifest.settings["load_id"])}


def open_data(
    workspace: Workspace, plan: TrainingPlan, cache: Path, denied: Denied
) -> TrainingData:
    """Open the data of a run.

    Args:
        workspace: its corpus and its snapshot.
        plan: what to train on.
        cache: where memory-mapped copies go; the caller removes it.
        denied: what must not be trained on.

    Raises:
        InputError: when it is not there, is not whole, or holds what is denied.
    """
    if plan.data is not None:
        texts, columns, ids, targets, counts = open_export(
            workspace, plan.data, plan.settings, cache, denied
        )
        facts = RowFacts(len(ids.known), ids.query, (ids.positive[:, None], ids.negatives))
        sampler = _sampler(texts, columns, plan.settings)
        return TrainingData(_numbered(texts), columns, facts, targets, sampler, counts)
    if plan.settings.source == "titles":
        return _titles(workspace, plan.settings, cache, denied)
    return _documents(workspace, plan.settings, cache, denied)


def _titles(workspace: Workspace, settings: Settings, cache: Path, denied: Denied) -> TrainingData:
    rows = training_titles(Corpus(workspace.corpus), settings, denied.pmids, cache)
    number = np.arange(len(rows.pmids))
    columns = ("anchor", "positive")
    known = KnownMask(RowIds.of_own_papers(rows.pmids))
    return TrainingData(
        rows.dataset, columns, RowFacts(len(number), number, (rows.pmids[:, None],)),
        None if settings.in_batch_mask == "none" else known,
        _sampler(rows.dataset, columns, settings), rows.left_out,
    )  # fmt: skip


def _documents(
    workspace: Workspace, settings: Settings, cache: Path, denied: Denied
) -> TrainingData:
    labels = LabelVectors.of(open_graph_arrays(workspace), settings)
    rows = training_documents(Corpus(workspace.corpus), labels, settings, denied.pmids, cache)
    number = np.arange(len(rows.pmids))
    columns = ("anchor",)
    sampler = _sampler(rows.dataset, columns, settings)
    if settings.batches == "composed":
        composition = Composition(
            labels, rows.pmids, rows.partners, settings.zero_overlap_negatives
        )

        def sampler(dataset: Dataset, **options: Any) -> ComposedBatches:
            return ComposedBatches(dataset, **options, composition=composition)

    return TrainingData(
        rows.dataset, columns, RowFacts(len(number), number, (rows.pmids[:, None],)),
        LabelTargets(rows.pmids, labels), sampler, rows.left_out,
    )  # fmt: skip


def _sampler(texts: Dataset, columns: tuple[str, ...], settings: Settings) -> Any:
    """What makes batches, as sentence-transformers' ``batch_sampler`` wants it."""
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers

    if settings.group_by_length:
        lengths = text_lengths(texts, columns)
        return lambda dataset, **options: LengthGroups(dataset, **options, lengths=lengths)
    if settings.batches == "no_duplicates":
        return BatchSamplers.NO_DUPLICATES
    return BatchSamplers.BATCH_SAMPLER


def _numbered(texts: Dataset) -> Dataset:
    """Rows with their numbers as the column ``label``."""
    return texts.add_column("label", np.arange(len(texts), dtype=np.int64))
