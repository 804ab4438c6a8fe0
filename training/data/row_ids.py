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
