"""`cocited` and `coupled`: papers that share citers, or references, with the start: a few of them.

Definition: documents cited together with the start (`cocited`, bibliographic co-citation: Small
1973) or citing what it cites (`coupled`, bibliographic coupling: Kessler 1963) a number of times
within a band. `paths` is that number; the article between with the smallest PMID is named.
The band is low on purpose: the nearest are positives, the farthest are random.
Parameters: `low` and `high`, the band; `hub`, articles between that are tied to more articles than
this are passed over, for sharing them says little and costs most.
Complexity: the ties of the articles between, each at most `hub`.
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

#: Few articles are cited more often; those that are would decide the cost of everything.
HUB = 1_000


@dataclass(frozen=True)
class _Shared:
    """Documents tied to the start by articles between."""

    name: str
    low: int
    high: int
    hub: int = HUB

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` documents for each start."""
        rows = engine.ask(
            named_query("mining", self.name), starts.tolist(), limit=limit,
            low=self.low, high=self.high, hub=self.hub,
        )  # fmt: skip
        return Candidates.of(**flat(starts, rows, ["pmid", "paths", "between"]), hops=2)

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` documents for each start."""
        snapshot, places = engine.snapshot, engine.snapshot.positions(starts)
        forth, back = snapshot.cites, snapshot.cited_by
        if self.name == "cocited":
            forth, back = back, forth
        owner, middle = engine.neighbours(forth, places)
        small = back.indptr[middle + 1] - back.indptr[middle] <= self.hub
        owner, middle = owner[small], middle[small]
        entry, other = engine.neighbours(back, middle)
        kept = engine.documents(other) & (other != places[owner[entry]])
        entry, other = entry[kept], other[kept]
        pairs, first, paths = np.unique(
            owner[entry] << 32 | other, return_index=True, return_counts=True
        )
        fits = (paths >= self.low) & (paths <= self.high)
        begun, found = pairs[fits] >> 32, pairs[fits] & 0xFFFFFFFF
        between = snapshot.pmid[middle[entry[first[fits]]]]
        rows = in_key_order(engine, places, begun, found, limit)
        return Candidates.of(
            begun[rows], snapshot.pmid[found[rows]], hops=2, between=between[rows],
            paths=paths[fits][rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Cocited(_Shared):
    """Documents that a few articles cite together with the start."""

    name: str = "cocited"
    low: int = 1
    high: int = 1


@dataclass(frozen=True)
class Coupled(_Shared):
    """Documents that share a few references with the start."""

    name: str = "coupled"
    low: int = 1
    high: int = 2
