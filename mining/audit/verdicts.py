"""The table of verdicts: one row per negative, with the evidence that speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.pubmed.staging import COMPRESSION

VERDICTS_FILE = "verdicts.parquet"
RATES_FILE = "rates.json"
SCORER_FILE = "scorer.json"
MANIFEST_KIND = "audit"

REJECT, LIKELY, AMBIGUOUS, CLEAN = "reject", "likely_false_negative", "ambiguous", "clean"
#: From the worst to the best.
VERDICTS = (REJECT, LIKELY, AMBIGUOUS, CLEAN)

#: Evidence of the pair (closest known positive, negative); floats are null where unknown.
EVIDENCE_FIELDS = (
    ("cites", pa.bool_()), ("cited_by", pa.bool_()),
    ("shared_references", pa.int32()), ("shared_citers", pa.int32()),
    ("references_similarity", pa.float64()), ("citers_similarity", pa.float64()),
    ("chains", pa.int32()), ("same_work", pa.bool_()), ("same_title", pa.bool_()),
    ("shared_headings", pa.int32()), ("shared_major", pa.int32()),
    ("qualifier_conflicts", pa.int32()),
    ("siml", pa.float64()), ("ic_cosine", pa.float64()), ("lin", pa.float64()),
    ("tree_distance", pa.int32()),
)  # fmt: skip
VERDICT_SCHEMA = pa.schema(
    [
        ("query_id", pa.string()), ("negative_pmid", pa.int64()), ("strategy", pa.string()),
        ("rank", pa.int32()), ("verdict", pa.string()), ("probability", pa.float64()),
        ("reasons", pa.list_(pa.string())), ("sentence", pa.string()),
        ("known_positives", pa.int32()), ("closest_pmid", pa.int64()), *EVIDENCE_FIELDS,
        ("query_cosine", pa.float64()), ("positive_cosine", pa.float64()),
        ("year", pa.int32()), ("years_later", pa.int32()), ("retracted", pa.bool_()),
        ("indexed", pa.bool_()), ("indexing_method", pa.string()),
        ("branches", pa.list_(pa.string())),
    ]
)  # fmt: skip


class VerdictWriter:
    """Writes verdicts batch by batch; use it as a context manager.

    Args:
        folder: an existing folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = pq.ParquetWriter(folder / VERDICTS_FILE, VERDICT_SCHEMA, **COMPRESSION)

    def write(self, verdicts: pa.Table) -> None:
        """Append a table of `VERDICT_SCHEMA`."""
        if verdicts.num_rows:
            self._file.write_table(verdicts)

    def __enter__(self) -> VerdictWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def verdict_batches(
    folder: Path, columns: Sequence[str] | None = None, rows: int = 50_000
) -> Iterator[pa.RecordBatch]:
    """The verdicts of an audit, some rows at a time."""
    yield from pq.ParquetFile(folder / VERDICTS_FILE).iter_batches(rows, columns=columns)


def read_verdicts(folder: Path) -> Iterator[dict[str, Any]]:
    """The verdicts of an audit, row by row, in the order of the anchors."""
    for batch in verdict_batches(folder, rows=5_000):
        yield from batch.to_pylist()
