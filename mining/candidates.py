"""Candidates in columns: what every strategy gives, whichever engine asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids

#: Articles between a start and a candidate on the longest path that a strategy walks.
MAX_BETWEEN = 3
#: Stands where there is no heading.
NO_HEADING = -1

_COLUMNS: dict[str, tuple[str, Any]] = {
    "start": ("<i8", None),
    "pmid": ("<i8", None),
    "hops": ("|i1", 0),
    "between": ("<i8", 0),
    "paths": ("<i4", 0),
    "start_heading": ("<i4", NO_HEADING),
    "heading": ("<i4", NO_HEADING),
    "score": ("<f4", np.nan),
}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that a strategy proposes as negatives, each with how it was found.

    Rows of one start stand together, starts in the order in which they were given, and within a
    start in the strategy's own order. A start with fewer rows than were asked for has no more.

    Args:
        start: int64, shape (n,): index of the article that the search began at, rising.
        pmid: int64, shape (n,): the document.
        hops: int8, shape (n,): steps of the path that led to it; 0 where none did.
        between: int64, shape (n, `MAX_BETWEEN`): PMIDs on that path between both ends, then zeros.
        paths: int32, shape (n,): how many such paths there are; 0 where none is counted.
        start_heading: int32, shape (n,): position of the start's heading that led to it.
        heading: int32, shape (n,): position of the document's own heading that was met.
        score: float32, shape (n,): the strategy's score; NaN where it has none.
    """

    start: NDArray[np.int64]
    pmid: Pmids
    hops: NDArray[np.int8]
    between: NDArray[np.int64]
    paths: NDArray[np.int32]
    start_heading: NDArray[np.int32]
    heading: NDArray[np.int32]
    score: NDArray[np.float32]

    @classmethod
    def of(cls, start: Any, pmid: Any, **columns: Any) -> Self:
        """Candidates with what is not given filled up; a number stands for every row."""
        given = {"start": start, "pmid": pmid, **columns}
        rows = len(pmid)
        made = {}
        for name, (dtype, default) in _COLUMNS.items():
            values = np.asarray(given.get(name, default))
            made[name] = np.full(rows, values, dtype) if values.ndim == 0 else values.astype(dtype)
        made["between"] = _between(made["between"], rows)
        return cls(**made)

    @classmethod
    def together(cls, parts: Sequence[Candidates]) -> Self:
        """Several one after another."""
        if not parts:
            return cls.of([], [])
        return cls(
            *(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls))
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.pmid)

    def take(self, rows: NDArray[Any]) -> Candidates:
        """Some rows, by a mask or by their numbers."""
        return Candidates(*(getattr(self, f.name)[rows] for f in fields(self)))

    def ranks(self) -> NDArray[np.int64]:
        """The place of each row within its start, from 0; shape (n,)."""
        return places_within(self.start)

    def first(self, limit: int) -> Candidates:
        """At most `limit` rows of each start."""
        return self.take(self.ranks() < limit)


def places_within(groups: NDArray[Any]) -> NDArray[np.int64]:
    """The place of each row within its run of equal values, from 0; shape (n,)."""
    rows = np.arange(len(groups))
    begins = np.ones(len(groups), bool)
    begins[1:] = groups[1:] != groups[:-1]
    return rows - np.maximum.accumulate(np.where(begins, rows, 0))


def _between(values: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """One column or several, filled up with zeros."""
    columns = values[:, None] if values.ndim == 1 else values
    filled = np.zeros((rows, MAX_BETWEEN), np.int64)
    filled[:, : columns.shape[1]] = columns
    return filled
