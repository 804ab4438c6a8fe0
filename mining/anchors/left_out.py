"""What was left out when anchors were collected, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from citemesh.graph.pmid_set import Pmids

#: PMIDs that are listed.
LISTED = 20


@dataclass
class LeftOut:
    """What did not become an anchor.

    Args:
        skipped: queries that no strategy could start from.
        unknown: PMIDs that the graph has not, each counted once.
        listed: the smallest of them.
    """

    skipped: int = 0
    unknown: int = 0
    listed: list[int] = field(default_factory=list)

    def add_unknown(self, pmids: Pmids) -> None:
        """Count PMIDs that the graph has not, shape (n,), sorted and each once."""
        self.unknown += len(pmids)
        self.listed += pmids[: LISTED - len(self.listed)].tolist()
