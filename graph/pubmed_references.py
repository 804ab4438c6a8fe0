"""Reading what a record points to: rows of the tables `references` and `relations`."""

from __future__ import annotations

from citemesh.graph.pubmed_article import one_line
from citemesh.graph.pubmed_ids import normal_doi, normal_pmc, parse_pmid
from citemesh.graph.pubmed_walk import Attributes

#: position (from 1, through all lists), cited_pmid, doi, pmc, citation.
ReferenceRow = tuple[int, int | None, str | None, str | None, str | None]
#: kind, other_pmid.
RelationRow = tuple[str, int | None]
_RETRACTIONS = ("RetractionIn", "RetractedandRepublishedIn")


class ReferenceReader:
    """References and relations of the record that is being read."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self.references: list[ReferenceRow] = []
        self.relations: list[RelationRow] = []
        self._next_reference()

    def _next_reference(self) -> None:
        self._cited_pmid: int | None = None
        self._doi: str | None = None
        self._pmc: str | None = None
        self._citation: str | None = None

    def citation(self, attributes: Attributes, text: str) -> None:
        """Citation: the reference in words."""
        self._citation = one_line(text) or None

    def article_id(self, attributes: Attributes, text: str) -> None:
        """ArticleId of a reference: of each type the first that is well-formed.

        An id without IdType is left: the DTD's default, pubmed, may not be what was meant.
        """
        kind = attributes.get("IdType")
        if kind == "pubmed":
            self._cited_pmid = self._cited_pmid or parse_pmid(text)
        elif kind == "doi":
            self._doi = self._doi or normal_doi(text)
        elif kind in ("pmc", "pmcid"):
            self._pmc = self._pmc or normal_pmc(text)

    def end_reference(self) -> None:
        """Reference is whole."""
        position = len(self.references) + 1
        self.references.append((position, self._cited_pmid, self._doi, self._pmc, self._citation))
        self._next_reference()

    def begin_relation(self, attributes: Attributes) -> None:
        """CommentsCorrections: this article stands in RefType to another."""
        self._kind = attributes.get("RefType", "")
        self._other_pmid: int | None = None

    def other_pmid(self, attributes: Attributes, text: str) -> None:
        """PMID of CommentsCorrections; absent where only a citation in words is given."""
        self._other_pmid = parse_pmid(text)

    def end_relation(self) -> None:
        """CommentsCorrections is whole."""
        self.relations.append((self._kind, self._other_pmid))

    @property
    def says_retracted(self) -> bool:
        """Whether a relation says that the article was retracted."""
        return any(kind in _RETRACTIONS for kind, _ in self.relations)
