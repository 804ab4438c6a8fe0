"""`sibling`: papers on a neighbouring topic of the MeSH tree.

Definition: documents that have a major heading beside one of the anchor's major headings (same
parent, neither above the other by another path) and no exact heading in common but check tags.
Source: measured on a PubMed file of 1977-79, 8 % of such documents would be positives by BioHiCL's
label similarity, against 17 % when exact headings may be shared and 85 % of cited papers.
Parameters: `min_depth`, the least depth of the anchor's heading in the tree (4, as in that
measurement: higher up, siblings are whole fields).
Complexity: the documents under the siblings of the anchor's major headings (at most 203 siblings
each), of which `scan` are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.mining.strategies.base import Candidate, Found

#: Documents looked at per candidate wanted: most share no heading and stay.
_SCAN_FACTOR = 4


@dataclass(frozen=True)
class Sibling:
    """Documents under a sibling of one of the anchor's major headings."""

    name: str = "sibling"
    min_depth: int = 4

    def find(self, client: GraphClient, pmids: Sequence[int], limit: int) -> dict[int, Found]:
        """Up to `limit` sibling documents for each anchor; looks further where they are few."""
        found: dict[int, Found] = {}
        waiting, scan = list(pmids), limit * _SCAN_FACTOR
        while waiting:
            short = []
            for row in client.rows(
                named_query("mining", "sibling"),
                ids=waiting, min_depth=self.min_depth, scan=scan, limit=limit,
            ):  # fmt: skip
                candidates = tuple(
                    Candidate(pmid, anchor_heading=own, negative_heading=beside)
                    for pmid, own, beside in row["found"]
                )
                everything_seen = row["scanned"] < scan
                found[row["id"]] = Found(candidates, exhausted=everything_seen)
                if len(candidates) < limit and not everything_seen:
                    short.append(row["id"])
            waiting, scan = short, scan * _SCAN_FACTOR
        return found
