"""What one PubMed record says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

#: PubMed ids have one to eight digits (NLM, MEDLINE/PubMed data element PMID).
MAX_PMID = 99_999_999


@dataclass(frozen=True, slots=True)
class MeshHeading:
    """One MeshHeading.

    Args:
        ui: DescriptorName/@UI.
        name: DescriptorName.
        major: MajorTopicYN of the descriptor *or of any qualifier*; the descriptor's alone is Y
            for 29 % of the major headings.
        qualifiers: the names of its qualifiers, in order.
    """

    ui: str
    name: str
    major: bool
    qualifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One Reference of the article's reference lists.

    Args:
        position: 1 for the first, counted through all lists, nested ones included.
        cited_pmid: its ArticleId of type pubmed; None when it has none or a malformed one.
    """

    position: int
    cited_pmid: int | None


@dataclass(frozen=True, slots=True)
class Relation:
    """One CommentsCorrections of the record: this article stands in `kind` to the other.

    Args:
        kind: RefType, such as ErratumFor.
        other_pmid: the other article; None when only a citation text is given.
    """

    kind: str
    other_pmid: int | None


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One PubmedArticle, as far as the graph needs it.

    Args:
        pmid: PMID.
        version: PMID/@Version; a later version replaces an earlier one.
        title: ArticleTitle with inline markup kept as text; empty when there is none.
        abstract: the AbstractText sections, each after its label, without the copyright line;
            empty when there is none.
        year: PubDate/Year, else the first year in MedlineDate, else ArticleDate/Year, else None.
        journal: MedlineTA.
        status: MedlineCitation/@Status.
        indexing_method: MedlineCitation/@IndexingMethod; None for records indexed by hand.
        languages: Language, three-letter codes.
        publication_types: PublicationType.
        headings: MeshHeadingList.
        references: all of PubmedData//Reference.
        relations: CommentsCorrectionsList.
    """

    pmid: int
    version: int
    title: str
    abstract: str
    year: int | None
    journal: str
    status: str
    indexing_method: str | None
    languages: tuple[str, ...]
    publication_types: tuple[str, ...]
    headings: tuple[MeshHeading, ...]
    references: tuple[Reference, ...]
    relations: tuple[Relation, ...]

    @property
    def retracted(self) -> bool:
        """Whether the record says that its article was retracted."""
        return "Retracted Publication" in self.publication_types or any(
            relation.kind in ("RetractionIn", "RetractedandRepublishedIn")
            for relation in self.relations
        )


@dataclass(frozen=True, slots=True)
class Deletion:
    """One PMID of a DeleteCitation: its record is to be removed."""

    pmid: int


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that cannot be used, with the reason, to be counted aloud."""

    reason: str
