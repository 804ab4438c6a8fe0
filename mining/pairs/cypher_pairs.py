"""Evidence about pairs, asked in Cypher: one query for each kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.pairs.kinds import PairChains, PairHeadings, PairSimilarity


class CypherPairs:
    """Answers from a Neo4j server.

    Args:
        engine: asks it.
    """

    def __init__(self, engine: CypherEngine) -> None:
        self._engine = engine
        topical = zip(engine.mesh.uis, engine.mesh.topical.tolist(), strict=True)
        self._check_tags = [ui for ui, about in topical if not about]

    def chains(self, first: Pmids, second: Pmids) -> PairChains:
        """Chains of two citations."""
        return PairChains(*self._columns("pair_chains", first, second, 5).astype(np.int32))

    def headings(self, first: Pmids, second: Pmids) -> PairHeadings:
        """Topical headings in common."""
        found = self._columns("pair_headings", first, second, 3, check_tags=self._check_tags)
        return PairHeadings(*found.astype(np.int32))

    def similarity(self, first: Pmids, second: Pmids) -> PairSimilarity:
        """Similarity of topical headings."""
        found = self._columns("pair_similarity", first, second, 10, check_tags=self._check_tags)
        one, other, depths, others_depths, contents, others_contents, *shared = found
        return PairSimilarity.of_sums(
            (one.astype(np.int64), other.astype(np.int64)),
            (depths, others_depths, shared[0]),
            (contents, others_contents, shared[1]),
            (shared[2], shared[3]),
        )

    def _columns(
        self, name: str, first: Pmids, second: Pmids, columns: int, **params: Any
    ) -> NDArray[np.float64]:
        """What a query finds for pairs, shape (columns, pairs); zeros where it finds nothing."""
        rows = self._engine.ask_pairs(named_query("mining", name), first, second, **params)
        found = np.zeros((len(first), columns))
        for place, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            if pair in rows:
                found[place] = rows[pair]
        return found.T
