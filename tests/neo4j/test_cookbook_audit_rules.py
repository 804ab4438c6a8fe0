"""The audit's cookbook queries of a rule, against the parsed tables: what else would it flag?"""

from collections import Counter

import pytest

from citemesh.graph.cypher import NamedQuery
from citemesh.graph.query.query import open_for_queries
from tests.neo4j.oracle import Oracle, ask

PAPERS = [407250, 404244, 418173, 411782, 412786]


@pytest.fixture(scope="module")
def oracle(real_workspace):
    return Oracle(real_workspace)


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


@pytest.fixture(scope="module")
def documents(client):
    text = "MATCH (d:Document) RETURN d.pmid AS pmid"
    asked = NamedQuery("documents", "All documents.", {}, "pmid integer", "none", "", text)
    return {row["pmid"] for row in client.rows(asked)}


def links_of(oracle, pmid, hub=5000):
    """Shared references and shared citers with each other paper, by counting."""
    references = Counter(
        other for cited in oracle.cites.get(pmid, ()) if oracle.cited(cited) <= hub
        for other in oracle.cited_by[cited] - {pmid}
    )  # fmt: skip
    citers = Counter(
        other for citer in oracle.cited_by.get(pmid, ()) if len(oracle.cites[citer]) <= hub
        for other in oracle.cites[citer] - {pmid}
    )  # fmt: skip
    return references, citers


@pytest.mark.parametrize("hub", [4, 5000])
@pytest.mark.parametrize(("least", "majors"), [(2, 1), (1, 2), (4, 0)])
def test_documents_tied_by_citations_that_share_a_major_heading(
    client, oracle, documents, hub, least, majors
):
    seen = 0
    for pmid in PAPERS:
        references, citers = links_of(oracle, pmid, hub)
        cites, cited_by = oracle.cites.get(pmid, set()), oracle.cited_by.get(pmid, set())
        expected = []
        for other in documents & (set(references) | set(citers) | cites | cited_by):
            direct = (other in cites) + (other in cited_by)
            shared = oracle.majors(pmid) & oracle.majors(other)
            tied = direct or references[other] >= least or citers[other] >= least
            if tied and len(shared) >= majors:
                strength = direct + references[other] + citers[other]
                expected.append((-strength, -len(shared), other))
        rows = ask(
            client, "audit_linked_same_major", pmid=pmid, references=least, citers=least,
            majors=majors, hub=hub, limit=9999,
        )  # fmt: skip
        assert [row["pmid"] for row in rows] == [other for *_, other in sorted(expected)]
        for row in rows:
            other = row["pmid"]
            assert (row["shared_references"], row["shared_citers"]) == (
                references[other],
                citers[other],
            )
            assert (row["cites"], row["cited_by"]) == (other in cites, other in cited_by)
            shared = oracle.majors(pmid) & oracle.majors(other)
            assert row["shared_major"] == oracle.names(shared)
        seen += len(rows)
    assert seen > 5


@pytest.mark.parametrize(("majors", "hub"), [(1, 40), (2, 10000), (3, 10000)])
def test_documents_with_the_same_major_headings(client, oracle, documents, majors, hub):
    seen = set()
    for pmid in PAPERS:
        own = oracle.majors(pmid)
        found = set().union(
            *(oracle.major_under[ui] for ui in own if len(oracle.major_under[ui]) <= hub)
        )
        rank = {
            other: (
                -len(own & oracle.majors(other)),
                -len(oracle.topics(pmid) & oracle.topics(other)),
                other,
            )
            for other in (found & documents) - {pmid}
        }
        expected = sorted(value for value in rank.values() if -value[0] >= majors)
        rows = ask(client, "audit_same_majors", pmid=pmid, majors=majors, hub=hub, limit=9999)
        given = [(-len(row["shared_major"]), -row["shared_headings"], row["pmid"]) for row in rows]
        assert given == expected
        near = oracle.cites.get(pmid, set()) | oracle.cited_by.get(pmid, set())
        for row in rows:
            other = row["pmid"]
            beside = oracle.cites.get(other, set()) | oracle.cited_by.get(other, set())
            assert row["linked"] == (other in near or bool(near & beside))
            seen.add(row["linked"])
    assert seen == {True, False}


@pytest.mark.parametrize("links", [1, 2, 4])
def test_documents_near_the_known_positives_of_a_query(client, oracle, documents, links):
    pmids = [407250, 404244, 412786]
    counts = {pmid: links_of(oracle, pmid) for pmid in pmids}
    expected = {}
    for other in documents - set(pmids):
        near = [
            (-(references[other] + citers[other]), pmid, references[other], citers[other])
            for pmid, (references, citers) in counts.items()
            if max(references[other], citers[other]) >= links
        ]
        if near:
            near.sort()
            largest = max(n[2] for n in near), max(n[3] for n in near)
            expected[other] = ([n[1] for n in near], *largest)
    # One given twice counts once.
    given = ",".join(map(str, [*pmids, pmids[0]]))
    rows = ask(client, "audit_near_positives", pmids=given, links=links, limit=9999)
    found = {row["pmid"]: tuple(row.values())[3:] for row in rows}
    assert found == expected and len(rows) == len(expected) > 3
    order = [
        (-len(row["positives"]), -row["shared_references"] - row["shared_citers"], row["pmid"])
        for row in rows
    ]
    assert order == sorted(order)
