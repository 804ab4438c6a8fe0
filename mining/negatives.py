"""The mined tables: one row per anchor, one row per negative (docs/data-model.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.pubmed.staging import COMPRESSION
from citemesh.mining.anchors import Anchor

ANCHORS_FILE = "anchors.parquet"
NEGATIVES_FILE = "negatives.parquet"
DROPS_FILE = "drops.json"
MANIFEST_KIND = "mine"

ANCHOR_SCHEMA = pa.schema(
    [
        ("query_id", pa.string()), ("query", pa.string()), ("anchor_pmid", pa.int64()),
        ("positive_pmids", pa.list_(pa.int64())),
    ]
)  # fmt: skip
NEGATIVE_SCHEMA = pa.schema(
    [
        ("query_id", pa.string()), ("start_pmid", pa.int64()), ("negative_pmid", pa.int64()),
        ("strategy", pa.string()), ("rank", pa.int32()), ("score", pa.float32()),
        ("hops", pa.int32()), ("path", pa.list_(pa.int64())), ("paths", pa.int32()),
        ("shared_citers", pa.int32()), ("shared_references", pa.int32()),
        ("start_heading", pa.string()), ("negative_heading", pa.string()),
        ("parent", pa.string()), ("tree_distance", pa.int32()),
        ("shared_headings", pa.int32()), ("shared_major", pa.int32()), ("siml", pa.float32()),
        ("max_siml", pa.float32()), ("reason", pa.string()), ("score_positive", pa.float32()),
        ("score_negative", pa.float32()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Negative:
    """A mined negative with its evidence; the columns of docs/data-model.md."""

    query_id: str
    start_pmid: int
    negative_pmid: int
    strategy: str
    rank: int
    score: float | None
    hops: int | None
    path: tuple[int, ...]
    paths: int | None
    shared_citers: int
    shared_references: int
    start_heading: str | None
    negative_heading: str | None
    parent: str | None
    tree_distance: int | None
    shared_headings: int
    shared_major: int
    siml: float | None
    max_siml: float | None
    reason: str
    score_positive: float | None = None
    score_negative: float | None = None


class MinedWriter:
    """Writes anchors and negatives batch by batch; use it as a context manager.

    Args:
        folder: an existing folder.
    """

    def __init__(self, folder: Path) -> None:
        self._anchors = pq.ParquetWriter(folder / ANCHORS_FILE, ANCHOR_SCHEMA, **COMPRESSION)
        self._negatives = pq.ParquetWriter(folder / NEGATIVES_FILE, NEGATIVE_SCHEMA, **COMPRESSION)

    def write(self, anchors: pa.Table, negatives: pa.Table) -> None:
        """Append a batch: tables of `ANCHOR_SCHEMA` and `NEGATIVE_SCHEMA`."""
        for writer, table in ((self._anchors, anchors), (self._negatives, negatives)):
            if table.num_rows:
                writer.write_table(table)

    def __enter__(self) -> MinedWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._anchors.close()
        self._negatives.close()


def anchor_table(anchors: Sequence[Anchor]) -> pa.Table:
    """Anchors as a table."""
    return pa.Table.from_pylist([asdict(anchor) for anchor in anchors], ANCHOR_SCHEMA)


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Anchors of a table, a row group at a time."""
    for row in _rows(path):
        yield Anchor(**row | {"positive_pmids": tuple(row["positive_pmids"])})


def read_mined(folder: Path) -> Iterator[tuple[Anchor, list[Negative]]]:
    """Each anchor with its negatives, in the order mined; holds a row group at a time.

    Both files are in the order of the anchors, so that they can be read side by side.
    """
    negatives = _rows(folder / NEGATIVES_FILE)
    waiting = next(negatives, None)
    for anchor in read_anchors(folder / ANCHORS_FILE):
        own: list[Negative] = []
        while waiting is not None and waiting["query_id"] == anchor.query_id:
            own.append(Negative(**waiting | {"path": tuple(waiting["path"])}))
            waiting = next(negatives, None)
        yield anchor, own


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=5_000):
        yield from batch.to_pylist()
