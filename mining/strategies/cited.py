"""`cited`: papers that the start cites although they are about something else.

Definition: documents among the start's references. The guards (guards.py) then drop those that
share a major heading with a known positive or are cited together with it.
Source: BiCA's hop-1 papers (Sinha et al., AAAI-26, §Methodology), which the original takes
unfiltered; 85 % of directly cited pairs would be positives by BioHiCL's own rule, hence the guards.
Complexity: the start's references.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.candidates import Candidates
from citemesh.mining.strategies.base import flat, in_key_order

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine
    from citemesh.mining.cypher_engine import CypherEngine


@dataclass(frozen=True)
class Cited:
    """Documents that the start cites."""

    name: str = "cited"

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` cited documents for each start."""
        rows = engine.ask(named_query("mining", "cited"), starts.tolist(), limit=limit)
        return Candidates.of(**flat(starts, rows, ["pmid"]), hops=1, paths=1)

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` cited documents for each start."""
        places = engine.snapshot.positions(starts)
        owner, found = engine.neighbours(engine.snapshot.cites, places)
        document = engine.documents(found)
        owner, found = owner[document], found[document]
        rows = in_key_order(engine, places, owner, found, limit)
        return Candidates.of(owner[rows], engine.snapshot.pmid[found[rows]], hops=1, paths=1)
