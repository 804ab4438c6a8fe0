"""What the graph says of a pair of articles; guards and audit both judge by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.mining.mesh_similarity import MeshSimilarity

#: Articles whose facts one query fetches.
_FACTS_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What is known of one article.

    Args:
        pmid: the article.
        title: its title.
        year: of publication; None when the record names none.
        retracted: whether it was retracted.
        headings: its topical descriptors (no check tags).
        major: those of them that are major.
        expanded: its topical descriptors with all ancestors.
        same_work: PMIDs of other forms of the same work.
    """

    pmid: int
    title: str
    year: int | None
    retracted: bool
    headings: frozenset[str]
    major: frozenset[str]
    expanded: frozenset[str]
    same_work: frozenset[int]


@dataclass(frozen=True, slots=True)
class PairCitations:
    """What the citation graph says of an anchor and another article."""

    shared_references: int
    shared_citers: int
    cites: bool
    cited_by: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is known of an anchor and a candidate; docs/data-model.md names the fields.

    Args:
        citations: shared references and citers, and citations either way.
        shared_headings: topical descriptors that both have.
        shared_major: descriptors that are major in both.
        siml: SimL; None when one of them has no topical heading.
    """

    citations: PairCitations
    shared_headings: int
    shared_major: int
    siml: float | None


def fetch_facts(
    client: GraphClient, mesh: MeshSimilarity, pmids: Iterable[int]
) -> dict[int, ArticleFacts]:
    """Facts of many articles."""
    facts = {}
    query = named_query("mining", "article_facts")
    for rows in client.rows_for(query, sorted(set(pmids)), _FACTS_BATCH):
        for row in rows:
            headings = mesh.topical(ui for ui, _ in row["headings"])
            facts[row["pmid"]] = ArticleFacts(
                pmid=row["pmid"],
                title=row["title"] or "",
                year=row["year"],
                retracted=bool(row["retracted"]),
                headings=headings,
                major=headings & {ui for ui, major in row["headings"] if major},
                expanded=mesh.expanded(headings),
                same_work=frozenset(row["same_work"]),
            )
    return facts


def fetch_pair_citations(
    client: GraphClient, pairs: Mapping[int, Sequence[int]]
) -> dict[tuple[int, int], PairCitations]:
    """Citation evidence of (anchor, other) pairs.

    Args:
        client: the graph.
        pairs: anchor PMID to the PMIDs it is compared with.
    """
    rows = [{"id": anchor, "others": list(others)} for anchor, others in pairs.items() if others]
    found = client.rows(named_query("mining", "pair_citations"), rows=rows)
    return {
        (row["id"], other): PairCitations(*counts)
        for row in found
        for other, *counts in row["found"]
    }


def pair_evidence(
    anchor: ArticleFacts, other: ArticleFacts, citations: PairCitations, mesh: MeshSimilarity
) -> Evidence:
    """Bring together what is known of a pair."""
    return Evidence(
        citations=citations,
        shared_headings=len(anchor.headings & other.headings),
        shared_major=len(anchor.major & other.major),
        siml=mesh.siml(anchor.expanded, other.expanded),
    )
