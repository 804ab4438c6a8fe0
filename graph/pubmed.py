"""Reading PubMed XML as a stream: one record in memory at a time, nothing of it lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from citemesh.errors import InputError
from citemesh.graph.records import (
    MAX_PMID,
    ArticleRecord,
    Deletion,
    MeshHeading,
    Reference,
    Relation,
    SkippedRecord,
)
from citemesh.graph.sources import open_source

WHAT = "a PubMed XML file (root PubmedArticleSet)"
_YEAR = re.compile(r"\b(1[5-9]|20)\d{2}\b")
_ITEMS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")

PubmedItem = ArticleRecord | Deletion | SkippedRecord


def read_pubmed(path: Path) -> Iterator[PubmedItem]:
    """Yield the records and deletions of a PubMed XML file, plain or gzipped, in file order.

    Entities are not resolved and nothing is fetched (pubmed.dtd is not needed to read a record).

    Raises:
        InputError: for a missing, empty, truncated or malformed file, an HTML page, another root.
    """
    with open_source(path, WHAT) as stream:
        items = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=("PubmedArticleSet", *_ITEMS),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        root_seen = False
        for event, element in items:
            if event == "start":
                root_seen = root_seen or element.tag == "PubmedArticleSet"
                continue
            if element.tag in _ITEMS and root_seen:
                yield from _read_item(element)
                _forget(element)
        if not root_seen:
            raise InputError(f"{path} is not {WHAT}: its root element is {items.root.tag}.")


def _forget(element: etree._Element) -> None:
    """Free an element and what came before it, or the whole file would grow in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _read_item(element: etree._Element) -> Iterator[PubmedItem]:
    if element.tag == "DeleteCitation":
        for child in element.iterfind("PMID"):
            pmid = parse_pmid(child.text)
            yield SkippedRecord("deletion without a PMID") if pmid is None else Deletion(pmid)
    elif element.tag == "PubmedBookArticle":
        yield SkippedRecord("book record")
    else:
        yield _read_article(element)


def _read_article(element: etree._Element) -> ArticleRecord | SkippedRecord:
    citation = element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        return SkippedRecord("record without MedlineCitation/Article")
    own_pmid = citation.find("PMID")  # the first child; other PMIDs stand in CommentsCorrections
    pmid = parse_pmid(own_pmid.text) if own_pmid is not None else None
    if own_pmid is None or pmid is None:
        return SkippedRecord("record without a PMID")
    version = own_pmid.get("Version", "1")
    return ArticleRecord(
        pmid=pmid,
        version=int(version) if version.isdecimal() else 1,
        title=text_of(article.find("ArticleTitle")),
        abstract=_read_abstract(article.find("Abstract")),
        year=_read_year(article),
        journal=(citation.findtext("MedlineJournalInfo/MedlineTA") or "").strip(),
        status=citation.get("Status", ""),
        indexing_method=citation.get("IndexingMethod"),
        languages=_texts(article, "Language"),
        publication_types=_texts(article, "PublicationTypeList/PublicationType"),
        headings=tuple(_read_headings(citation)),
        references=tuple(_read_references(element)),
        relations=tuple(_read_relations(citation)),
    )


def parse_pmid(text: str | None) -> int | None:
    """A PMID of one to eight digits, or None for anything else."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdecimal()):
        return None
    value = int(digits) if len(digits) <= 12 else 0
    return value if 0 < value <= MAX_PMID else None


def text_of(element: etree._Element | None) -> str:
    """All text in an element, inline markup (i, sub, sup, MathML) kept as text.

    White space runs become one space: the import tool slows down on line breaks in a field.
    """
    if element is None:
        return ""
    return " ".join("".join(map(str, element.itertext())).split())


def _texts(element: etree._Element, path: str) -> tuple[str, ...]:
    return tuple(filter(None, map(text_of, element.iterfind(path))))


def _read_abstract(abstract: etree._Element | None) -> str:
    if abstract is None:
        return ""
    sections = []
    for section in abstract.iterfind("AbstractText"):  # CopyrightInformation is left out
        text, label = text_of(section), section.get("Label", "").strip()
        if text:
            sections.append(f"{label}: {text}" if label else text)
    return " ".join(sections)


def _read_year(article: etree._Element) -> int | None:
    for path in ("Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate",
                 "ArticleDate/Year"):  # fmt: skip
        found = _YEAR.search(article.findtext(path) or "")
        if found:
            return int(found.group())
    return None


def _read_headings(citation: etree._Element) -> Iterator[MeshHeading]:
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        descriptor = heading.find("DescriptorName")
        if descriptor is None or not descriptor.get("UI"):
            continue
        qualifiers = heading.findall("QualifierName")
        yield MeshHeading(
            ui=descriptor.get("UI", ""),
            name=text_of(descriptor),
            major=any(part.get("MajorTopicYN") == "Y" for part in (descriptor, *qualifiers)),
            qualifiers=tuple(map(text_of, qualifiers)),
        )


def _read_references(element: etree._Element) -> Iterator[Reference]:
    data = element.find("PubmedData")
    if data is None:
        return
    # iter, not find: a record may have several reference lists, and lists within lists.
    for position, reference in enumerate(data.iter("Reference"), start=1):
        ids = reference.iterfind("ArticleIdList/ArticleId")
        pmids = (parse_pmid(i.text) for i in ids if i.get("IdType") == "pubmed")
        yield Reference(position, next((pmid for pmid in pmids if pmid is not None), None))


def _read_relations(citation: etree._Element) -> Iterator[Relation]:
    for relation in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        yield Relation(relation.get("RefType", ""), parse_pmid(relation.findtext("PMID")))
