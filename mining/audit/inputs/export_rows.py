"""Our sentence-transformers exports: rows of ids in Parquet files, with their queries' texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.mining.anchors.query_file import Place, checked_id, checked_text
from citemesh.mining.audit.inputs.triples import GIVEN, Triples, entry_pmid
from citemesh.mining.audit.inputs.user_negatives import TripleLines

_Rows = Iterator[tuple[Place, dict[str, Any]]]
_NEGATIVE, _STRATEGY = "negative_pmid", "strategy"


def open_export_rows(folder: Path) -> TripleLines | None:
    """An export of texts with ids beside them, or of ids alone; None for another folder."""
    parts = {name: tuple(sorted((folder / name).glob("*.parquet")))
             for name in ("ids", "texts", "triplets", "queries")}  # fmt: skip
    ids, texts, triplets, queries = parts.values()
    if ids and texts:
        return TripleLines((*ids, *texts), lambda: _beside_texts(folder, ids, texts))
    if triplets and queries:
        return TripleLines((*triplets, *queries), lambda: _triplets(triplets, queries))
    return None


def _beside_texts(
    folder: Path, ids: tuple[Path, ...], texts: tuple[Path, ...]
) -> Iterator[Triples]:
    """Equal rows in equal order: ``ids/`` has PMIDs and strategies, ``texts/`` the queries."""
    both = zip_longest(_rows(ids), _rows(texts, ["anchor"]))
    for number, (own, beside) in enumerate(both):
        if own is None or beside is None:
            raise InputError(
                f"{folder}: ids/ and texts/ have not the same number of rows, {number:,} of them "
                "are in both.",
                "Export again.",
            )
        (place, row), text = own, beside[1]["anchor"]
        negatives = tuple(
            (str(row.get(name.replace(_NEGATIVE, _STRATEGY), GIVEN)), entry_pmid(place, pmid, name))
            for name, pmid in row.items()
            if name.startswith(_NEGATIVE)
        )
        yield _line(place, row["query_id"], text, row["positive_pmid"], negatives)


def _triplets(triplets: tuple[Path, ...], queries: tuple[Path, ...]) -> Iterator[Triples]:
    """Triplets of ids; their queries stand in ``queries/`` in the same order."""
    waiting = _rows(queries)
    query: dict[str, Any] = {}
    for place, row in _rows(triplets):
        while query.get("query_id") != row["query_id"]:
            found = next(waiting, None)
            if found is None:
                raise place.fault(
                    f"queries/ has no query {row['query_id']!r} at its place.",
                    "Both are in the order in which `citemesh export` wrote them.",
                )
            query = found[1]
        negative = (GIVEN, entry_pmid(place, row["negative_id"], "negative_id"))
        yield _line(place, row["query_id"], query["query"], row["positive_id"], (negative,))


def _line(
    place: Place, query_id: object, query: object, positive: object,
    negatives: tuple[tuple[str, int], ...],
) -> Triples:  # fmt: skip
    return Triples(
        place, checked_id(place, query_id), checked_text(place, query), None,
        (entry_pmid(place, positive, "positive"),), negatives,
    )  # fmt: skip


def _rows(paths: tuple[Path, ...], columns: list[str] | None = None) -> _Rows:
    for path in paths:
        number = 0
        for batch in pq.ParquetFile(path).iter_batches(5_000, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield Place(path, number), row
