"""Made-up PubMed files of any size with PubMed's shape: heavy-tailed citations, headings by topic.

About 11 references and 10 headings an article, 3 of them major; descriptors of the MeSH table that
the package carries. Titles and abstracts say nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.progress import progress_bar

#: As in NLM's files.
RECORDS_PER_FILE = 30_000
FIRST_PMID = 10_000_000
_ABSTRACT = (
    "<Abstract><AbstractText>" + "Words that say nothing. " * 40 + "</AbstractText></Abstract>"
)


def write_synthetic_pubmed(folder: Path, articles: int, seed: int = 7) -> list[Path]:
    """Write files of `RECORDS_PER_FILE` records, half of them documents; return their paths."""
    chance = np.random.default_rng(seed)
    headings = _headings()
    popular = chance.permutation(articles)
    paths = []
    with progress_bar("Making records", total=articles, unit="record", scale=True) as bar:
        for start in range(0, articles, RECORDS_PER_FILE):
            count = min(RECORDS_PER_FILE, articles - start)
            path = folder / f"pubmed26n{len(paths) + 1:04}.xml.gz"
            records = _records(chance, start, count, popular, headings)
            with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as stream:
                stream.write(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>")
            paths.append(path)
            bar.update(count)
    return paths


def _headings() -> list[tuple[str, str]]:
    """Of each descriptor a heading that is not major and one that is."""
    start, end = '<MeshHeading><DescriptorName UI="{}" MajorTopicYN="{}">', "</DescriptorName>"
    return [
        (
            f"{start.format(d.ui, 'N')}{escape(d.name)}{end}</MeshHeading>",
            f"{start.format(d.ui, 'Y')}{escape(d.name)}{end}</MeshHeading>",
        )
        for d in read_mesh(carried_mesh_table()).descriptors.values()
    ]


def _records(
    chance: np.random.Generator, start: int, count: int, popular: NDArray[np.int64],
    heading_texts: Sequence[tuple[str, str]],
) -> list[str]:  # fmt: skip
    references = np.minimum(chance.lognormal(2.25, 0.75, count).astype(int), 300)
    cited = popular[(len(popular) * chance.random(references.sum()) ** 3).astype(int)] + FIRST_PMID
    headings = np.clip(chance.poisson(10, count), 2, 30)
    used = (len(heading_texts) * chance.random(headings.sum()) ** 1.8).astype(int)
    major = chance.random(len(used)) < 0.3
    ends_cited, ends_used = np.cumsum(references), np.cumsum(headings)
    cited_texts = [
        "<Reference><Citation>x</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></Reference>'
        for pmid in cited.tolist()
    ]
    used_texts = [heading_texts[d][m] for d, m in zip(used.tolist(), major.tolist(), strict=True)]
    return [
        _record(
            FIRST_PMID + start + i,
            "".join(used_texts[ends_used[i] - headings[i] : ends_used[i]]),
            "".join(cited_texts[ends_cited[i] - references[i] : ends_cited[i]]),
        )
        for i in range(count)
    ]


def _record(pmid: int, headings: str, references: str) -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>{1975 + pmid % 50}</Year></PubDate></JournalIssue>"
        f"</Journal><ArticleTitle>Article {pmid}</ArticleTitle>{_ABSTRACT if pmid % 2 else ''}"
        "<Language>eng</Language><PublicationTypeList>"
        '<PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>'
        "</Article><MedlineJournalInfo><MedlineTA>J Made Up</MedlineTA></MedlineJournalInfo>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>"
    )
