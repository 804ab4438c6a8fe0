"""`cited`: papers that the anchor cites although they are about something else.

Definition: documents among the anchor's references. The guards (guards.py) then drop those that
share a major heading with the anchor or are cited together with it.
Source: BiCA's hop-1 papers (Sinha et al., AAAI-26, §Methodology), which the original takes
unfiltered; 85 % of directly cited pairs would be positives by BioHiCL's own rule, hence the guards.
Complexity: the anchor's references and citers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.mining.strategies.base import Candidate, Found


@dataclass(frozen=True)
class Cited:
    """Documents that the anchor cites."""

    name: str = "cited"

    def find(self, client: GraphClient, pmids: Sequence[int], limit: int) -> dict[int, Found]:
        """Up to `limit` cited documents for each anchor."""
        rows = client.rows(named_query("mining", "cited"), ids=list(pmids), limit=limit)
        return {
            row["id"]: Found(
                tuple(Candidate(pmid, path=(row["id"], pmid)) for pmid in row["found"]),
                exhausted=len(row["found"]) < limit,
            )
            for row in rows
        }
