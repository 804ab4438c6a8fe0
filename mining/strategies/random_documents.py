"""`random`: any documents, the easy negatives that every comparison needs.

Definition: the documents whose pseudo-random key follows the start's; `seed` turns the order.
Source: the control of Karpukhin et al. (DPR, EMNLP 2020, §3.2, "Random").
Parameters: `seed`.
Complexity: the documents wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids, order_key
from citemesh.graph.snapshot.by_key import first_at_least
from citemesh.mining.candidates import Candidates
from citemesh.mining.strategies.base import flat

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine
    from citemesh.mining.cypher_engine import CypherEngine


@dataclass(frozen=True)
class Random:
    """Documents that have nothing to do with the start."""

    name: str = "random"
    seed: int = 0

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """`limit` documents for each start."""
        asked = [
            {"id": pmid, "from": begin}
            for pmid, begin in zip(starts.tolist(), self._begin(starts).tolist(), strict=True)
        ]
        rows = engine.ask(named_query("mining", "random"), asked, limit=limit)
        return Candidates.of(**flat(starts, rows, ["pmid"]))

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """`limit` documents for each start."""
        snapshot, documents = engine.snapshot, engine.snapshot.documents_by_h
        known = np.flatnonzero(snapshot.positions(starts) >= 0)
        count = min(limit + 1, len(documents))  # one more, as the start may be among them
        none = np.zeros(len(known), np.int64)
        first = first_at_least(
            snapshot.h, documents, none, none + len(documents), self._begin(starts[known])
        )
        places = (first[:, None] + np.arange(count)) % max(len(documents), 1)
        found = Candidates.of(np.repeat(known, count), snapshot.pmid[documents[places.ravel()]])
        return found.take(found.pmid != starts[found.start]).first(limit)

    def _begin(self, starts: Pmids) -> Pmids:
        """The key that a start's documents follow."""
        return (order_key(starts) * 7919 + self.seed * 104_729) % (1 << 31)
