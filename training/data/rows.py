"""What a data set's rows hold, for the log and for messages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
#: Rows that a message names.
_NAMED = 4


@dataclass(frozen=True)
class RowFacts:
    """Queries and papers of rows, by number.

    Args:
        queries: how many different queries there are.
        query: number of each row's query, shape (rows,).
        papers: PMIDs of each row's documents, some columns each, shape (rows, columns); may be
            mapped from disk, the first of the first being the row's own.
    """

    queries: int
    query: Ids
    papers: tuple[Ids, ...]

    def query_of(self, rows: Ids) -> Ids:
        """Numbers of the queries of some rows."""
        return self.query[rows]

    def documents(self, rows: Ids) -> Ids:
        """PMIDs of all documents of some rows, repeats too."""
        return np.concatenate([part[rows].reshape(-1) for part in self.papers])

    def describe(self, rows: Ids) -> str:
        """Some rows in words: their numbers and the first paper of each."""
        first = self.papers[0][rows, 0].tolist() if len(rows) else []
        named = [f"row {row} (PMID {pmid})" for row, pmid in zip(rows.tolist(), first, strict=True)]
        more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        return ", ".join(named[:_NAMED]) + more
