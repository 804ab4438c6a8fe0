"""Documents under sibling headings whose pseudo-random key lies in a window, as arrays.

The key of a document seen from a start is a rotation of ``h``, and each heading's documents lie in
the order of ``h``: all whose key is below a width are one run of them, or two, found by binary
search. A width that holds some times as many documents as are wanted is asked for first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import Csr
from citemesh.graph.snapshot.by_key import first_at_least
from citemesh.mining.candidates import Candidates

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine

Ints = NDArray[np.int64]
#: Keys lie below.
_KEYS = 1 << 31


def widen(width: Ints, factor: int) -> Ints:
    """Wider windows, at most as wide as there are keys."""
    return np.minimum(width * factor, _KEYS)


@dataclass(frozen=True, slots=True)
class Topics:
    """The sibling headings of some starts.

    Args:
        engine: the graph.
        h: of each start, shape (starts,).
        places: position of each start, shape (starts,); -1 where the graph has none.
        has: bool, shape (starts, descriptors): the topical headings of each start.
        start: index of the start of each topic, shape (topics,), rising.
        own: its major heading.
        beside: the sibling of that.
    """

    engine: ArrayEngine
    h: Ints
    places: Ints
    has: NDArray[np.bool_]
    start: Ints
    own: Ints
    beside: Ints

    @classmethod
    def of(cls, engine: ArrayEngine, places: Ints, min_depth: int) -> Topics:
        """Siblings of the starts' major headings that the starts do not have themselves."""
        snapshot, topical = engine.snapshot, engine.mesh.topical
        known = np.flatnonzero(places >= 0)
        owner, entries = snapshot.headings.entries(places[known])
        owner, headings = known[owner], snapshot.headings.indices[entries].astype(np.int64)
        has = np.zeros((len(places), len(topical)), bool)
        has[owner[topical[headings]], headings[topical[headings]]] = True
        major = (
            snapshot.headings_major[entries]
            & topical[headings]
            & (engine.depth[headings] >= min_depth)
        )
        owner, own = owner[major], headings[major]
        pair, beside = snapshot.sibling.rows(own)
        other = ~has[owner[pair], beside]
        pair, beside = pair[other], beside[other]
        return cls(engine, _h_of(engine, places), places, has, owner[pair], own[pair], beside)

    def first_widths(self, wanted: int) -> Ints:
        """Of each start the width of the window in which so many documents are to be expected."""
        lists = self.engine.snapshot.major_documents
        sizes = lists.indptr[self.beside + 1] - lists.indptr[self.beside]
        documents = np.bincount(self.start, weights=sizes, minlength=len(self.h))
        return np.minimum(np.ceil(_KEYS * wanted / np.maximum(documents, 1)), _KEYS).astype(
            np.int64
        )

    def seen_all(self, width: Ints) -> NDArray[np.bool_]:
        """Whether a start's window is as wide as can be; shape (starts,)."""
        return width >= _KEYS

    def documents(self, waiting: Ints, width: Ints) -> Candidates:
        """Documents in the window of each waiting start, in the order of their keys.

        Those that share a topical heading with their start are left out.
        """
        asked = np.zeros(len(self.h), bool)
        asked[waiting] = True
        topics = np.flatnonzero(asked[self.start])
        topic, found = self._in_window(topics, width)
        own = self.start[topic]
        kept = found != self.places[own]
        topic, found, own = topic[kept], found[kept], own[kept]
        key = own << 31 | (self.h[own] + self.engine.snapshot.h[found]) % _KEYS
        # Stable: topics rise with their headings, and the first of a document's has the smallest.
        order = np.argsort(key, kind="stable")
        first = np.ones(len(order), bool)
        first[1:] = key[order][1:] != key[order][:-1]
        rows = order[first]
        rows = rows[~self._shares(own[rows], found[rows])]
        return Candidates.of(
            own[rows], self.engine.snapshot.pmid[found[rows]],
            start_heading=self.own[topic[rows]], heading=self.beside[topic[rows]],
        )  # fmt: skip

    def _in_window(self, topics: Ints, width: Ints) -> tuple[Ints, Ints]:
        """Topic and document of each document under `topics` within the start's window."""
        start, beside = self.start[topics], self.beside[topics]
        begin = (_KEYS - self.h[start]) % _KEYS
        end = begin + width[start]
        parts = [
            (begin, np.minimum(end, _KEYS)),
            (np.zeros_like(begin), np.maximum(end - _KEYS, 0)),
        ]
        found = []
        for low, high in parts:
            some = np.flatnonzero(high > low)
            first = self._at(beside[some], low[some])
            last = self._at(beside[some], high[some])
            counts = last - first
            owner = np.repeat(some, counts)
            within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
            entries = np.repeat(first, counts) + within
            found.append((topics[owner], self._lists.indices[entries].astype(np.int64)))
        return np.concatenate([t for t, _ in found]), np.concatenate([d for _, d in found])

    @property
    def _lists(self) -> Csr:
        return self.engine.snapshot.major_documents

    def _at(self, headings: Ints, h: Ints) -> Ints:
        """Entry of the first document of each heading whose key is not below `h`."""
        lists = self._lists
        return first_at_least(
            self.engine.snapshot.h, lists.indices, lists.indptr[headings],
            lists.indptr[headings + 1], h,
        )  # fmt: skip

    def _shares(self, start: Ints, found: Ints) -> NDArray[np.bool_]:
        """Whether each document has a topical heading of its start."""
        row, headings = self.engine.snapshot.headings.rows(found)
        shared = np.zeros(len(found), bool)
        shared[row[self.has[start[row], headings]]] = True
        return shared


def _h_of(engine: ArrayEngine, places: Ints) -> Ints:
    h = np.zeros(len(places), np.int64)
    h[places >= 0] = engine.snapshot.h[places[places >= 0]]
    return h
