"""The ids of the rows that are trained on, as memory-mapped arrays beside the texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import Csr

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class RowIds:
    """Which papers the rows of a data set hold.

    Args:
        query: number of each row's query, shape (rows,): rows of one query share it.
        positive: PMID of each row's positive, shape (rows,).
        negatives: PMIDs of each row's negatives, shape (rows, negatives).
        known: query number to the PMIDs of its own paper and all its known positives.
    """

    query: Ids
    positive: Ids
    negatives: Ids
    known: Csr

    @classmethod
    def of_own_papers(cls, pmids: Ids) -> RowIds:
        """Rows of a paper each, which is its own query's only known one; shape (rows,)."""
        rows = len(pmids)
        known = Csr(np.arange(rows + 1), pmids.astype(np.int32))
        return cls(np.arange(rows), pmids, np.zeros((rows, 0), np.int64), known)
