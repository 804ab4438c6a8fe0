"""Answers of a query as a Parquet file, written batch by batch."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.query.output import counted, json_text, whole_file
from citemesh.graph.query.query import Answer

#: Rows per row group; the first batch settles the types that no header declares.
_BATCH = 10_000
_TYPES = {
    "integer": pa.int64(),
    "float": pa.float64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "list<integer>": pa.list_(pa.int64()),
    "list<string>": pa.list_(pa.string()),
    "list<boolean>": pa.list_(pa.bool_()),
}


def write_parquet(answer: Answer, final: Path) -> int:
    """Write an answer to a Parquet file; returns the rows.

    Types are those that the query's header declares; for a user's own query those of its first
    10,000 rows. Lists stay lists, maps (nodes, relationships) become JSON texts.

    Raises:
        InputError: when a later row does not fit the types, or a column mixes types.
    """
    if not answer.columns:
        raise InputError("The query returns no columns, so there is no table.", "Add a RETURN.")
    with counted(answer) as passing, whole_file(final) as partial:
        return _write_batches(passing, partial)


def _write_batches(answer: Answer, path: Path) -> int:
    batch = list(islice(answer.rows, _BATCH))
    schema = _schema(answer, batch)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch:
            writer.write_table(_table(batch, schema))
            count += len(batch)
            batch = list(islice(answer.rows, _BATCH))
    return count


def _schema(answer: Answer, rows: list[list[Any]]) -> pa.Schema:
    fields = []
    for place, name in enumerate(answer.columns):
        declared = _TYPES.get(answer.types.get(name, ""))
        values = [_parquet_value(row[place]) for row in rows]
        fields.append(pa.field(name, declared or _array(name, values, None).type))
    return pa.schema(fields)


def _table(rows: list[list[Any]], schema: pa.Schema) -> pa.Table:
    arrays = []
    for place, field in enumerate(schema):
        values = [_parquet_value(row[place]) for row in rows]
        arrays.append(_array(field.name, values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(name: str, values: list[Any], kind: pa.DataType | None) -> pa.Array:
    try:
        array = pa.array(values, type=kind)  # refuses a text for an integer
        # Given the type at once, pyarrow cuts 0.5 to the integer 0; a cast refuses that.
        return array if kind is None else pa.array(values).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        found = f"it began as {kind}" if kind is not None else "its rows are of several types"
        raise InputError(
            f"The column {name!r} does not fit into Parquet: {found} ({error}).",
            "Use --format jsonl, or give the column one type, as with toString(…) or toFloat(…).",
        ) from error


def _parquet_value(value: Any) -> Any:
    """Maps as JSON texts: a struct would silently drop the keys that the first rows lack."""
    if isinstance(value, dict):
        return json_text(value)
    return [_parquet_value(item) for item in value] if isinstance(value, list) else value
