"""The transpose of lists that are larger than memory: who is cited, from who cites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import Csr, map_array, map_csr

#: Entries that a pass takes at once: bounds the memory of every step.
CHUNK = 2_000_000
_CURSOR = "cursor"


def transpose(folder: Path, name: str, into: str, rows: int, marks: str | None = None) -> None:
    """Write the transpose of a CSR pair, reading and writing its files in chunks.

    Entries are taken in the order of their rows, so that the new lists come out sorted.

    Args:
        folder: where all files lie.
        name: the pair to transpose.
        into: the name of the new pair.
        rows: how many rows the new pair has.
        marks: an array beside the pair's entries, ``NAME.MARKS``, which goes along.
    """
    source = map_csr(folder, name)
    entries = len(source.indices)
    indptr = _count(folder, into, source, rows)
    indices = _new(folder, f"{into}.indices", "<i4", entries)
    # The old arrays whose entries move, beside the new ones; None stands for the rows themselves.
    moved: list[tuple[NDArray[Any] | None, NDArray[Any]]] = [(None, indices)]
    if marks:
        given = map_array(folder, f"{name}.{marks}")
        moved.append((given, _new(folder, f"{into}.{marks}", given.dtype.str, entries)))
    for part, order, places in _placed(folder, source, indptr):
        for old, new in moved:
            values = _rows_of(source, part) if old is None else old[part]
            new[places] = values[order]
    (folder / f"{_CURSOR}.npy").unlink()


def _count(folder: Path, into: str, source: Csr, rows: int) -> NDArray[Any]:
    indptr = _new(folder, f"{into}.indptr", "<i8", rows + 1)
    for part in _parts(source):
        found, counts = np.unique(source.indices[part], return_counts=True)
        indptr[found.astype(np.int64) + 1] += counts
    np.cumsum(indptr, out=indptr)
    return indptr


def _placed(
    folder: Path, source: Csr, indptr: NDArray[Any]
) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.int64]]]:
    """Each part of the entries, the order that sorts it, and where its entries then go."""
    cursor = _new(folder, _CURSOR, "<i8", len(indptr) - 1)
    cursor[:] = indptr[:-1]
    for part in _parts(source):
        targets = np.asarray(source.indices[part])
        order = np.argsort(targets, kind="stable")
        found, first, counts = np.unique(targets[order], return_index=True, return_counts=True)
        places = np.repeat(cursor[found] - first, counts) + np.arange(len(targets))
        cursor[found] += counts
        yield part, order, places


def _parts(source: Csr) -> Iterator[slice]:
    entries = len(source.indices)
    for start in range(0, entries, CHUNK):
        yield slice(start, min(start + CHUNK, entries))


def _rows_of(source: Csr, part: slice) -> NDArray[np.int64]:
    """The row of each entry of a part."""
    entries = np.arange(part.start, part.stop)
    rows: NDArray[np.int64] = np.searchsorted(source.indptr, entries, side="right") - 1
    return rows


def _new(folder: Path, name: str, dtype: str, length: int) -> NDArray[Any]:
    array: NDArray[Any] = open_memmap(
        folder / f"{name}.npy", mode="w+", dtype=np.dtype(dtype), shape=(length,)
    )
    return array
