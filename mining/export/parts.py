"""Parts of an export: files of a bounded number of rows, begun when there is a row for them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.pubmed.staging import COMPRESSION

Row = dict[str, Any]
#: Rows that are held at once.
_ROWS_HELD = 1_000


class _File(Protocol):
    def write(self, rows: list[Row]) -> None: ...
    def close(self) -> None: ...


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8")

    def write(self, rows: list[Row]) -> None:
        self._stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def close(self) -> None:
        self._stream.close()


class _TabSeparated:
    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self._stream = path.open("w", encoding="utf-8")
        self._stream.write("\t".join(columns) + "\n")

    def write(self, rows: list[Row]) -> None:
        self._stream.writelines("\t".join(map(str, row.values())) + "\n" for row in rows)

    def close(self) -> None:
        self._stream.close()


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, **COMPRESSION)

    def write(self, rows: list[Row]) -> None:
        self._writer.write_table(pa.Table.from_pylist(rows, self._writer.schema))

    def close(self) -> None:
        self._writer.close()


class Parts:
    """Writes the parts of an export; use it as a context manager.

    Args:
        folder: an existing folder.
        shard_rows: rows per file, at most.
    """

    def __init__(self, folder: Path, shard_rows: int) -> None:
        self._folder = folder
        self._shard_rows = shard_rows
        self._open: dict[str, _File] = {}
        #: Rows by part.
        self.rows: Counter[str] = Counter()

    def write(self, part: str, rows: Iterable[Row], schema: pa.Schema | None = None) -> None:
        """Append to ``PART-00000.parquet`` and those after it; JSON lines without a schema."""
        waiting = iter(rows)
        while some := list(islice(waiting, min(_ROWS_HELD, self._room(part)))):
            if self.rows[part] % self._shard_rows == 0:
                self._begin_shard(part, schema)
            self._open[part].write(some)
            self.rows[part] += len(some)

    def write_whole(self, part: str, rows: Iterable[Row]) -> None:
        """Append to one file, of tab-separated columns or JSON lines by its name."""
        waiting = iter(rows)
        while some := list(islice(waiting, _ROWS_HELD)):
            if part not in self._open:
                path = self._path(part)
                tabs = path.suffix == ".tsv"
                self._open[part] = _TabSeparated(path, some[0]) if tabs else _JsonLines(path)
            self._open[part].write(some)
            self.rows[part] += len(some)

    def _room(self, part: str) -> int:
        return self._shard_rows - self.rows[part] % self._shard_rows

    def _begin_shard(self, part: str, schema: pa.Schema | None) -> None:
        if part in self._open:
            self._open[part].close()
        stem = f"{part}-{self.rows[part] // self._shard_rows:05}"
        if schema is None:
            self._open[part] = _JsonLines(self._path(f"{stem}.jsonl"))
        else:
            self._open[part] = _Parquet(self._path(f"{stem}.parquet"), schema)

    def _path(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for file in self._open.values():
            file.close()
