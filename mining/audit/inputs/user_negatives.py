"""Files with negatives that a user brings: a `QueryFile` that says more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from citemesh.mining.anchors.query_file import Place
from citemesh.mining.audit.inputs.triples import Triples


class UserNegatives(Protocol):
    """Queries with known positives and negatives."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are read."""

    @property
    def repeats(self) -> bool:
        """Whether a query may stand on several lines."""

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each query, in the order of the file."""

    def own_articles(self) -> Iterator[tuple[str, str, int | None]]:
        """Id and text of each query, in the same order, and the article that it comes from."""

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each known positive."""

    def negatives(self) -> Iterator[tuple[Place, str, str, int]]:
        """Place, query id, strategy and PMID of each negative."""


@dataclass(frozen=True)
class TripleLines:
    """Lines that say all of a query, or a part.

    Args:
        paths: the files.
        lines: reads them, as often as asked.
    """

    paths: tuple[Path, ...]
    lines: Callable[[], Iterator[Triples]]
    repeats: bool = True

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each line's query."""
        for own in self.lines():
            yield own.place, own.query_id, own.query

    def own_articles(self) -> Iterator[tuple[str, str, int | None]]:
        """Id, text and article of each line's query."""
        for own in self.lines():
            yield own.query_id, own.query, own.anchor_pmid

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each positive."""
        for own in self.lines():
            for pmid in own.positives:
                yield own.place, own.query_id, pmid

    def negatives(self) -> Iterator[tuple[Place, str, str, int]]:
        """Place, query id, strategy and PMID of each negative."""
        for own in self.lines():
            for strategy, pmid in own.negatives:
                yield own.place, own.query_id, strategy, pmid
