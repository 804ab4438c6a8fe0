"""Made-up PubMed files that overlap: records issued again, versions, deletions, changing names."""

from __future__ import annotations

import random
from pathlib import Path
from xml.sax.saxutils import escape

#: Descriptors of tests/data/small_mesh.tsv, and two that it lacks and records name in two ways.
HEADINGS = {
    "D003550": ["Cystic Fibrosis"], "D008168": ["Lung"], "D006801": ["Humans"],
    "D999998": ["A Term", "An Older Term"], "D999999": ["Z Term", "B Term"],
}  # fmt: skip
CONCEPTS = {"C000001": ["one compound", "compound one"], "C000002": ["another"]}
KINDS = ["ErratumFor", "UpdateIn", "RetractionIn", "Cites"]


def write_history(
    folder: Path, seed: int, *, files: int = 4, records: int = 12, pmids: int = 20
) -> list[Path]:
    """Write files in NLM's naming, each with records and deletions of the same few PMIDs."""
    chance = random.Random(seed)
    paths = []
    for number in range(1, files + 1):
        body = "".join(_record(chance, pmids) for _ in range(records))
        deleted = chance.sample(range(1, pmids + 1), k=2)
        body += "<DeleteCitation>" + "".join(f"<PMID>{p}</PMID>" for p in deleted)
        body += "</DeleteCitation>"
        path = folder / f"pubmed26n{number:04}.xml"
        path.write_text(f"<PubmedArticleSet>{body}</PubmedArticleSet>", encoding="utf-8")
        paths.append(path)
    return paths


def write_citations(folder: Path, seed: int, name: str, *, rows: int = 30, pmids: int = 25) -> Path:
    """Write citations in iCite's layout, some of them repeated or of a paper by itself."""
    chance = random.Random(seed)
    pairs = [(chance.randint(1, pmids), chance.randint(1, pmids)) for _ in range(rows)]
    path = folder / name
    path.write_text("citing,referenced\n" + "".join(f"{a},{b}\n" for a, b in pairs))
    return path


def _record(chance: random.Random, pmids: int) -> str:
    pmid, version = chance.randint(1, pmids), chance.choice([1, 1, 1, 2])
    text = "<Abstract><AbstractText>Text.</AbstractText></Abstract>" * chance.randint(0, 1)
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="{ui}" MajorTopicYN="{chance.choice("YN")}">'
        f"{escape(chance.choice(HEADINGS[ui]))}</DescriptorName></MeshHeading>"
        for ui in chance.sample(sorted(HEADINGS), k=chance.randint(0, 4))
    )
    chemicals = "".join(
        f'<Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="{ui}">'
        f"{chance.choice(CONCEPTS[ui])}</NameOfSubstance></Chemical>"
        for ui in chance.sample(sorted(CONCEPTS), k=chance.randint(0, 2))
    )
    relations = "".join(
        f'<CommentsCorrections RefType="{chance.choice(KINDS)}"><RefSource>x</RefSource>'
        f"<PMID>{chance.randint(1, pmids + 5)}</PMID></CommentsCorrections>"
        for _ in range(chance.randint(0, 2))
    )
    references = "".join(
        "<Reference><Citation>x</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{chance.randint(1, pmids + 10)}</ArticleId>'
        "</ArticleIdList></Reference>"
        for _ in range(chance.randint(0, 5))
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID>'
        f"<Article><Journal><JournalIssue><PubDate><Year>{chance.randint(1970, 2026)}</Year>"
        f"</PubDate></JournalIssue></Journal><ArticleTitle>T{chance.randint(0, 9)}</ArticleTitle>"
        f"{text}</Article><ChemicalList>{chemicals}</ChemicalList>"
        f"<CommentsCorrectionsList>{relations}</CommentsCorrectionsList>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>"
    )
