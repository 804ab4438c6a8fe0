"""A set of PMIDs in one bit map: membership for 41 million records in constant memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pubmed.ids import MAX_PMID

Pmids = NDArray[np.int64]


class PmidSet:
    """PMIDs as one byte each of a lazily mapped array (at most 100 MB, touched pages only)."""

    def __init__(self) -> None:
        self._present = np.zeros(MAX_PMID + 1, dtype=bool)

    def add(self, pmids: Pmids) -> None:
        """Add PMIDs, shape (n,)."""
        self._present[pmids] = True

    def contains(self, pmids: Pmids) -> NDArray[np.bool_]:
        """Which of the PMIDs, shape (n,), are in the set; shape (n,)."""
        found: NDArray[np.bool_] = self._present[pmids]
        return found

    def __contains__(self, pmid: int) -> bool:
        return bool(self._present[pmid])

    def difference(self, other: PmidSet) -> Pmids:
        """The PMIDs of this set that are not in another, sorted."""
        return np.flatnonzero(self._present & ~other._present).astype(np.int64)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._present))


def order_key(pmids: Pmids) -> Pmids:
    """``h``: a fixed pseudo-random integer of each PMID, for sampling that is the same every time.

    Knuth's multiplicative hash (The Art of Computer Programming 3, §6.4) modulo 2^31.
    """
    return pmids * 2_654_435_761 % 2_147_483_648
