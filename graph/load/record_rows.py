"""What records put into the graph: the rows of the import tables, repeated ones left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from citemesh.graph.load.current_records import RecordBatch
from citemesh.graph.load.import_tables import Columns
from citemesh.graph.mesh.tree import MeshTree
from citemesh.graph.pmid_set import Pmids, order_key

#: CommentsCorrections/@RefType that tie an article to another form of the same work, or to a
#: notice about it; other kinds (Cites, AssociatedDataset) do not.
SAME_WORK_KINDS = (
    "CommentIn", "CommentOn", "CorrectedandRepublishedIn", "CorrectedandRepublishedFrom",
    "ErratumIn", "ErratumFor", "ExpressionOfConcernIn", "ExpressionOfConcernFor",
    "OriginalReportIn", "ReprintIn", "ReprintOf", "RepublishedIn", "RepublishedFrom",
    "RetractedandRepublishedIn", "RetractedandRepublishedFrom", "RetractionIn", "RetractionOf",
    "SummaryForPatientsIn", "UpdateIn", "UpdateOf",
)  # fmt: skip
#: Columns of an article that go into the graph as they are.
_ARTICLE_COLUMNS = (
    "pmid", "title", "year", "journal", "status", "version", "indexing_method",
    "publication_types", "retracted",
)  # fmt: skip


@dataclass(frozen=True)
class KnownConcepts:
    """UIs that the loaded MeSH names; others take their name from the records that use them."""

    descriptors: Collection[str]
    supplementary: Collection[str]

    @classmethod
    def of(cls, mesh: MeshTree) -> KnownConcepts:
        """Those of a MeSH tree."""
        return cls(mesh.descriptors.keys(), {concept.ui for concept in mesh.supplementary})


def article_columns(batch: RecordBatch, file: str) -> Columns:
    """Rows of the table ``articles``."""
    columns: dict[str, Any] = {
        name: _no_empty_text(batch.articles[name]) for name in _ARTICLE_COLUMNS
    }
    columns["h"] = order_key(batch.pmids)
    columns["file"] = [file] * batch.articles.num_rows
    columns["labels"] = np.where(batch.is_document, "Article;Document", "Article")
    return columns


def heading_columns(batch: RecordBatch, known: KnownConcepts, dropped: Counter[str]) -> Columns:
    """Rows of the table ``has_mesh``: each descriptor once per record."""
    rows = _once_per_record(batch.parts["headings"], "ui", "headings", dropped)
    return {
        "start": rows["pmid"], "end": rows["ui"], "major": rows["major"],
        "qualifiers": rows["qualifiers"], "name": _names(rows, known.descriptors),
    }  # fmt: skip


def supplementary_columns(
    batch: RecordBatch, known: KnownConcepts, dropped: Counter[str]
) -> Columns:
    """Rows of the table ``has_supplementary``: each supplementary concept once per record.

    Chemicals that are descriptors (UI D…) stand among the headings.
    """
    rows = batch.parts["supplementary"]
    rows = rows.filter(pc.starts_with(rows["ui"], "C"))
    rows = _once_per_record(rows, "ui", "supplementary concepts", dropped)
    return {
        "start": rows["pmid"], "end": rows["ui"], "type": rows["type"],
        "name": _names(rows, known.supplementary),
    }  # fmt: skip


def citations(batch: RecordBatch, dropped: Counter[str]) -> tuple[Pmids, Pmids]:
    """Citing and cited PMIDs of the references that have one, both of shape (n,)."""
    rows = batch.parts["references"]
    cited = rows.filter(pc.is_valid(rows["cited_pmid"]))
    dropped["references without a PMID"] += rows.num_rows - cited.num_rows
    return cited["pmid"].to_numpy(), cited["cited_pmid"].to_numpy()


def same_work_columns(batch: RecordBatch) -> Columns:
    """Rows of the table ``same_work``."""
    rows = batch.parts["relations"]
    rows = rows.filter(
        pc.and_(
            pc.is_in(rows["kind"], pa.array(SAME_WORK_KINDS)),
            pc.and_(
                pc.is_valid(rows["other_pmid"]), pc.not_equal(rows["pmid"], rows["other_pmid"])
            ),
        )
    )
    rows = rows.select(["pmid", "other_pmid", "kind"]).group_by(
        ["pmid", "other_pmid", "kind"], use_threads=False
    ).aggregate([])  # fmt: skip
    return {"start": rows["pmid"], "end": rows["other_pmid"], "kind": rows["kind"]}


def _no_empty_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts with null for empty ones, which the import tool would leave out."""
    if values.type != pa.string():
        return values
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _once_per_record(rows: pa.Table, column: str, what: str, dropped: Counter[str]) -> pa.Table:
    codes = rows[column].combine_chunks().dictionary_encode().indices.to_numpy()
    keys = rows["record"].to_numpy().astype(np.int64) << 32 | codes
    first = np.sort(np.unique(keys, return_index=True)[1])
    dropped[f"{what} given twice in a record"] += rows.num_rows - len(first)
    return rows if len(first) == rows.num_rows else rows.take(pa.array(first))


def _names(rows: pa.Table, known: Collection[str]) -> pa.ChunkedArray:
    """The name that the record gives where MeSH gives none, else null."""
    uis = rows["ui"].to_pylist()
    unknown: NDArray[np.bool_] = np.fromiter((ui not in known for ui in uis), bool, len(uis))
    return pc.if_else(pa.array(unknown), rows["name"], pa.scalar(None, pa.string()))
