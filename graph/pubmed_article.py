"""Reading what a record says about its article itself: one row of the table `articles`."""

from __future__ import annotations

import re
from typing import Any

from citemesh.graph.pubmed_ids import parse_pmid, parse_version
from citemesh.graph.pubmed_walk import Attributes

#: A section of an abstract: label, NlmCategory, text.
Section = tuple[str | None, str | None, str]
#: Where a section lies: label, NlmCategory, start.
Place = tuple[str | None, str | None, int]
_YEAR = re.compile(r"\b(1[5-9]|20)[0-9]{2}\b")


class ArticleReader:
    """The article of the record that is being read; `pubmed_plan` says what each function reads."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self._pmid: int | None = None
        self._version: int | None = None
        self._pmids = self._articles = 0
        self._title = self._journal = self._status = ""
        self._indexing_method: str | None = None
        self._vernacular_title: str | None = None
        self._copyright: str | None = None
        self._year = self._medline_date = self._electronic_year = ""
        self._languages: list[str] = []
        self._publication_types: list[str] = []
        self._sections: list[Section] = []
        self._other_abstracts: list[tuple[str, str, str]] = []

    def fault(self) -> str | None:
        """Why the record cannot be used; None when it can."""
        if not self._articles:
            return "record without MedlineCitation/Article"
        if self._pmid is None:
            return "record without a PMID"
        if self._version is None:
            return "record with a malformed version"
        if self._pmids > 1 or self._articles > 1:
            return "record with several PMIDs or Articles"
        return None

    def row(self, retracted: bool) -> tuple[Any, ...]:
        """The row, in the order of the table's columns.

        Args:
            retracted: whether the record's relations say that the article was retracted.
        """
        abstract, places = join_sections(self._sections)
        year = find_year(self._year, self._medline_date, self._electronic_year)
        return (
            self._pmid, self._version, self._title, abstract, year, self._journal,
            self._status, self._indexing_method, tuple(self._languages),
            tuple(self._publication_types),
            retracted or "Retracted Publication" in self._publication_types,
            self._vernacular_title, tuple(places), self._copyright, tuple(self._other_abstracts),
        )  # fmt: skip

    def citation(self, attributes: Attributes) -> None:
        """MedlineCitation: Status, and IndexingMethod, absent for records indexed by hand."""
        self._status = attributes.get("Status", "")
        self._indexing_method = attributes.get("IndexingMethod")

    def pmid(self, attributes: Attributes, text: str) -> None:
        """PMID, the record's own; its Version counts up when the record is replaced."""
        self._pmids += 1
        self._pmid = parse_pmid(text)
        self._version = parse_version(attributes.get("Version"))

    def article(self, attributes: Attributes) -> None:
        """Article: a record has one."""
        self._articles += 1

    def title(self, attributes: Attributes, text: str) -> None:
        """ArticleTitle; a translated one stands in square brackets."""
        self._title = one_line(text)

    def vernacular_title(self, attributes: Attributes, text: str) -> None:
        """VernacularTitle: the title in the article's own language."""
        self._vernacular_title = one_line(text) or None

    def section(self, attributes: Attributes, text: str) -> None:
        """AbstractText."""
        self._sections.append(_section(attributes, text))

    def copyright(self, attributes: Attributes, text: str) -> None:
        """CopyrightInformation: stands in the abstract but is no part of its text."""
        self._copyright = one_line(text) or None

    def begin_other_abstract(self, attributes: Attributes) -> None:
        """OtherAbstract: in another language, for laymen, or by another publisher."""
        self._other = (attributes.get("Type", ""), attributes.get("Language", ""))
        self._other_sections: list[Section] = []

    def other_section(self, attributes: Attributes, text: str) -> None:
        """AbstractText of an OtherAbstract."""
        self._other_sections.append(_section(attributes, text))

    def end_other_abstract(self) -> None:
        """OtherAbstract is whole."""
        joined, _ = join_sections(self._other_sections)
        self._other_abstracts.append((*self._other, joined))

    def year(self, attributes: Attributes, text: str) -> None:
        """Year of the issue's PubDate."""
        self._year = text

    def medline_date(self, attributes: Attributes, text: str) -> None:
        """MedlineDate, which a PubDate may have in place of Year: ``1979 Jul-Sep``."""
        self._medline_date = text

    def electronic_year(self, attributes: Attributes, text: str) -> None:
        """Year of ArticleDate, the electronic publication."""
        self._electronic_year = text

    def journal(self, attributes: Attributes, text: str) -> None:
        """MedlineTA: the abbreviated title, which every record has."""
        self._journal = one_line(text)

    def language(self, attributes: Attributes, text: str) -> None:
        """Language: a three-letter code; an article may have several."""
        if code := text.strip():
            self._languages.append(code)

    def publication_type(self, attributes: Attributes, text: str) -> None:
        """PublicationType."""
        if name := text.strip():
            self._publication_types.append(name)


def one_line(text: str) -> str:
    """Text with each run of white space as one space: the import tool is slow on line breaks."""
    return " ".join(text.split())


def find_year(*sources: str) -> int | None:
    """The first year from 1500 to 2099 in the first source that has one."""
    for source in sources:
        if source and (found := _YEAR.search(source)):
            return int(found.group())
    return None


def join_sections(sections: list[Section]) -> tuple[str, list[Place]]:
    """One text of an abstract's sections, each after its label; empty sections vanish.

    Returns:
        The text, and where each section starts in it (with its label, if it has one), in
        characters.
    """
    parts: list[str] = []
    places: list[Place] = []
    start = 0
    for label, category, text in sections:
        if text:
            parts.append(f"{label}: {text}" if label else text)
            places.append((label, category, start))
            start += len(parts[-1]) + 1
    return " ".join(parts), places


def _section(attributes: Attributes, text: str) -> Section:
    label = one_line(attributes.get("Label", "")) or None
    return label, attributes.get("NlmCategory") or None, one_line(text)
