"""Mining as one would write it first: SciPy rows of the snapshot, one anchor after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from citemesh.graph.snapshot.snapshot import DOCUMENT, Snapshot
from citemesh.mining.array_engine import mesh_columns
from citemesh.mining.mesh_columns import as_matrix
from citemesh.mining.strategies.base import GraphStrategy
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling

Ints = NDArray[np.int64]
_KEYS = 1 << 31


@dataclass(frozen=True)
class ScipyMining:
    """Answers one start at a time.

    Args:
        snapshot: the graph.
        cites, cited_by: article by article.
        topical: article by descriptor, check tags left out.
        document: which articles are documents.
        about: which descriptors are no check tags.
    """

    snapshot: Snapshot
    cites: sparse.csr_array
    cited_by: sparse.csr_array
    topical: sparse.csr_array
    document: NDArray[np.bool_]
    about: NDArray[np.bool_]

    @classmethod
    def of(cls, snapshot: Snapshot) -> ScipyMining:
        """Matrices in memory, made once."""
        about, articles = mesh_columns(snapshot).topical, len(snapshot.pmid)
        headings = as_matrix(snapshot.headings, len(about)) @ sparse.diags_array(about * 1.0)
        return cls(
            snapshot, as_matrix(snapshot.cites, articles), as_matrix(snapshot.cited_by, articles),
            headings.tocsr(), (np.asarray(snapshot.flags) & DOCUMENT) > 0, about,
        )  # fmt: skip

    def find(self, strategy: GraphStrategy, pmids: Ints, limit: int) -> list[list[int]]:
        """PMIDs found for each start."""
        places = self.snapshot.positions(pmids)
        return [self.snapshot.pmid[self._one(strategy, int(i), limit)].tolist() for i in places]

    def _one(self, strategy: GraphStrategy, start: int, limit: int) -> Ints:
        if strategy.name == "cited":
            found = self.snapshot.cites.row(start)
        elif strategy.name == "two_hop":
            found = (self.cites[[start]] @ self.cites).indices
            found = np.setdiff1d(found, self.snapshot.cites.row(start))
        elif isinstance(strategy, Cocited):
            found = self._shared(strategy, start, self.cited_by, self.cites)
        elif isinstance(strategy, Coupled):
            found = self._shared(strategy, start, self.cites, self.cited_by)
        else:
            assert isinstance(strategy, Sibling)
            found = self._sibling(strategy, start)
        found = found[self.document[found] & (found != start)]
        h = self.snapshot.h
        return found[np.argsort((h[start] + h[found]) % _KEYS)[:limit]]

    def _shared(
        self, strategy: Cocited | Coupled, start: int, forth: sparse.csr_array,
        back: sparse.csr_array,
    ) -> Ints:  # fmt: skip
        middle = forth.indices[forth.indptr[start] : forth.indptr[start + 1]]
        middle = middle[back.indptr[middle + 1] - back.indptr[middle] <= strategy.hub]
        found, counts = np.unique(back[middle].indices, return_counts=True)
        return found[(counts >= strategy.low) & (counts <= strategy.high)]

    def _sibling(self, strategy: Sibling, start: int) -> Ints:
        snapshot = self.snapshot
        own, depth = snapshot.headings.row(start), snapshot.descriptors["depth"].to_numpy()
        part = slice(snapshot.headings.indptr[start], snapshot.headings.indptr[start + 1])
        major = own[snapshot.headings_major[part]]
        major = major[self.about[major] & (depth[major] >= strategy.min_depth)]
        _, beside = snapshot.sibling.rows(major)
        _, found = snapshot.major_documents.rows(np.setdiff1d(beside, own))
        found = np.unique(found)
        shared = self.topical[found] @ self.topical[[start]].toarray()[0]
        return found[shared == 0]
