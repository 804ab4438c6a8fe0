"""Evidence about pairs from the arrays of a snapshot: the same answers as Cypher's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, csr_of, find_sorted
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.mesh_columns import as_matrix, count_shared
from citemesh.mining.pairs.best_match import BestMatch
from citemesh.mining.pairs.kinds import PairChains, PairHeadings, PairSimilarity

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The articles of a batch of pairs, each once.

    Args:
        places: their positions in the snapshot, shape (articles,); -1 for unknown ones.
        first, second: rows of both sides of the pairs, shape (pairs,).
    """

    places: Places
    first: Places
    second: Places


class ArrayPairs:
    """Answers from a snapshot.

    Args:
        engine: holds it.
    """

    def __init__(self, engine: ArrayEngine) -> None:
        self._engine = engine
        self._snapshot = engine.snapshot
        ic = engine.snapshot.descriptors["ic"].to_numpy(np.float64)
        self._ic = np.nan_to_num(ic)

    def chains(self, first: Pmids, second: Pmids) -> PairChains:
        """Chains of two citations."""
        rows = self._rows(first, second)
        articles = len(self._snapshot.pmid)
        cites, cited_by = (
            csr_of(*self._engine.neighbours(lists, rows.places), len(rows.places))
            for lists in (self._snapshot.cites, self._snapshot.cited_by)
        )
        forth, back = as_matrix(cites, articles), as_matrix(cited_by, articles)
        references, citers = np.diff(cites.indptr), np.diff(cited_by.indptr)
        known = (rows.places[rows.first] >= 0) & (rows.places[rows.second] >= 0)
        chains = count_shared(forth, rows.first, rows.second, back) + count_shared(
            back, rows.first, rows.second, forth
        )
        return PairChains(
            chains,
            *(
                np.where(known, degree[side], 0).astype(np.int32)
                for side in (rows.first, rows.second)
                for degree in (references, citers)
            ),
        )

    def headings(self, first: Pmids, second: Pmids) -> PairHeadings:
        """Topical headings in common."""
        rows = self._rows(first, second)
        owner, entries = self._topical_entries(rows.places)
        headings = self._snapshot.headings.indices[entries].astype(np.int64)
        keys = owner << 32 | headings
        lists = csr_of(owner, np.arange(len(owner)), len(rows.places))
        pair, one = lists.rows(rows.first)
        other = find_sorted(keys, rows.second[pair] << 32 | headings[one])
        met = other >= 0
        pair, one, other = pair[met], entries[one[met]], entries[other[met]]
        major = self._snapshot.headings_major
        return PairHeadings(
            *(
                np.bincount(pair[marks], minlength=len(first)).astype(np.int32)
                for marks in (
                    np.ones(len(pair), bool),
                    major[one] & major[other],
                    self._conflicts(one, other),
                )
            )
        )

    def similarity(self, first: Pmids, second: Pmids) -> PairSimilarity:
        """Similarity of topical headings."""
        rows = self._rows(first, second)
        owner, entries = self._topical_entries(rows.places)
        headings = csr_of(owner, self._snapshot.headings.indices[entries], len(rows.places))
        expanded = self._engine.mesh.expanded(headings)
        counts = np.diff(headings.indptr)
        shared = expanded[rows.first].multiply(expanded[rows.second])
        depths, contents = (
            (whole[rows.first], whole[rows.second], shared @ weight)
            for weight in (self._engine.mesh.squared_weight, self._ic**2)
            for whole in (expanded @ weight,)
        )
        best = BestMatch(headings, self._engine.mesh.above, self._ic)
        return PairSimilarity.of_sums(
            (counts[rows.first], counts[rows.second]),
            depths,
            contents,
            (best.sums(rows.first, rows.second), best.sums(rows.second, rows.first)),
        )

    def _rows(self, first: Pmids, second: Pmids) -> _Rows:
        pmids = np.unique(np.concatenate([first, second]))
        return _Rows(
            self._snapshot.positions(pmids), find_sorted(pmids, first), find_sorted(pmids, second)
        )

    def _topical_entries(self, places: Places) -> tuple[Places, Places]:
        """The topical headings of articles: row of the article, and place of the heading."""
        known = np.flatnonzero(places >= 0)
        owner, entries = self._snapshot.headings.entries(places[known])
        topical = self._engine.mesh.topical[self._snapshot.headings.indices[entries]]
        return known[owner[topical]], entries[topical]

    def _conflicts(self, one: Places, other: Places) -> NDArray[np.bool_]:
        """Which headings are qualified on both sides without a qualifier in common."""
        sets = self._snapshot.headings_qualifiers
        pairs = np.stack([sets[one], sets[other]], axis=1).astype(np.int64)
        different, which = np.unique(pairs, axis=0, return_inverse=True)
        both = (different > 0).all(axis=1)
        shared = count_shared(self._qualifiers, different[:, 0], different[:, 1])
        found: NDArray[np.bool_] = (both & (shared == 0))[which.reshape(-1)]
        return found

    @cached_property
    def _qualifiers(self) -> Any:
        """Qualifier sets by number and the qualifiers in them, as a matrix of ones."""
        sets = [(), *(names.split(";") for names in self._snapshot.qualifier_sets)]
        names = {name: place for place, name in enumerate(sorted({n for own in sets for n in own}))}
        indptr = np.concatenate([[0], np.cumsum([len(own) for own in sets])]).astype(np.int64)
        indices = np.array([names[name] for own in sets for name in own], np.int32)
        return as_matrix(Csr(indptr, indices), max(len(names), 1))
