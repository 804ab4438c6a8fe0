"""The trickier cookbook queries against the parsed tables, and a small graph made by hand."""

from collections import Counter
from itertools import islice

import pytest

from citemesh.graph.cypher import named_query
from citemesh.graph.query.query import open_for_queries
from tests.neo4j.oracle import Oracle, ask


@pytest.fixture(scope="module")
def oracle(real_workspace):
    return Oracle(real_workspace)


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


def ranked(counts, limit):
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def counts_of(rows, column):
    return [(row["pmid"], row[column]) for row in rows]


@pytest.mark.parametrize("hub", [3, 5000])
def test_coupling_counts_the_shared_references(client, oracle, hub):
    several = 0
    for pmid in islice(sorted(oracle.cites), 0, None, 150):
        shared = Counter(
            other
            for cited in oracle.cites[pmid]
            if oracle.cited(cited) <= hub
            for other in oracle.cited_by[cited] - {pmid}
        )
        rows = ask(client, "coupled_with", pmid=pmid, hub=hub, limit=30)
        assert counts_of(rows, "shared_references") == ranked(shared, 30)
        several += len(rows) > 1
    assert several > 3


def test_cocitation_counts_the_shared_citers(client, oracle):
    for pmid in (401498, 404244, 407250, 14907713):
        shared = Counter(
            other for citer in oracle.cited_by[pmid] for other in oracle.cites[citer] - {pmid}
        )
        rows = ask(client, "cocited_with", pmid=pmid, limit=50)
        assert counts_of(rows, "shared_citers") == ranked(shared, 50)
        # The cap looks at fewer citers, and so never counts more.
        capped = dict(counts_of(ask(client, "cocited_with", pmid=pmid, citers=2), "shared_citers"))
        assert capped and all(count <= min(2, shared[p]) for p, count in capped.items())


@pytest.mark.parametrize("heading", ["Neoplasms", "Liver", "Bacterial Infections", "Male"])
@pytest.mark.parametrize("below", ["true", "false"])
@pytest.mark.parametrize("major", ["true", "false"])
def test_most_cited_under_a_heading(client, oracle, heading, below, major):
    # "Male" has no place in the tree, and yet papers.
    uis = oracle.branch(heading) if below == "true" else {oracle.by_name[heading]}
    under = oracle.major_under if major == "true" else oracle.under
    papers = set().union(*(under.get(ui, set()) for ui in uis))
    counts = {pmid: oracle.cited(pmid) for pmid in papers if oracle.cited(pmid)}
    rows = ask(client, "most_cited_under", heading=heading, below=below, major=major, limit=40)
    assert counts_of(rows, "cited") == ranked(counts, 40)


def test_bridges_have_a_heading_in_each_branch_that_the_other_lacks(client, oracle):
    first, second = oracle.branch("Neoplasms"), oracle.branch("Immune System")
    first, second = first - second, second - first
    bridges = {
        pmid: oracle.cited(pmid)
        for pmid, uis in oracle.major_of.items()
        if uis & first and uis & second
    }
    rows = ask(client, "bridges_between", first="Neoplasms", second="Immune System", limit=9999)
    assert counts_of(rows, "cited") == ranked(bridges, None)
    for row in rows:
        uis = oracle.major_of[row["pmid"]]
        for column, own in (
            ("first_headings", first - second),
            ("second_headings", second - first),
        ):
            assert row[column] == sorted(oracle.mesh[ui].name for ui in uis & own)


def test_a_branch_and_one_inside_it_have_no_bridge_from_the_inner_one(client, oracle):
    assert oracle.branch("Liver") < oracle.branch("Digestive System")
    assert ask(client, "bridges_between", first="Liver", second="Digestive System") == []


def test_descendants_are_those_of_the_tree_numbers(client, oracle):
    for heading in ("Lung", "Neoplasms", "Antibodies", "Male"):
        rows = ask(client, "descendants", heading=heading, limit=99999)
        assert {row["ui"] for row in rows} == oracle.branch(heading) - {oracle.by_name[heading]}
        assert all(row["papers"] == len(oracle.under.get(row["ui"], ())) for row in rows)
        assert [row["tree_number"] for row in rows] == sorted(row["tree_number"] for row in rows)


def test_headings_beside_a_heading_and_their_share(client, oracle):
    tags = {ui for ui, descriptor in oracle.mesh.items() if descriptor.check_tag}
    ui = oracle.by_name["Malaria"]
    beside = Counter(other for pmid in oracle.under[ui] for other in oracle.of[pmid] - {ui} - tags)
    rows = ask(client, "headings_with", heading="Malaria", limit=50)
    assert [(row["ui"], row["papers"]) for row in rows] == ranked(beside, 50)
    assert rows[0]["share"] == pytest.approx(rows[0]["papers"] / len(oracle.under[ui]))
    scanned = ask(client, "headings_with", heading="Malaria", scan=10)
    assert scanned[0]["papers"] <= 10 and scanned == ask(
        client, "headings_with", heading="Malaria", scan=10
    )


def test_paths_are_the_shortest_and_end_where_they_should(client, oracle):
    neighbours = {
        pmid: oracle.cites.get(pmid, set()) | oracle.cited_by.get(pmid, set())
        for pmid in oracle.cites.keys() | oracle.cited_by.keys()
    }
    paths: list[tuple[int, ...]] = [(402220,)]
    while not any(path[-1] == 424303 for path in paths):
        paths = [(*path, n) for path in paths for n in neighbours[path[-1]] - set(path)]
    expected = sorted(path for path in paths if path[-1] == 424303)
    rows = ask(client, "paths_between", first=402220, second=424303, limit=999)
    assert [tuple(row["pmids"]) for row in rows] == expected
    for row in rows:
        for a, b, citing in zip(row["pmids"], row["pmids"][1:], row["citing"], strict=False):
            assert citing == (b in oracle.cites.get(a, set()))
    assert ask(client, "paths_between", first=402220, second=402220) == []


RETRACTIONS = """
CREATE (cited:Article {pmid: -1, year: 2000}), (early:Article {pmid: -2, year: 2004}),
       (same:Article {pmid: -3, year: 2005}), (late:Article {pmid: -4, year: 2006}),
       (notice:Article {pmid: -5, year: 2005}), (bare:Article {pmid: -6, year: 2000}),
       (unknown:Article {pmid: -7}), (corrected:Article {pmid: -8, year: 2000}),
       (early)-[:CITES]->(cited), (same)-[:CITES]->(cited), (late)-[:CITES]->(cited),
       (cited)-[:SAME_WORK {kind: 'RetractionIn'}]->(notice),
       (notice)-[:SAME_WORK {kind: 'RetractionOf'}]->(cited),
       (early)-[:CITES]->(bare), (unknown)-[:CITES]->(bare),
       (bare)-[:SAME_WORK {kind: 'RetractionIn'}]->(unknown),
       (late)-[:CITES]->(corrected), (corrected)-[:SAME_WORK {kind: 'ErratumIn'}]->(notice)
"""


def test_a_retracted_paper_counts_the_citations_of_later_years_once(client):
    with client._session("WRITE") as session, session.begin_transaction() as transaction:
        transaction.run(RETRACTIONS).consume()
        query = named_query("cookbook", "retracted_still_cited")
        rows = transaction.run(query.text, limit=10).data()
        transaction.rollback()
    found = [
        (row["pmid"], row["notice_year"], row["cited_after"], row["citing_pmids"]) for row in rows
    ]
    assert found == [(-6, None, 1, [-2]), (-1, 2005, 1, [-4])]
