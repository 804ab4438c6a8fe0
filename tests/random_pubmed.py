"""Many small made-up graphs in one PubMed file, as papers and as XML."""

from __future__ import annotations

import random
from pathlib import Path
from xml.sax.saxutils import escape

from tests.unit.mining_oracle import Paper

#: Near each other in tests/data/small_mesh.tsv, two check tags, one of which that file lacks, and
#: a topic that it lacks.
HEADINGS = {
    "D003550": "Cystic Fibrosis", "D000071074": "Neonatal Sepsis", "D007830": "Larynx",
    "D008168": "Lung", "D009666": "Nose", "D012137": "Respiratory System", "D057079": "Pongo",
    "D006071": "Gorilla gorilla", "D002679": "Pan troglodytes", "D006801": "Humans",
    "D000328": "Adult", "D999998": "A Term",
}  # fmt: skip
QUALIFIERS = ("blood", "anatomy & histology", "therapy")


def random_papers(seed: int, graphs: int, size: int) -> list[Paper]:
    """Papers that cite each other within their graph, some of them only as a PMID.

    Titles differ in case only, years are missing, works have two forms.
    """
    chance = random.Random(seed)
    pmids = chance.sample(range(2, 60_000_000), k=graphs * size)
    papers = []
    for first in range(0, len(pmids), size):
        papers += _graph(chance, pmids[first : first + size])
    return papers


def write_pubmed(path: Path, papers: list[Paper]) -> None:
    """A PubMed file of the papers that are more than a PMID."""
    records = "".join(_record(paper) for paper in papers if paper.title)
    path.write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>", encoding="utf-8")


def _graph(chance: random.Random, pmids: list[int]) -> list[Paper]:
    recorded = [pmid for pmid in pmids if chance.random() < 0.8]
    papers = [_paper(chance, pmid, pmids, recorded) for pmid in recorded]
    cited = {pmid for paper in papers for pmid in paper.cites}
    return papers + [
        Paper(pmid, document=False, year=0) for pmid in sorted(cited - set(recorded))
    ]  # fmt: skip


def _paper(chance: random.Random, pmid: int, pmids: list[int], recorded: list[int]) -> Paper:
    works = chance.sample(recorded, k=1) if chance.random() < 0.15 else []
    uis = chance.sample(sorted(HEADINGS), k=chance.randint(0, 4))
    return Paper(
        pmid,
        document=chance.random() < 0.8,
        year=chance.choice([0, 1970, 1980]),
        retracted=chance.random() < 0.1,
        title=chance.choice(["On X", "ON X", f"On {pmid}"]),
        cites=frozenset(chance.sample(pmids, k=chance.randint(0, 6))) - {pmid},
        headings={ui: chance.random() < 0.6 for ui in uis},
        same_work=frozenset(works) - {pmid},
        qualifiers={
            ui: frozenset(chance.sample(QUALIFIERS, k=chance.randint(1, 2)))
            for ui in uis
            if chance.random() < 0.7
        },
        indexing_method=chance.choice([None, "Curated", "Automated"]),
    )


def _qualifiers(paper: Paper, ui: str) -> str:
    return "".join(
        f'<QualifierName MajorTopicYN="N">{escape(name)}</QualifierName>'
        for name in sorted(paper.qualifiers.get(ui, ()))
    )


def _record(paper: Paper) -> str:
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="{ui}" MajorTopicYN="{"NY"[major]}">'
        f"{escape(HEADINGS[ui])}</DescriptorName>{_qualifiers(paper, ui)}</MeshHeading>"
        for ui, major in paper.headings.items()
    )
    references = "".join(
        "<Reference><Citation>x</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></Reference>'
        for pmid in paper.cites
    )
    relations = "".join(
        f'<CommentsCorrections RefType="ErratumIn"><RefSource>x</RefSource><PMID>{pmid}</PMID>'
        "</CommentsCorrections>"
        for pmid in paper.same_work
    )
    year = f"<PubDate><Year>{paper.year}</Year></PubDate>" if paper.year else "<PubDate/>"
    text = "<Abstract><AbstractText>Text.</AbstractText></Abstract>" if paper.document else ""
    method = f' IndexingMethod="{paper.indexing_method}"' if paper.indexing_method else ""
    kind = "Retracted Publication" if paper.retracted else "Journal Article"
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"{method}>'
        f'<PMID Version="1">{paper.pmid}</PMID>'
        f"<Article><Journal><JournalIssue>{year}</JournalIssue></Journal>"
        f"<ArticleTitle>{paper.title}</ArticleTitle>{text}<PublicationTypeList>"
        f'<PublicationType UI="D016428">{kind}</PublicationType></PublicationTypeList></Article>'
        f"<CommentsCorrectionsList>{relations}</CommentsCorrectionsList>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>"
    )
