"""Reading what a record points to: rows of the tables `references` and `relations`."""

from __future__ import annotations

from citemesh.graph.pubmed.columns import Columns
from citemesh.graph.pubmed.ids import normal_doi, normal_pmc, parse_pmid
from citemesh.graph.pubmed.text import one_line
from citemesh.graph.pubmed.walk import Attributes

_RETRACTIONS = ("RetractionIn", "RetractedandRepublishedIn")


class ReferenceReader:
    """References and relations of the record that is being read.

    Args:
        references: where references go.
        relations: where relations go.
    """

    def __init__(self, references: Columns, relations: Columns) -> None:
        self._add_position = references["position"].append
        self._add_cited_pmid = references["cited_pmid"].append
        self._add_doi = references["doi"].append
        self._add_pmc = references["pmc"].append
        self._add_citation = references["citation"].append
        self._add_kind = relations["kind"].append
        self._add_other_pmid = relations["other_pmid"].append
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self._position = 1
        #: Whether a relation says that the article was retracted.
        self.says_retracted = False
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
        """Reference is whole; positions count from 1 through all lists of the record."""
        self._add_position(self._position)
        self._add_cited_pmid(self._cited_pmid)
        self._add_doi(self._doi)
        self._add_pmc(self._pmc)
        self._add_citation(self._citation)
        self._position += 1
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
        self._add_kind(self._kind)
        self._add_other_pmid(self._other_pmid)
        if self._kind in _RETRACTIONS:
            self.says_retracted = True
