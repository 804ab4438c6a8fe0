"""Pairs from which the score learns without labels: citations of the corpus, and unlinked pairs.

A citation stands for a pair that is relevant; sibling, same-major and random pairs without one
stand for pairs that are not. That is noisy on both sides, and free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.graph.snapshot.snapshot import DOCUMENT, RECORD
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.candidates import places_within
from citemesh.mining.strategies.base import GraphStrategy
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.sibling import Sibling

CITATION, SIBLING, SAME_MAJOR, RANDOM = "citation", "sibling", "same_major", "random"
#: Kinds of pairs, the positive one first.
KINDS = (CITATION, SIBLING, SAME_MAJOR, RANDOM)
#: Neighbouring articles that are looked at together while citations are sought; runs are taken in
#: a pseudo-random order, so that all years are met.
_RUN = 5_000
#: Documents asked for beyond those wanted, so that enough of them are unlinked.
_SPARE = 4

#: Index of the start, and PMID, of each document found.
Found = tuple[NDArray[np.int64], Pmids]
Finder = Callable[[ArrayEngine, Pmids, int], Found]


@dataclass(frozen=True, slots=True)
class PairSample:
    """Pairs of documents, all of shape (pairs,).

    Args:
        first: the citing document, or the one that stands for it.
        second: the other.
        kind: place in `KINDS`.
    """

    first: Pmids
    second: Pmids
    kind: NDArray[np.int8]

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Which pairs are citations."""
        return np.asarray(self.kind == 0)

    @property
    def mixed(self) -> bool:
        """Whether there are citations and unlinked pairs, so that something can be learnt."""
        return bool(self.positive.any() and not self.positive.all())

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> PairSample:
        """Some of them."""
        return PairSample(self.first[rows], self.second[rows], self.kind[rows])


def sample_pairs(engine: ArrayEngine, citations: int, documents: bool = False) -> PairSample:
    """Citations between records in a fixed pseudo-random order, and as many of each other kind.

    Args:
        engine: the graph.
        citations: how many at most.
        documents: both sides must have their texts in the corpus.
    """
    first, second = _citations(engine, citations, DOCUMENT if documents else RECORD)
    parts = [(first, second)]
    parts += (_unlinked(engine, _FINDERS[kind], first) for kind in KINDS[1:])
    kinds = np.repeat(np.arange(len(KINDS), dtype=np.int8), [len(one) for one, _ in parts])
    return PairSample(
        np.concatenate([one for one, _ in parts]), np.concatenate([two for _, two in parts]), kinds
    )


def _citations(engine: ArrayEngine, limit: int, flag: int) -> tuple[Pmids, Pmids]:
    snapshot, found, count = engine.snapshot, [np.empty((2, 0), np.int64)], 0
    runs = np.arange(0, len(snapshot.pmid), _RUN)
    for begin in np.random.default_rng(0).permutation(runs).tolist():
        flagged = (np.asarray(snapshot.flags[begin : begin + _RUN]) & flag) > 0
        places = begin + np.flatnonzero(flagged)
        owner, cited = snapshot.cites.rows(places)
        kept = ((snapshot.flags[cited] & flag) > 0) & (cited != places[owner])
        found.append(np.stack([places[owner[kept]], cited[kept]]))
        count += int(kept.sum())
        if count >= limit:
            break
    pairs = np.concatenate(found, axis=1)[:, :limit]
    return snapshot.pmid[pairs[0]], snapshot.pmid[pairs[1]]


def _unlinked(engine: ArrayEngine, find: Finder, first: Pmids) -> tuple[Pmids, Pmids]:
    """A pair of another kind for each citation, as far as there are any, none of them linked."""
    starts, wanted = np.unique(first, return_counts=True)
    start, other = find(engine, starts, int(wanted.max(initial=0)) + _SPARE)
    one = starts[start]
    citations = engine.pair_citations(one, other)
    kept = ~(citations.cites | citations.cited_by)
    start, one, other = start[kept], one[kept], other[kept]
    some = places_within(start) < wanted[start]
    return one[some], other[some]


def _by(strategy: GraphStrategy) -> Finder:
    """What a strategy finds."""

    def find(engine: ArrayEngine, starts: Pmids, limit: int) -> Found:
        found = strategy.look(engine, starts, limit)
        return found.start, found.pmid

    return find


def _same_major(engine: ArrayEngine, starts: Pmids, limit: int) -> Found:
    """Documents with a major heading of the start, every one of them as likely.

    The lists of its major headings are laid end to end and stepped through evenly from a
    pseudo-random place: a frequent heading gives more, and no list is read whole.
    """
    snapshot, lists = engine.snapshot, engine.snapshot.major_documents
    places = snapshot.positions(starts)
    owner, entries = snapshot.headings.entries(places)
    headings = snapshot.headings.indices[entries]
    kept = snapshot.headings_major[entries] & engine.mesh.topical[headings]
    laid = csr_of(owner[kept], headings[kept], len(starts))
    ends = np.cumsum(np.diff(lists.indptr)[laid.indices], dtype=np.int64)
    before = np.concatenate([[0], ends])[laid.indptr]
    length = np.diff(before)
    begin = snapshot.h[places] / (1 << 31)
    steps = np.floor(((begin[:, None] + np.arange(limit) / limit) % 1.0) * length[:, None])
    start = np.repeat(np.flatnonzero(length), limit)
    at = (before[:-1, None] + steps.astype(np.int64))[length > 0].ravel()
    entry = np.searchsorted(ends, at, side="right")
    within = at - (ends[entry] - np.diff(lists.indptr)[laid.indices[entry]])
    found = lists.indices[lists.indptr[laid.indices[entry]] + within]
    pairs = np.unique(start << 32 | found)
    start, found = pairs >> 32, pairs & 0xFFFFFFFF
    apart = found != places[start]
    return start[apart], snapshot.pmid[found[apart]]


_FINDERS: dict[str, Finder] = {
    SIBLING: _by(Sibling()), SAME_MAJOR: _same_major, RANDOM: _by(Random()),
}  # fmt: skip
