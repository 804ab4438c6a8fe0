"""Which loaded file has the last word on each PMID: two bytes a PMID, for any number of records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.load.file_order import file_rank
from citemesh.graph.pmid_set import Pmids

_RECORD, _DOCUMENT, _FLAG_BITS = 1, 2, 2
#: Files that two bytes can number beside the two flags; a PubMed year has some 1,600.
MAX_FILES = (1 << (16 - _FLAG_BITS)) - 1


class SettledCounts(NamedTuple):
    """How many PMIDs have a record, and how many of those are documents."""

    records: int
    documents: int


class Settled:
    """For each PMID the loaded file whose record or deletion of it counts.

    Files are numbered from 1 in the order in which they were loaded; which one counts is decided by
    their names (`file_rank`), so that the order of loading does not matter.

    Args:
        files: names of the loaded files.
        values: as `save` wrote them; empty when None.

    Raises:
        InputError: for more files than can be numbered.
    """

    def __init__(self, files: Sequence[str], values: NDArray[np.uint16] | None = None) -> None:
        if len(files) > MAX_FILES:
            raise InputError(
                f"{len(files):,} files were given; a graph holds at most {MAX_FILES:,}.",
                "Put several small files into one PubmedArticleSet.",
            )
        self._values = np.zeros(0, np.uint16) if values is None else values
        self._rank = np.full(len(files) + 1, -1)
        self._rank[
            1 + np.array(sorted(range(len(files)), key=lambda i: file_rank(files[i])), int)
        ] = np.arange(len(files))

    def claimable(self, pmids: Pmids, number: int) -> NDArray[np.bool_]:
        """Which PMIDs, shape (n,), no newer file than the one of this number has settled."""
        mask: NDArray[np.bool_] = self._rank[self.owners(pmids)] <= self._rank[number]
        return mask

    def owners(self, pmids: Pmids) -> NDArray[np.int64]:
        """Number of the file that settled each PMID, shape (n,); 0 where none did."""
        return self._of(pmids) >> _FLAG_BITS

    def document_owners(self, pmids: Pmids) -> NDArray[np.int64]:
        """Number of the file that holds each PMID's document, shape (n,); 0 where none does."""
        values = self._of(pmids)
        return np.where(values & _DOCUMENT, values >> _FLAG_BITS, 0)

    def settle(self, pmids: Pmids, number: int, document: NDArray[np.bool_]) -> None:
        """Note that the records of these PMIDs in a file count."""
        self._set(pmids, (number << _FLAG_BITS) | _RECORD | np.where(document, _DOCUMENT, 0))

    def settle_deleted(self, pmids: Pmids, number: int) -> None:
        """Note that a file's deletions of these PMIDs count."""
        self._set(pmids, np.full(len(pmids), number << _FLAG_BITS))

    def counts(self) -> SettledCounts:
        """How many records and documents there are."""
        return SettledCounts(
            int(np.count_nonzero(self._values & _RECORD)),
            int(np.count_nonzero(self._values & _DOCUMENT)),
        )

    def with_files(self, files: Sequence[str]) -> Settled:
        """The same with more files, which come after those that are there."""
        return Settled(files, self._values)

    def save(self, path: Path) -> None:
        """Write the values as a NumPy array."""
        np.save(path, self._values)

    def _of(self, pmids: Pmids) -> NDArray[np.int64]:
        values = np.zeros(len(pmids), np.int64)
        known = pmids < len(self._values)
        values[known] = self._values[pmids[known]]
        return values

    def _set(self, pmids: Pmids, values: NDArray[np.int64]) -> None:
        if not len(pmids):
            return
        if int(pmids.max()) >= len(self._values):
            # A little more than asked for: files come in the order of their PMIDs.
            grown = np.zeros(int(pmids.max()) * 5 // 4 + 1, np.uint16)
            grown[: len(self._values)] = self._values
            self._values = grown
        self._values[pmids] = values.astype(np.uint16)
