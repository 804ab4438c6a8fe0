"""A bound of how much evidence the pairs of two sets of papers can have, for all pairs at once.

Reading the evidence of every pair of a batch costs more than embedding short texts. Most pairs
share a few headings near the root of the MeSH tree and nothing else: what these can come to is
found by a few products of sparse matrices, and evidence is then read of the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import Csr, csr_of
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.mesh_columns import as_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Similarities are rounded before they are weighed (`pairs.kinds.DECIMALS`); more than that does.
_SLACK = 1e-6


class LogOddsBound:
    """The most that the log-odds of pairs can be.

    Args:
        engine: the graph.
        combiner: whose log-odds; it weighs no encoder's cosines.
    """

    def __init__(self, engine: ArrayEngine, combiner: Combiner) -> None:
        self._engine = engine
        self._snapshot = engine.snapshot
        self._weight = dict(zip(combiner.features, combiner.weights, strict=True))
        self._intercept = combiner.intercept
        self._contents = np.nan_to_num(engine.snapshot.descriptors["ic"].to_numpy(np.float64)) ** 2

    def of(self, first: Ints, second: Ints) -> Floats:
        """The bound of all pairs, shape (first, second).

        It is infinite where papers are tied: one cites the other, an article cites or is cited by
        both, or stands between them, or they are one work or have one title.

        Args:
            first: positions of papers in the snapshot, each once.
            second: likewise.
        """
        bound = self._of_headings(first, second)
        bound[self._tied(first, second)] = np.inf
        return bound

    def _of_headings(self, first: Ints, second: Ints) -> Floats:
        """What headings can give: all but Lin's similarity and conflicts are exact.

        Lin's similarity is at most 1, since no heading tells less than one above it.
        """
        papers, place = np.unique(np.concatenate([first, second]), return_inverse=True)
        one, other = place[: len(first)], place[len(first) :]
        headings, major = self._headings(papers)
        descriptors = len(self._snapshot.descriptors)
        expanded = self._engine.mesh.expanded(headings)
        contents = _cosine(expanded, one, other, self._contents)
        shared = np.log1p(_shared(as_matrix(headings, descriptors), one, other))
        shared_major = _shared(as_matrix(major, descriptors), one, other)
        values = {
            "siml": _cosine(expanded, one, other, self._engine.mesh.squared_weight),
            "ic_cosine": contents,
            "lin": self._most("lin") * (contents > 0),
            "shares_major": (shared_major > 0).astype(np.float64),
            "log_shared_headings": shared,
            "qualifier_conflicts": self._most("qualifier_conflicts") * shared,
        }
        bound = np.full((len(first), len(second)), self._intercept + _SLACK)
        for name, value in values.items():
            bound += self._weight.get(name, 0.0) * value
        return bound

    def _most(self, name: str) -> float:
        """A feature in [0, 1] at its most favourable."""
        return float(self._weight.get(name, 0.0) > 0)

    def _headings(self, papers: Ints) -> tuple[Csr, Csr]:
        """Topical headings of papers, and the major ones among them."""
        owner, entries = self._snapshot.headings.entries(papers)
        headings = self._snapshot.headings.indices[entries]
        topical = self._engine.mesh.topical[headings]
        owner, headings = owner[topical], headings[topical]
        major = self._snapshot.headings_major[entries[topical]]
        return (
            csr_of(owner, headings, len(papers)),
            csr_of(owner[major], headings[major], len(papers)),
        )

    def _tied(self, first: Ints, second: Ints) -> NDArray[np.bool_]:
        """Which pairs have anything beside headings in common, shape (first, second)."""
        keys = self._snapshot.title_key
        one, other = keys[first], keys[second]
        tied = (one[:, None] == other[None, :]) & (one[:, None] != 0)
        around = [self._around(side) for side in (first, second)]
        # Of the neighbours only those of both sides matter: few, however many there are.
        both = np.intersect1d(around[0][1], around[1][1])
        kept = [np.isin(near, both) for _, near in around]
        matrices = [
            as_matrix(csr_of(owner[some], np.searchsorted(both, near[some]), len(side)), len(both))
            for (owner, near), some, side in zip(around, kept, (first, second), strict=True)
        ]
        tied |= (matrices[0] @ matrices[1].T).toarray() > 0
        return np.asarray(tied)

    def _around(self, papers: Ints) -> tuple[Ints, Ints]:
        """Papers themselves, what they cite, what cites them and other forms: owner, position."""
        own = np.arange(len(papers))
        lists = (self._snapshot.cites, self._snapshot.cited_by, self._snapshot.same_work)
        parts = [(own, papers), *(each.rows(papers) for each in lists)]
        owner = np.concatenate([part for part, _ in parts])
        near = np.concatenate([part for _, part in parts])
        order = np.argsort(owner, kind="stable")
        return owner[order], near[order]


def _shared(matrix: Any, one: Ints, other: Ints) -> Floats:
    """Sums of products of pairs of rows of a sparse matrix, shape (one, other)."""
    found: Floats = (matrix[one] @ matrix[other].T).toarray()
    return found


def _cosine(matrix: Any, one: Ints, other: Ints, squared_weight: Floats) -> Floats:
    """Cosine of pairs of rows of a matrix of ones with weighted columns; 0 where a row is empty."""
    weighted = matrix.copy()
    weighted.data = np.sqrt(squared_weight)[matrix.indices]
    length = np.sqrt(matrix @ squared_weight)
    both = length[one][:, None] * length[other][None, :]
    found: Floats = np.zeros_like(both)
    np.divide(_shared(weighted, one, other), both, out=found, where=both > 0)
    return found
