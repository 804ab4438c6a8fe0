"""The anchor: a query with all its known positives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Anchor:
    """A query with all its known positives.

    Args:
        query_id: a name for the query.
        query: its text.
        anchor_pmid: the article that the query comes from; None for a query of its own.
        positive_pmids: every article known to answer the query.
    """

    query_id: str
    query: str
    anchor_pmid: int | None
    positive_pmids: tuple[int, ...]

    @property
    def start_pmids(self) -> tuple[int, ...]:
        """The articles that strategies start from: its own, or else its positives."""
        return self.positive_pmids if self.anchor_pmid is None else (self.anchor_pmid,)

    @property
    def known_pmids(self) -> tuple[int, ...]:
        """Its own article and all known positives, each once."""
        own = () if self.anchor_pmid is None else (self.anchor_pmid,)
        return tuple(dict.fromkeys((*own, *self.positive_pmids)))


def plain_title(title: str) -> str:
    """A title without the square brackets that mark a translated one in PubMed."""
    bare = title.removesuffix(".")
    if bare.startswith("[") and bare.endswith("]"):
        return bare[1:-1].removesuffix(".")
    return title
