"""Arrays larger than memory: appended to files batch by batch, mapped back to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True)
class Csr:
    """Lists of integers, one per row, in two arrays (compressed sparse rows, as SciPy has them).

    Args:
        indptr: int64, shape (rows + 1,): where each row begins in `indices`.
        indices: int32, shape (entries,): positions, sorted within a row.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]

    def row(self, position: int) -> NDArray[np.int32]:
        """The list of one row."""
        return self.indices[self.indptr[position] : self.indptr[position + 1]]

    def entries(
        self, rows: NDArray[np.integer[Any]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the lists of many rows lie.

        Args:
            rows: their numbers, shape (n,), in any order.

        Returns:
            For every entry of these lists, one list after the other: the index of its row in
            `rows`, and its own index in `indices`.
        """
        begins = self.indptr[rows]
        counts = self.indptr[rows + 1] - begins
        owner = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owner, begins[owner] + within

    def rows(self, rows: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The lists of many rows, one after the other: the index of the row, and the value."""
        owner, entries = self.entries(rows)
        return owner, self.indices[entries].astype(np.int64)

    def __len__(self) -> int:
        return len(self.indptr) - 1


class ArrayFile:
    """A one-dimensional ``.npy`` file that grows; use it as a context manager.

    NumPy leaves room in its header for a longer shape: the last header is as long as the first.

    Args:
        path: the file.
        dtype: such as ``<i4``; little-endian on every machine.
    """

    def __init__(self, path: Path, dtype: str) -> None:
        self._dtype = np.dtype(dtype)
        self.length = 0
        self._stream = path.open("wb")
        self._write_header()

    def append(self, values: Any) -> None:
        """Add values, shape (n,).

        Raises:
            OverflowError: for one that the type cannot hold.
        """
        given = np.asarray(values)
        kept = given.astype(self._dtype, copy=False)
        if not np.array_equal(kept, given):
            raise OverflowError(f"{self._stream.name} of {self._dtype} cannot hold {given.max()}")
        self._stream.write(np.ascontiguousarray(kept).data)
        self.length += len(kept)

    def _write_header(self) -> None:
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": (self.length,)}
        self._stream.seek(0)
        npy.write_array_header_1_0(self._stream, header)

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        with self._stream:
            self._write_header()


class CsrFile:
    """A CSR pair of files that grows by rows; use it as a context manager.

    Args:
        folder: where ``NAME.indptr.npy`` and ``NAME.indices.npy`` go.
        name: such as ``cites``.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._indptr = ArrayFile(folder / f"{name}.indptr.npy", "<i8")
        self._indices = ArrayFile(folder / f"{name}.indices.npy", "<i4")
        self._indptr.append([0])

    def append(self, counts: Ints, indices: Ints) -> None:
        """Add rows: their lengths, shape (rows,), and their entries one after the other."""
        self._indptr.append(self._indices.length + np.cumsum(counts, dtype=np.int64))
        self._indices.append(indices)

    def __enter__(self) -> CsrFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._indptr.__exit__(kind, error, trace)
        self._indices.__exit__(kind, error, trace)


def map_array(folder: Path, name: str) -> NDArray[Any]:
    """An array file of a folder, mapped read-only."""
    # A plain view: what is taken of a `memmap` is one too, which costs more than the taking.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))


def map_csr(folder: Path, name: str) -> Csr:
    """A CSR pair of a folder, mapped read-only."""
    return Csr(map_array(folder, f"{name}.indptr"), map_array(folder, f"{name}.indices"))


def csr_of(rows: Ints, values: Ints, length: int) -> Csr:
    """Lists from pairs of row and value, rows rising, values as they come."""
    indptr = np.searchsorted(rows, np.arange(length + 1)).astype(np.int64)
    return Csr(indptr, np.asarray(values, dtype=np.int32))


def find_sorted(values: Ints, wanted: Ints) -> NDArray[np.int64]:
    """Position of each wanted value, shape (n,), in sorted values; -1 where it is not there."""
    if not len(values):
        return np.full(len(wanted), -1)
    positions = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    return np.where(values[positions] == wanted, positions, -1)
