"""The graph asked as arrays: for millions of anchors, in memory bounded by the batch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.mesh.tree import Descriptor, MeshTree
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, csr_of, find_sorted
from citemesh.graph.snapshot.snapshot import RETRACTED, Snapshot, is_document
from citemesh.mining.candidates import Candidates
from citemesh.mining.engine import Articles, PairCitations
from citemesh.mining.mesh_columns import MeshColumns, as_matrix, count_shared
from citemesh.mining.strategies.base import GraphStrategy


class ArrayEngine:
    """Answers from a snapshot.

    Args:
        snapshot: of the graph.
    """

    name = "arrays"

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.mesh = mesh_columns(snapshot)
        #: Depth of each descriptor, as the graph has it.
        self.depth = snapshot.descriptors["depth"].to_numpy(np.int64)

    @cached_property
    def _methods(self) -> NDArray[np.object_]:
        """Indexing methods by their number."""
        return np.array([None, *self.snapshot.indexing_methods], object)

    def find(self, strategy: GraphStrategy, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` candidates for each start."""
        return strategy.look(self, starts, limit)

    def neighbours(
        self, lists: Csr, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The lists of many articles: index of the article, and value; -1 has no list."""
        known = np.flatnonzero(places >= 0)
        owner, values = lists.rows(places[known])
        return known[owner], values

    def documents(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which articles are documents."""
        return is_document(self.snapshot, places)

    def articles(self, pmids: Pmids) -> Articles:
        """What is known of articles."""
        snapshot, wanted = self.snapshot, np.unique(pmids)
        found = snapshot.positions(wanted)
        known = found >= 0
        places = found[known]
        headings, major = self._headings(places, np.flatnonzero(known), len(wanted))
        owner, works = snapshot.same_work.rows(places)
        return Articles(
            pmid=wanted,
            known=known,
            year=_spread(snapshot.year[places], known),
            retracted=_spread((snapshot.flags[places] & RETRACTED) > 0, known),
            title_key=_spread(snapshot.title_key[places], known),
            headings=headings,
            major=major,
            same_work=csr_of(np.flatnonzero(known)[owner], snapshot.pmid[works], len(wanted)),
            indexing_method=self._methods[_spread(snapshot.indexing_method[places], known)],
        )

    def _headings(
        self, places: NDArray[np.int64], rows: NDArray[np.int64], length: int
    ) -> tuple[Csr, NDArray[np.bool_]]:
        owner, entries = self.snapshot.headings.entries(places)
        values = self.snapshot.headings.indices[entries]
        topical = self.mesh.topical[values]
        kept = csr_of(rows[owner[topical]], values[topical], length)
        return kept, np.asarray(self.snapshot.headings_major[entries[topical]])

    def pair_citations(self, first: Pmids, second: Pmids) -> PairCitations:
        """What the citation graph says of pairs."""
        pmids = np.unique(np.concatenate([first, second]))
        places = self.snapshot.positions(pmids)
        rows, others = find_sorted(pmids, first), find_sorted(pmids, second)
        cites = csr_of(*self.neighbours(self.snapshot.cites, places), len(places))
        cited_by = csr_of(*self.neighbours(self.snapshot.cited_by, places), len(places))
        articles = len(self.snapshot.pmid)
        return PairCitations(
            count_shared(as_matrix(cites, articles), rows, others),
            count_shared(as_matrix(cited_by, articles), rows, others),
            _holds(cites, rows, places[others]),
            _holds(cited_by, rows, places[others]),
        )

    def references(self, pmids: Pmids) -> Csr:
        """Each article to the PMIDs of the documents that it cites."""
        owner, cited = self.neighbours(self.snapshot.cites, self.snapshot.positions(pmids))
        document = self.documents(cited)
        return csr_of(owner[document], self.snapshot.pmid[cited[document]], len(pmids))


def mesh_columns(snapshot: Snapshot) -> MeshColumns:
    """The MeSH tree that a snapshot holds."""
    table = snapshot.descriptors
    rows: list[tuple[str, str, Sequence[str]]] = list(
        zip(table["ui"], table["name"], table["tree_numbers"], strict=True)
    )
    descriptors = {ui: Descriptor(ui, name, tuple(numbers)) for ui, name, numbers in rows}
    owner = {number: ui for ui, d in descriptors.items() for number in d.tree_numbers}
    return MeshColumns(MeshTree(0, descriptors, owner), tuple(descriptors))


def _spread(values: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[Any]:
    """Values of the known articles among all, zero for the others."""
    spread = np.zeros(len(known), values.dtype)
    spread[known] = values
    return spread


def _holds(lists: Csr, rows: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each list, sorted as all are, holds a value; shape (n,)."""
    owner, values = lists.rows(np.arange(len(lists)))
    found: NDArray[np.bool_] = find_sorted(owner << 32 | values, rows << 32 | wanted) >= 0
    return found & (wanted >= 0)
