"""Documents in the order of their pseudo-random key: of all, and of each descriptor.

Sampling "the documents whose key follows mine" is then two binary searches, whatever the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import ArrayFile, Csr, CsrFile, map_array, map_csr
from citemesh.graph.snapshot.transpose import CHUNK

#: Bit of ``flags``: title and abstract are in the corpus.
DOCUMENT = 1


def write_documents_by_h(folder: Path) -> None:
    """Write ``documents_by_h``: positions of all documents, sorted by ``h``."""
    documents = np.flatnonzero(map_array(folder, "flags") & DOCUMENT)
    order = np.argsort(map_array(folder, "h")[documents])
    with ArrayFile(folder / "documents_by_h.npy", "<i4") as file:
        file.append(documents[order])


def write_major_documents(folder: Path) -> None:
    """Write ``major_documents``: descriptor → documents with it as a major heading, by ``h``."""
    headed, major = map_csr(folder, "headed"), map_array(folder, "headed.major")
    flags, h = map_array(folder, "flags"), map_array(folder, "h")
    with CsrFile(folder, "major_documents") as file:
        for first, last in _groups(headed):
            begin, end = headed.indptr[first], headed.indptr[last]
            articles = np.asarray(headed.indices[begin:end])
            rows = np.repeat(np.arange(first, last), np.diff(headed.indptr[first : last + 1]))
            kept = major[begin:end] & ((flags[articles] & DOCUMENT) > 0)
            rows, articles = rows[kept], articles[kept]
            order = np.lexsort((h[articles], rows))
            counts: NDArray[Any] = np.bincount(rows - first, minlength=last - first)
            file.append(counts, articles[order])


def _groups(lists: Csr) -> Iterator[tuple[int, int]]:
    """Runs of rows with at most `CHUNK` entries, or of a single row."""
    first = 0
    while first < len(lists):
        limit = lists.indptr[first] + CHUNK
        last = int(np.searchsorted(lists.indptr, limit, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def first_at_least(
    keys: NDArray[Any], listed: NDArray[Any], low: NDArray[np.int64], high: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    """Many binary searches at once, each in a run of positions in the order of their keys.

    Args:
        keys: of every position.
        listed: positions.
        low: where each run begins in `listed`, shape (n,).
        high: where it ends.
        wanted: the least key of each search, shape (n,).

    Returns:
        Of each run the first place whose key is not below what is wanted; its end without one.
    """
    low, high = low.astype(np.int64), high.astype(np.int64)
    going = np.flatnonzero(low < high)
    while len(going):
        middle = (low[going] + high[going]) >> 1
        below = keys[listed[middle]] < wanted[going]
        low[going[below]] = middle[below] + 1
        high[going[~below]] = middle[~below]
        going = going[low[going] < high[going]]
    return low
