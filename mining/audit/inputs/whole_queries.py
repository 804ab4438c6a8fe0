"""Tables in the order of their queries, read some rows at a time, no query parted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray


def whole_queries(
    path: Path, columns: Sequence[str] | None = None, rows: int = 50_000
) -> Iterator[pa.Table]:
    """Parts of a table, each with all rows of its queries.

    Args:
        path: a Parquet file with the column ``query_id``, in which a query's rows stand together.
        columns: to be read, ``query_id`` among them; all when None.
        rows: of a part, about.
    """
    held: pa.Table | None = None
    for batch in pq.ParquetFile(path).iter_batches(rows, columns=columns):
        table = pa.Table.from_batches([batch])
        table = table if held is None else pa.concat_tables([held, table]).combine_chunks()
        begins = query_begins(table)
        if len(begins) > 1:
            yield table.slice(0, begins[-1])
        held = table.slice(begins[-1]) if len(begins) else table
    if held is not None and held.num_rows:
        yield held


def query_begins(table: pa.Table) -> NDArray[np.int64]:
    """The first row of each query, shape (queries,)."""
    if not table.num_rows:
        return np.empty(0, np.int64)
    ids = table.column("query_id").combine_chunks()
    other = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.flatnonzero(other) + 1])
