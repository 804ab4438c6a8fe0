"""Opening an export: its rows as the settings want them, checked, with their masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citemesh.graph.corpus import Corpus
from citemesh.manifest import Manifest, read_manifest
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.export.settings import TITLE_ABSTRACT
from citemesh.training.batches.evidence_mask import EvidenceMask
from citemesh.training.batches.known_mask import KnownMask
from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.batches.targets import AllTargets, BatchTargets
from citemesh.training.data.denied import Denied
from citemesh.training.data.evidence_positives import EvidenceSearch
from citemesh.training.data.evidence_scorer import evidence_scorer
from citemesh.training.data.evidence_texts import with_evidence_positives
from citemesh.training.data.export import Export, load_texts, read_export
from citemesh.training.data.export_rows import ExportRows, chosen_rows
from citemesh.training.data.graph_arrays import open_graph_arrays
from citemesh.training.data.read_ids import dev_papers, read_row_ids
from citemesh.training.data.row_ids import RowIds
from citemesh.training.recipes.settings import Settings
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from datasets import Dataset

Opened = tuple["Dataset", tuple[str, ...], RowIds, BatchTargets | None, dict[str, int]]
#: Rows whose papers are looked at together.
_BATCH = 100_000


def open_export(
    workspace: Workspace, folder: Path, settings: Settings, cache: Path, denied: Denied
) -> Opened:
    """Open an export.

    Returns:
        Texts, their columns, their ids, what the loss needs beside them, and counts by name.

    Raises:
        InputError: when it cannot be trained on, or holds what is denied.
        SettingsError: when it has fewer negatives than are asked for.
    """
    export = read_export(folder)
    rows = ExportRows(load_texts(export, cache), read_row_ids(export, cache))
    rows = chosen_rows(rows, settings, cache)
    _check(rows, denied, str(folder))
    counts: dict[str, int] = {}
    parts: list[BatchTargets] = []
    judge = _Judge.of(workspace, export, settings)
    if judge is not None and settings.evidence_positives:
        rows, found = judge.with_evidence_positives(rows, denied, cache)
        counts.update({f"evidence_positives_{name}": count for name, count in found.items()})
    if judge is not None and settings.in_batch_mask == "evidence":
        mask = settings.mask_probability
        parts.append(EvidenceMask(rows.ids, judge.engine, judge.combiner, mask))
    elif settings.in_batch_mask != "none":
        parts.append(KnownMask(rows.ids))
    if settings.siml_weight:
        labels = LabelVectors.of(open_graph_arrays(workspace), settings)
        parts.append(LabelTargets(rows.ids.positive, labels))
    columns = tuple(rows.texts.column_names)
    return rows.texts, columns, rows.ids, AllTargets(parts) if parts else None, counts


@dataclass(frozen=True)
class _Judge:
    """What evidence is judged with.

    Args:
        engine: the graph.
        combiner: weights of its evidence.
        corpus: texts of papers.
        export: what is trained on.
        settings: of the run.
    """

    engine: ArrayEngine
    combiner: Combiner
    corpus: Corpus
    export: Export
    settings: Settings

    @classmethod
    def of(cls, workspace: Workspace, export: Export, settings: Settings) -> _Judge | None:
        """The judge of a run; None for one that asks for no evidence."""
        if settings.in_batch_mask != "evidence" and not settings.evidence_positives:
            return None
        engine, corpus = open_graph_arrays(workspace), Corpus(workspace.corpus)
        mined = str(_manifest(export).settings["mined"])
        combiner = evidence_scorer(engine, corpus, workspace.audit(mined))
        return cls(engine, combiner, corpus, export, settings)

    def with_evidence_positives(
        self, rows: ExportRows, denied: Denied, cache: Path
    ) -> tuple[ExportRows, dict[str, int]]:
        """Rows of which a share has a paper with strong evidence for its positive; and counts."""
        papers = dev_papers(self.export)
        papers.add(denied.pmids.difference(papers))
        search = EvidenceSearch(self.engine, self.combiner, self.settings.mask_probability, papers)
        found = search.find(rows.ids, self.settings.evidence_positives, self.settings.seed)
        titled = _manifest(self.export).settings["passages"] == TITLE_ABSTRACT
        changed = with_evidence_positives(
            rows.texts, rows.ids, found, self.corpus, cache / "evidence", titled=titled
        )
        return ExportRows(*changed), found.counts


def _manifest(export: Export) -> Manifest:
    return read_manifest(export.folder, "export", "citemesh export MINED")


def _check(rows: ExportRows, denied: Denied, where: str) -> None:
    """Refuse what is denied, a batch of rows at a time."""
    for begin in range(0, len(rows.texts), _BATCH):
        block = slice(begin, begin + _BATCH)
        denied.check_papers(rows.ids.positive[block], where)
        denied.check_papers(rows.ids.negatives[block], where)
    if denied.queries:
        denied.check_queries(rows.texts["anchor"], where)
