"""sentence-transformers: rows of texts with their ids beside them, or rows of ids alone.

The trainer takes columns by their order, anchor first and positive second (its Dataset Overview,
"Dataset Format"). Id data sets have the columns of the project's own ``msmarco`` data set, whose
training scripts look texts up in its configurations ``queries`` and ``corpus``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts, Row
from citemesh.mining.export.settings import ExportSettings

_TEXT, _ID = pa.string(), pa.int64()


class TextRows:
    """``texts/`` and ``ids/``, Parquet files with equal rows in equal order.

    Args:
        settings: the layout: ``pair``, ``triplet`` or ``n-tuple``.
    """

    configs: Mapping[str, str] = {
        "default": "texts/{split}-*.parquet", "ids": "ids/{split}-*.parquet"
    }  # fmt: skip
    training_part = "texts/{split}"
    has_corpus = False

    def __init__(self, settings: ExportSettings) -> None:
        self._layout = settings.laid_out
        self._texts, self._ids = _schemas(settings)

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append one row for each positive, in the triplet layout for each of its negatives."""
        texts = (row for item in items for row, _ in self._rows(item, passages))
        parts.write(f"texts/{split}", texts, self._texts)
        ids = (row for item in items for _, row in self._rows(item, passages))
        parts.write(f"ids/{split}", ids, self._ids)

    def _rows(self, item: Item, passages: Mapping[int, Passage]) -> Iterator[tuple[Row, Row]]:
        for positive in item.positives:
            texts: Row = {"anchor": item.anchor.query, "positive": passages[positive].text}
            ids: Row = {
                "query_id": item.anchor.query_id, "anchor_pmid": item.anchor.anchor_pmid,
                "positive_pmid": positive,
            }  # fmt: skip
            triplet = self._layout == "triplet"
            for number, negative in enumerate(item.negatives, start=1):
                end = "" if triplet else f"_{number}"
                texts[f"negative{end}"] = passages[negative.negative_pmid].text
                ids[f"negative_pmid{end}"] = negative.negative_pmid
                ids[f"strategy{end}"] = negative.strategy
                if triplet:
                    yield dict(texts), dict(ids)
            if not triplet:
                yield texts, ids

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Texts stand in the rows."""


def _schemas(settings: ExportSettings) -> tuple[pa.Schema, pa.Schema]:
    """Columns of texts and ids."""
    texts: list[tuple[str, Any]] = [("anchor", _TEXT), ("positive", _TEXT)]
    ids: list[tuple[str, Any]] = [
        ("query_id", _TEXT), ("anchor_pmid", _ID), ("positive_pmid", _ID)
    ]  # fmt: skip
    ends = ["_" + str(number + 1) for number in range(settings.fewest_negatives)]
    for end in [""] if settings.laid_out == "triplet" else ends:
        texts.append((f"negative{end}", _TEXT))
        ids += [(f"negative_pmid{end}", _ID), (f"strategy{end}", _TEXT)]
    return pa.schema(texts), pa.schema(ids)


class IdRows:
    """Triplets of ids, and ``queries/`` and ``corpus/`` with each text once."""

    configs: Mapping[str, str] = {
        "triplets": "triplets/{split}-*.parquet", "queries": "queries/{split}-*.parquet",
        "corpus": "corpus/train-*.parquet",
    }  # fmt: skip
    training_part = "triplets/{split}"
    has_corpus = True
    _triplets = pa.schema([("query_id", _TEXT), ("positive_id", _ID), ("negative_id", _ID)])
    _queries = pa.schema([("query_id", _TEXT), ("query", _TEXT)])
    _corpus = pa.schema([("passage_id", _ID), ("passage", _TEXT)])

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append each positive with each negative."""
        anchors = (item.anchor for item in items)
        queries = ({"query_id": anchor.query_id, "query": anchor.query} for anchor in anchors)
        parts.write(f"queries/{split}", queries, self._queries)
        rows = (
            {"query_id": item.anchor.query_id, "positive_id": positive,
             "negative_id": negative.negative_pmid}
            for item in items for positive in item.positives for negative in item.negatives
        )  # fmt: skip
        parts.write(f"triplets/{split}", rows, self._triplets)

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Write every passage."""
        rows = ({"passage_id": passage.pmid, "passage": passage.text} for passage in passages)
        parts.write("corpus/train", rows, self._corpus)
