"""What every strategy gives: candidates in a fixed order, with the reason for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from citemesh.graph.client import GraphClient


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a strategy proposes as a negative for an anchor.

    Args:
        pmid: the document.
        path: the citation path from the anchor to it, both ends included; empty without one.
        anchor_heading: UI of the anchor's heading that led to it.
        negative_heading: UI of its own heading that was met.
    """

    pmid: int
    path: tuple[int, ...] = ()
    anchor_heading: str | None = None
    negative_heading: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one anchor.

    Args:
        candidates: in the strategy's order.
        exhausted: whether the strategy has no more of them.
    """

    candidates: tuple[Candidate, ...]
    exhausted: bool


class Strategy(Protocol):
    """A way to find candidates."""

    @property
    def name(self) -> str:
        """The word after ``--strategy``."""

    def find(self, client: GraphClient, pmids: Sequence[int], limit: int) -> dict[int, Found]:
        """Up to `limit` candidates for each anchor, the same for the same graph every time."""
