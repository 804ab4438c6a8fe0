"""Writing records into a graph over Bolt: each batch replaces what older records said, or nothing.

All statements of a batch are one transaction, and writing it again changes nothing; so a killed
run is mended by running it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from citemesh.graph.client import GraphClient, Statement
from citemesh.graph.cypher import named_query
from citemesh.graph.load.current_records import RecordBatch
from citemesh.graph.load.import_tables import Columns
from citemesh.graph.load.record_rows import (
    KnownConcepts,
    article_columns,
    citations,
    heading_columns,
    same_work_columns,
    supplementary_columns,
)
from citemesh.graph.pmid_set import Pmids, order_key

#: Records per transaction, with some thirty relationships each: Neo4j's own advice is 10k to 50k
#: rows, and a transaction's state must fit into the heap.
RECORDS_PER_TRANSACTION = 1_000
_CLEAR = ("record_clear_citations", "record_clear_concepts", "record_clear_relations")

Rows = list[dict[str, Any]]


class RecordWriter:
    """Writes and removes the records of PubMed files.

    Args:
        client: the graph.
        known: the concepts that its MeSH names.
        dropped: counts what is left out, by reason.
    """

    def __init__(self, client: GraphClient, known: KnownConcepts, dropped: Counter[str]) -> None:
        self._client = client
        self._known = known
        self._dropped = dropped
        #: Nodes and relationships written so far.
        self.rows = 0

    def write(self, batch: RecordBatch, file: str) -> Iterator[int]:
        """Write records of a file, yielding how many are in after each transaction."""
        articles = _article_rows(batch, file)
        headings = _grouped(heading_columns(batch, self._known, self._dropped))
        concepts = _grouped(supplementary_columns(batch, self._known, self._dropped))
        relations = _grouped(_with_key(same_work_columns(batch)))
        cited = _grouped(self._citation_columns(batch))
        for start in range(0, len(articles), RECORDS_PER_TRANSACTION):
            rows = articles[start : start + RECORDS_PER_TRANSACTION]
            pmids = [row["pmid"] for row in rows]
            parts = [_rows_for(pmids, part) for part in (headings, concepts, cited, relations)]
            self._client.write_together(list(_statements(pmids, rows, *parts)))
            self.rows += len(rows) + sum(len(row["of"]) for part in parts for row in part)
            yield len(rows)

    def delete(self, pmids: Pmids) -> None:
        """Remove the records of these PMIDs."""
        for start in range(0, len(pmids), RECORDS_PER_TRANSACTION):
            some = pmids[start : start + RECORDS_PER_TRANSACTION].tolist()
            names = (*_CLEAR, "record_delete")
            self._client.write_together(
                [(named_query("graph", name), {"pmids": some}) for name in names]
            )

    def _citation_columns(self, batch: RecordBatch) -> Columns:
        citing, cited = citations(batch, self._dropped)
        others = citing != cited
        self._dropped["self-citations"] += int(np.count_nonzero(~others))
        pairs = np.unique(np.column_stack([citing[others], cited[others]]), axis=0)
        given_twice = int(np.count_nonzero(others)) - len(pairs)
        self._dropped["references given twice in a record"] += given_twice
        return _with_key({"start": pairs[:, 0], "end": pairs[:, 1]})


def citation_rows(citing: Pmids, cited: Pmids) -> Rows:
    """Rows of ``write_citations.cypher`` for citations of shape (n,), one per citing article."""
    grouped = _grouped(_with_key({"start": citing, "end": cited}))
    rows = _rows_for(list(grouped), grouped)
    keys = order_key(np.fromiter(grouped, np.int64, len(grouped))).tolist()
    return [{**row, "h": h} for row, h in zip(rows, keys, strict=True)]


def _article_rows(batch: RecordBatch, file: str) -> Rows:
    columns = dict(article_columns(batch, file))
    del columns["labels"]
    rows: Rows = pa.table({**columns, "document": batch.is_document}).to_pylist()
    return rows


def _with_key(columns: Columns) -> Columns:
    """Columns with ``h`` of the article at the end, which may be new to the graph."""
    ends = np.asarray(columns["end"], np.int64)
    return {**columns, "h": order_key(ends)}


def _grouped(columns: Columns) -> dict[int, Rows]:
    """Rows by the article they start from."""
    grouped: dict[int, Rows] = {}
    for row in pa.table(dict(columns)).to_pylist():
        grouped.setdefault(row.pop("start"), []).append(row)
    return grouped


def _rows_for(pmids: list[int], grouped: dict[int, Rows]) -> Rows:
    return [{"pmid": pmid, "of": grouped[pmid]} for pmid in pmids if pmid in grouped]


def _unknown(rows: Rows) -> Rows:
    """Concepts that only the records name."""
    names = {of["end"]: of["name"] for row in rows for of in row["of"] if of["name"] is not None}
    return [{"ui": ui, "name": name} for ui, name in names.items()]


def _statements(
    pmids: list[int], articles: Rows, headings: Rows, concepts: Rows, cited: Rows, relations: Rows
) -> Iterator[Statement]:
    for name in _CLEAR:
        yield named_query("graph", name), {"pmids": pmids}
    for name, rows in (
        ("record_articles", articles),
        ("record_unknown_descriptors", _unknown(headings)),
        ("record_headings", headings),
        ("record_unknown_supplementary", _unknown(concepts)),
        ("record_supplementary", concepts),
        ("record_relations", relations),
        ("record_citations", cited),
    ):
        if rows:
            yield named_query("graph", name), {"rows": rows}
