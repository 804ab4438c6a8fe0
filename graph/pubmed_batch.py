"""Records read → Arrow tables of `SCHEMAS`, some thousand records at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from citemesh.graph.pubmed_tables import PARTS, RECORD_KEY, SCHEMAS

Row = tuple[Any, ...]


class Batch:
    """Rows of records that were read whole.

    Args:
        first: how many records the file's batches before this one hold.
    """

    def __init__(self, first: int = 0) -> None:
        self.deletions: list[int] = []
        self._first = first
        self._articles: list[Row] = []
        self._parts: dict[str, list[Row]] = {name: [] for name in PARTS}
        self._lengths: dict[str, list[int]] = {name: [] for name in PARTS}

    def __len__(self) -> int:
        return len(self._articles)

    def __bool__(self) -> bool:
        return bool(self._articles or self.deletions)

    def next(self) -> Batch:
        """An empty batch for the records after these."""
        return Batch(self._first + len(self))

    def add(self, article: Row, parts: Mapping[str, Sequence[Row]]) -> None:
        """Take a record.

        Args:
            article: its row of the table `articles`.
            parts: table to the rows that belong to it, without the columns of `RECORD_KEY`.
        """
        self._articles.append(article)
        for name, rows in parts.items():
            self._parts[name].extend(rows)
            self._lengths[name].append(len(rows))

    def tables(self) -> dict[str, pa.Table]:
        """The tables of `SCHEMAS`."""
        articles = _table(self._articles, SCHEMAS["articles"])
        tables = {"articles": articles}
        numbers = np.arange(self._first, self._first + len(self), dtype=np.int32)
        keys = [numbers, articles["pmid"].to_numpy(), articles["version"].to_numpy()]
        for name in PARTS:
            schema = SCHEMAS[name]
            own = pa.schema(list(schema)[len(RECORD_KEY) :])
            repeated = [pa.array(np.repeat(key, self._lengths[name])) for key in keys]
            columns = _table(self._parts[name], own).columns
            tables[name] = pa.Table.from_arrays([*repeated, *columns], schema=schema)
        tables["deletions"] = pa.table({"pmid": self.deletions}, SCHEMAS["deletions"])
        return tables


def _table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
