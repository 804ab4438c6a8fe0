"""Columns that grow value by value and become an Arrow table.

Each column is one flat Python list of strings, numbers or None. Rows as tuples, or lists within
lists, would each be visited by the garbage collector: that took a fifth of a whole parse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd  # noqa: F401 - else pyarrow imports it in mid-conversion: a Ctrl-C can be lost
import pyarrow as pa


class Columns:
    """The growing columns of one table.

    A column of lists is kept as the length of each row's list, and the items of all rows, one after
    another, in a list of their own; items that are structs in one list for each field. For
    ``sections: list<struct<label, start>>`` these are `sections`, `sections.label` and
    `sections.start`; for ``names: list<string>`` they are `names` and `names.item`.

    Args:
        schema: the columns.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._lists: dict[str, list[Any]] = {}
        for column in schema:
            self._lists[column.name] = []
            self._lists.update({name: [] for name in _item_names(column)})
        self._first = self._lists[schema.names[0]]

    def __len__(self) -> int:
        return len(self._first)

    def __getitem__(self, name: str) -> list[Any]:
        """One of the lists; it stays the same object as long as the columns live."""
        return self._lists[name]

    def cut(self, rows: int) -> None:
        """Forget all rows but the first ones, and items that no row has counted yet."""
        for values, kept in self._lengths(rows):
            del values[kept:]

    def take(self, schema: pa.Schema, rows: int, before: Sequence[pa.Array] = ()) -> pa.Table:
        """The first rows as a table; what was added after them stays.

        Args:
            schema: of the table, whose last columns are these.
            rows: how many.
            before: the table's first columns.
        """
        rests = [(values, values[kept:]) for values, kept in self._lengths(rows)]
        self.cut(rows)
        arrays = [self._array(column) for column in self._schema]
        for values, rest in rests:
            values[:] = rest
        return pa.Table.from_arrays([*before, *arrays], schema=schema)

    def _lengths(self, rows: int) -> Iterator[tuple[list[Any], int]]:
        """Each list, and how many of its values belong to the first rows."""
        for column in self._schema:
            values = self._lists[column.name]
            yield values, rows
            if names := _item_names(column):
                items = sum(values[:rows])
                yield from ((self._lists[name], items) for name in names)

    def _array(self, column: pa.Field) -> pa.Array:
        values = self._lists[column.name]
        if not pa.types.is_list(column.type):
            return pa.array(values, column.type)
        offsets = np.zeros(len(values) + 1, dtype=np.int32)
        np.cumsum(values, out=offsets[1:])
        items = self._items(column)
        return pa.ListArray.from_arrays(pa.array(offsets), items, type=column.type)

    def _items(self, column: pa.Field) -> pa.Array:
        kind = column.type.value_type
        names = _item_names(column)
        if not pa.types.is_struct(kind):
            return pa.array(self._lists[names[0]], kind)
        fields = list(kind)
        arrays = [
            pa.array(self._lists[name], field.type)
            for name, field in zip(names, fields, strict=True)
        ]
        return pa.StructArray.from_arrays(arrays, fields=fields)


def _item_names(column: pa.Field) -> list[str]:
    """The lists that hold the items of a column of lists; none for other columns."""
    if not pa.types.is_list(column.type):
        return []
    kind = column.type.value_type
    names = [field.name for field in kind] if pa.types.is_struct(kind) else ["item"]
    return [f"{column.name}.{name}" for name in names]
