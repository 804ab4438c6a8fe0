"""`two_hop`: papers cited by what the start cites, but not by the start.

Definition: documents two citations away and not one; `paths` counts the articles between, and the
one with the smallest PMID is named.
Source: SPECTER's hard negatives (Cohan et al., ACL 2020, §3.2): papers cited by a cited paper that
the query paper does not cite.
Complexity: references of the start's references.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.candidates import Candidates
from citemesh.mining.strategies.base import flat, in_key_order

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine
    from citemesh.mining.cypher_engine import CypherEngine


@dataclass(frozen=True)
class TwoHop:
    """Documents two citations away."""

    name: str = "two_hop"

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` documents for each start."""
        rows = engine.ask(named_query("mining", "two_hop"), starts.tolist(), limit=limit)
        return Candidates.of(**flat(starts, rows, ["pmid", "paths", "between"]), hops=2)

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` documents for each start."""
        snapshot, places = engine.snapshot, engine.snapshot.positions(starts)
        owner, one = engine.neighbours(snapshot.cites, places)
        entry, two = engine.neighbours(snapshot.cites, one)
        kept = engine.documents(two)
        entry, two = entry[kept], two[kept]
        # Middles rise within a start, so the first row of a pair has the smallest of them.
        pairs, first, paths = np.unique(
            owner[entry] << 32 | two, return_index=True, return_counts=True
        )
        begun, found = pairs >> 32, pairs & 0xFFFFFFFF
        far = ~np.isin(pairs, owner << 32 | one) & (found != places[begun])
        between = snapshot.pmid[one[entry[first[far]]]]
        begun, found, paths = begun[far], found[far], paths[far]
        rows = in_key_order(engine, places, begun, found, limit)
        return Candidates.of(
            begun[rows], snapshot.pmid[found[rows]], hops=2, between=between[rows],
            paths=paths[rows],
        )  # fmt: skip
