"""Reading what a record says about its article itself: one row of the table `articles`."""

from __future__ import annotations

from citemesh.graph.pubmed.columns import Columns
from citemesh.graph.pubmed.ids import parse_pmid, parse_version
from citemesh.graph.pubmed.text import Section, find_year, join_sections, one_line
from citemesh.graph.pubmed.walk import Attributes


class ArticleReader:
    """The article of the record that is being read; `pubmed_plan` says what each function reads.

    Args:
        articles: where articles go.
    """

    def __init__(self, articles: Columns) -> None:
        self._columns = articles
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self._pmid: int | None = None
        self._version: int | None = None
        self._pmids = self._articles = 0
        self._title: str | None = None
        self._has_abstract = False
        self._journal = self._status = ""
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

    def keep(self, retracted: bool) -> None:
        """The record is whole: add its row.

        Args:
            retracted: whether the record's relations say that the article was retracted.
        """
        columns = self._columns
        columns["pmid"].append(self._pmid)
        columns["version"].append(self._version)
        columns["title"].append(self._title)
        columns["abstract"].append(self._keep_sections())
        year = find_year(self._year, self._medline_date, self._electronic_year)
        columns["year"].append(year)
        columns["journal"].append(self._journal)
        columns["status"].append(self._status)
        columns["indexing_method"].append(self._indexing_method)
        columns["languages"].append(len(self._languages))
        columns["languages.item"].extend(self._languages)
        columns["publication_types"].append(len(self._publication_types))
        columns["publication_types.item"].extend(self._publication_types)
        retracted = retracted or "Retracted Publication" in self._publication_types
        columns["retracted"].append(retracted)
        columns["vernacular_title"].append(self._vernacular_title)
        columns["copyright"].append(self._copyright)
        self._keep_other_abstracts()

    def _keep_sections(self) -> str | None:
        """Add the abstract's sections; return its text, None where there is no abstract."""
        abstract, places = join_sections(self._sections)
        columns = self._columns
        columns["sections"].append(len(places))
        for label, category, start in places:
            columns["sections.label"].append(label)
            columns["sections.category"].append(category)
            columns["sections.start"].append(start)
        return abstract if self._has_abstract else None

    def _keep_other_abstracts(self) -> None:
        columns = self._columns
        columns["other_abstracts"].append(len(self._other_abstracts))
        for kind, language, text in self._other_abstracts:
            columns["other_abstracts.type"].append(kind)
            columns["other_abstracts.language"].append(language)
            columns["other_abstracts.text"].append(text)

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

    def abstract(self, attributes: Attributes) -> None:
        """Abstract: one that is empty is told from none."""
        self._has_abstract = True

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


def _section(attributes: Attributes, text: str) -> Section:
    return attributes.get("Label"), attributes.get("NlmCategory") or None, one_line(text)
