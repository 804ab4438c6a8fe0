"""The tables from which the graph is built: what the import tool and the UNWIND loader both read.

Column names carry the import tool's header strings (Neo4j Operations Manual, "Import": Header
format); `ImportTable.keys` gives the same columns their plain names for Cypher rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.pubmed.staging import COMPRESSION

# A typed id: without `id-type:long` it is stored as text, and `{pmid: 1}` would find nothing.
_ARTICLE = "(Article){id-type:long}"
_STRINGS = pa.list_(pa.string())
_START = f":START_ID{_ARTICLE}"
_END = f":END_ID{_ARTICLE}"

#: Plain column names to values of equal length: lists, NumPy arrays or Arrow arrays.
Columns = Mapping[str, Any]


@dataclass(frozen=True)
class ImportTable:
    """One Parquet file of nodes or relationships.

    Args:
        name: the file's stem, and the name of its UNWIND query after ``load_``.
        label: the node label or relationship type; None when a ``:LABEL`` column says it.
        schema: columns, named by import headers.
        nodes: whether it holds nodes; relationships otherwise.
    """

    name: str
    label: str | None
    schema: pa.Schema
    nodes: bool

    @property
    def keys(self) -> list[str]:
        """The plain names of the columns: ``pmid``, ``start``, ``end``, ``labels`` and so on."""
        return [_plain(header) for header in self.schema.names]

    def path(self, folder: Path) -> Path:
        """Where the table lies in a folder of import tables."""
        return folder / f"{self.name}.parquet"


def _plain(header: str) -> str:
    special = {":START_ID": "start", ":END_ID": "end", ":LABEL": "labels"}
    for prefix, key in special.items():
        if header.startswith(prefix):
            return key
    return header.split(":")[0]


def _table(name: str, label: str | None, columns: Mapping[str, pa.DataType]) -> ImportTable:
    nodes = not any(header.startswith(":START_ID") for header in columns)
    return ImportTable(name, label, pa.schema(list(columns.items())), nodes)


def _between(name: str, kind: str, start: str, end: str) -> ImportTable:
    ends = {f":START_ID({start})": pa.string(), f":END_ID({end})": pa.string()}
    return _table(name, kind, ends)


_HEADED = {_START: pa.int64(), ":END_ID(Descriptor)": pa.string()}
_SUPPLEMENTED = {_START: pa.int64(), ":END_ID(Supplementary)": pa.string()}
_MAPPED = {":START_ID(Supplementary)": pa.string(), ":END_ID(Descriptor)": pa.string()}
_CITED = {_START: pa.int64(), _END: pa.int64()}

TABLES: dict[str, ImportTable] = {
    table.name: table
    for table in (
        _table(
            "articles",
            None,
            {
                f"pmid:ID{_ARTICLE}": pa.int64(), "title:string": pa.string(),
                "year:int": pa.int32(), "h:long": pa.int64(), "journal:string": pa.string(),
                "status:string": pa.string(), "version:int": pa.int32(),
                "indexing_method:string": pa.string(), "publication_types:string[]": _STRINGS,
                "retracted:boolean": pa.bool_(), "file:string": pa.string(), ":LABEL": pa.string(),
            },
        ),
        _table(
            "descriptors",
            "Descriptor",
            {
                "ui:ID(Descriptor)": pa.string(), "name:string": pa.string(),
                "class:int": pa.int32(), "check_tag:boolean": pa.bool_(), "depth:int": pa.int32(),
                "ic:double": pa.float64(), "mesh_year:int": pa.int32(),
            },
        ),
        _table(
            "supplementary",
            "Supplementary",
            {
                "ui:ID(Supplementary)": pa.string(), "name:string": pa.string(),
                "scr_class:int": pa.int32(), "mesh_year:int": pa.int32(),
            },
        ),
        _table(
            "tree_numbers",
            "TreeNumber",
            {"number:ID(TreeNumber)": pa.string(), "depth:int": pa.int32()},
        ),
        _table(
            "loaded_files",
            "LoadedFile",
            {
                "name:ID(LoadedFile)": pa.string(), "kind:string": pa.string(),
                "source:string": pa.string(),
                "sha256:string": pa.string(), "records:long": pa.int64(),
                "headings:long": pa.int64(), "references:long": pa.int64(),
                "citations:long": pa.int64(), "finished:string": pa.string(),
            },
        ),
        _table(
            "graph_states",
            "GraphState",
            {
                "id:ID(GraphState)": pa.string(), "version:long": pa.int64(),
                "load_id:string": pa.string(), "mesh_year:int": pa.int32(),
                "records:long": pa.int64(), "documents:long": pa.int64(),
                "descriptors_used:long": pa.int64(),
            },
        ),
        _table("cites", "CITES", {**_CITED, "sources:string[]": _STRINGS}),
        _table(
            "has_mesh",
            "HAS_MESH",
            {
                **_HEADED, "major:boolean": pa.bool_(), "qualifiers:string[]": _STRINGS,
                "name:string": pa.string(),
            },
        ),
        _table("has_major", "HAS_MAJOR", _HEADED),
        _table(
            "has_supplementary",
            "HAS_SUPPLEMENTARY",
            {**_SUPPLEMENTED, "type:string": pa.string(), "name:string": pa.string()},
        ),
        _table("mapped_to", "MAPPED_TO", {**_MAPPED, "major:boolean": pa.bool_()}),
        _table("same_work", "SAME_WORK", {**_CITED, "kind:string": pa.string()}),
        _between("at", "AT", "Descriptor", "TreeNumber"),
        _between("parent", "PARENT", "TreeNumber", "TreeNumber"),
        _between("broader", "BROADER", "Descriptor", "Descriptor"),
        _between("sibling", "SIBLING", "Descriptor", "Descriptor"),
    )
}  # fmt: skip


class ImportWriter:
    """Writes import tables batch by batch; use it as a context manager.

    Args:
        folder: an existing folder for the Parquet files.
        names: the tables to write; all by default.
    """

    def __init__(self, folder: Path, names: Iterable[str] = TABLES) -> None:
        self.rows = dict.fromkeys(names, 0)
        self._writers = {
            name: pq.ParquetWriter(TABLES[name].path(folder), TABLES[name].schema, **COMPRESSION)
            for name in self.rows
        }

    def write(self, name: str, columns: Columns) -> None:
        """Append a batch to a table.

        Args:
            name: the table.
            columns: for each of the table's `keys`.
        """
        table = TABLES[name]
        arrays = [
            _as_array(columns[key], kind)
            for key, kind in zip(table.keys, table.schema.types, strict=True)
        ]
        if len(arrays[0]):
            self._writers[name].write_table(pa.table(arrays, schema=table.schema))
            self.rows[name] += len(arrays[0])

    def __enter__(self) -> ImportWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for writer in self._writers.values():
            writer.close()


def _as_array(values: Any, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values if values.type == kind else values.cast(kind)
    return pa.array(values, type=kind)


def rows_of_table(folder: Path, name: str, batch_rows: int) -> Iterator[list[dict[str, object]]]:
    """Batches of a table's rows with plain column names, as Cypher's UNWIND takes them."""
    table = TABLES[name]
    for batch in pq.ParquetFile(table.path(folder)).iter_batches(batch_size=batch_rows):
        yield pa.RecordBatch.from_arrays(batch.columns, names=table.keys).to_pylist()
