"""What a PubMed file says, read a second way: simply, whole, by lxml; to hold a reader against.

A fact is a table's name, the PMID of the record and one value of that table: a cited PMID, a
descriptor's UI. The oracle is generous: wherever in its record an element stands, its fact may be
told. What stands where it belongs must be told.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
from lxml import etree

Fact = tuple[str, int, int | str]
#: Table to its elements, and the attribute that holds the value.
_UIS = {
    "headings": ("DescriptorName",),
    "supplementary": ("SupplMeshName", "NameOfSubstance"),
}
#: Table to the column that holds the value.
_COLUMNS = {
    "references": "cited_pmid", "relations": "other_pmid", "headings": "ui", "supplementary": "ui",
}  # fmt: skip
_PLAIN_PMID = re.compile(r"\s*[1-9][0-9]{0,7}\s*", re.ASCII)


@dataclass(slots=True)
class SourceFacts:
    """What a well-formed file says.

    Args:
        allowed: facts that may be told.
        owed: facts that must be told of a record that is not skipped.
        records: how many PubmedArticle lie right below the root.
    """

    allowed: set[Fact] = field(default_factory=set)
    owed: set[Fact] = field(default_factory=set)
    records: int = 0


def facts_in_source(data: bytes) -> SourceFacts | None:
    """The facts of a file; None where libxml2 does not take it for well-formed."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True,
        huge_tree=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    facts = SourceFacts(records=len(root.findall("PubmedArticle")))
    owners = Counter(pmid for article in root.iter("PubmedArticle") for pmid in _own_pmids(article))
    for article in root.iter("PubmedArticle"):
        for owner in _own_pmids(article):
            facts.allowed.update(_allowed(article, owner))
            # A default that the file itself declares is no word of the record's, and not owed.
            if owners[owner] == 1 and article.getparent() is root and b"<!ATTLIST" not in data:
                facts.owed.update(_owed(article, owner))
    for element in root.iterfind(".//DeleteCitation/PMID"):
        if (pmid := _pmid(element)) is not None:
            facts.allowed.add(("deletions", pmid, pmid))
    return facts


def facts_in_tables(tables: Iterable[Mapping[str, pa.Table]]) -> set[Fact]:
    """The facts that a reader has told, in tables of `SCHEMAS`."""
    facts: set[Fact] = set()
    for batch in tables:
        for table, column in _COLUMNS.items():
            found = batch[table]
            pairs = zip(found["pmid"].to_pylist(), found[column].to_pylist(), strict=True)
            facts.update((table, pmid, value) for pmid, value in pairs if value is not None)
        facts.update(("deletions", pmid, pmid) for pmid in batch["deletions"]["pmid"].to_pylist())
    return facts


def _own_pmids(article: etree._Element) -> set[int]:
    return {p for e in article.iterfind("MedlineCitation/PMID") if (p := _pmid(e)) is not None}


def _allowed(article: etree._Element, owner: int) -> set[Fact]:
    facts: set[Fact] = set()
    for element in article.iter("ArticleId", "PMID"):
        if next(element.iterancestors("PubmedArticle"), None) is not article:
            continue
        inside = {parent.tag for parent in element.iterancestors()}
        pmid = _pmid(element)
        if pmid is not None and element.tag == "PMID" and "CommentsCorrections" in inside:
            facts.add(("relations", owner, pmid))
        elif pmid is not None and element.get("IdType") == "pubmed" and "Reference" in inside:
            facts.add(("references", owner, pmid))
    for table, tags in _UIS.items():
        for element in article.iter(*tags):
            if next(element.iterancestors("PubmedArticle"), None) is article:
                facts.add((table, owner, str(element.get("UI", ""))))
    return facts


def _owed(article: etree._Element, owner: int) -> set[Fact]:
    """Citations that stand where the DTD has them, with one plain PMID."""
    facts: set[Fact] = set()
    for reference in article.iterfind("PubmedData//ReferenceList/Reference"):
        path = [parent.tag for parent in reference.iterancestors()]
        lists = path[: path.index("PubmedData")] if "PubmedData" in path else ["elsewhere"]
        data = reference.iterancestors("PubmedData")
        ids = [i for i in reference.iterfind("ArticleIdList/ArticleId") if _is_plain(i)]
        in_place = set(lists) == {"ReferenceList"} and next(data).getparent() is article
        if in_place and len(ids) == 1 and len(list(reference.iter("ArticleId"))) == 1:
            facts.add(("references", owner, int(ids[0].text or "")))
    return facts


def _is_plain(element: etree._Element) -> bool:
    text_only = len(element) == 0 and element.get("IdType") == "pubmed"
    return text_only and _PLAIN_PMID.fullmatch(element.text or "") is not None


def _pmid(element: etree._Element) -> int | None:
    """The whole content of an element as a number; markup within it must not cut it short."""
    digits = "".join(map(str, element.itertext())).strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 12:
        return None
    return int(digits) if 0 < int(digits) <= 99_999_999 else None
