"""`sibling`: papers on a neighbouring topic of the MeSH tree.

Definition: documents that have a major heading beside one of the start's major headings (same
parent, neither above the other by another path) and no exact heading in common but check tags. Of
several pairs of headings that led to a document, the one with the smallest UIs is named.
Source: measured on a PubMed file of 1977-79, 8 % of such documents would be positives by BioHiCL's
label similarity, against 17 % when exact headings may be shared and 85 % of cited papers.
Parameters: `min_depth`, the least depth of the start's heading in the tree (4, as in that
measurement: higher up, siblings are whole fields).
Complexity: per candidate wanted, a few documents under the siblings of the start's major headings
(at most 203 siblings each), found by binary search among each heading's documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.candidates import Candidates
from citemesh.mining.strategies.base import flat
from citemesh.mining.strategies.sibling_windows import Topics, widen

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine
    from citemesh.mining.cypher_engine import CypherEngine

#: Documents looked at per candidate wanted: most share no heading and stay.
_SCAN_FACTOR = 4


@dataclass(frozen=True)
class Sibling:
    """Documents under a sibling of one of the start's major headings."""

    name: str = "sibling"
    min_depth: int = 4

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` sibling documents for each start; looks further where they are few."""
        found: dict[int, list[list[object]]] = {}
        waiting, scan = starts.tolist(), limit * _SCAN_FACTOR
        topical = zip(engine.mesh.uis, engine.mesh.topical.tolist(), strict=True)
        check_tags = [ui for ui, about in topical if not about]
        while waiting:
            short = []
            for row in engine.ask(
                named_query("mining", "sibling"), waiting,
                check_tags=check_tags, min_depth=self.min_depth, scan=scan, limit=limit,
            ):  # fmt: skip
                found[row["id"]] = row["found"]
                if len(row["found"]) < limit and row["scanned"] == scan:
                    short.append(row["id"])
            waiting, scan = short, scan * _SCAN_FACTOR
        rows = [{"id": pmid, "found": own} for pmid, own in found.items()]
        columns = flat(starts, rows, ["pmid", "start_heading", "heading"])
        for name in ("start_heading", "heading"):
            columns[name] = [engine.mesh.positions[ui] for ui in columns[name]]
        return Candidates.of(**columns)

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` sibling documents for each start; looks further where they are few."""
        topics = Topics.of(engine, engine.snapshot.positions(starts), self.min_depth)
        parts = []
        waiting = np.arange(len(starts))
        width = topics.first_widths(limit * _SCAN_FACTOR)
        while len(waiting):
            found = topics.documents(waiting, width)
            counts = np.bincount(found.start, minlength=len(starts))
            done = (counts >= limit) | topics.seen_all(width)
            ready = done[found.start]
            parts.append(found.take(ready).first(limit))
            waiting = waiting[~done[waiting]]
            width = widen(width, _SCAN_FACTOR)
        together = Candidates.together(parts)
        return together.take(np.argsort(together.start, kind="stable"))
