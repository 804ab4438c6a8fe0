"""The fingerprint: the same for graphs that say the same, another for anything that differs."""

import pytest

from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import NamedQuery
from citemesh.graph.fingerprint import digest_of_parts, fingerprint, fingerprint_parts
from citemesh.workspace import Workspace

NODES = [
    "CREATE (:Article:Document {pmid: 1, title: 'One', h: 5, publication_types: ['A', 'B']})",
    "CREATE (:Article {pmid: 2})",
    "CREATE (:Article {pmid: 3})",
    "CREATE (:Article {pmid: 4})",
    "CREATE (:Descriptor {ui: 'D1', name: 'Upper', ic: 0.1})",
    "CREATE (:Descriptor {ui: 'D2', name: 'Lower'})",
    "CREATE (:Supplementary {ui: 'C1', name: 'Stuff', scr_class: 1})",
    "CREATE (:TreeNumber {number: 'A01', depth: 1})",
    "CREATE (:LoadedFile {name: 'f.xml', sha256: 'aa', finished: '2024-01-01'})",
    "CREATE (:GraphState {id: 'graph', version: 1, load_id: 'x'})",
]
TIES = [
    "MATCH (a {pmid: 1}), (b {pmid: 2}) CREATE (a)-[:CITES {sources: ['pubmed', 'icite']}]->(b)",
    "MATCH (a {pmid: 3}), (b {pmid: 4}) CREATE (a)-[:CITES {sources: ['icite']}]->(b)",
    "MATCH (a {pmid: 1}), (b {pmid: 3}) CREATE (a)-[:SAME_WORK {kind: 'ErratumIn'}]->(b)",
    "MATCH (a {pmid: 1}), (b {pmid: 3}) CREATE (a)-[:SAME_WORK {kind: 'UpdateIn'}]->(b)",
    "MATCH (a {pmid: 1}), (d {ui: 'D2'}) CREATE (a)-[:HAS_MESH {major: true, qualifiers: []}]->(d)",
    "MATCH (d {ui: 'D2'}), (u {ui: 'D1'}) CREATE (d)-[:BROADER]->(u)",
    "MATCH (d {ui: 'D1'}), (t {number: 'A01'}) CREATE (d)-[:AT]->(t)",
    "MATCH (s {ui: 'C1'}), (d {ui: 'D2'}) CREATE (s)-[:MAPPED_TO {major: false}]->(d)",
]
#: What is done to the graph, and the parts that then differ.
CHANGES = [
    ("MATCH (a {pmid: 1}) SET a.title = 'one'", {"Article:Document"}),
    ("MATCH (a {pmid: 1}) SET a.publication_types = ['B', 'A']", {"Article:Document"}),
    ("MATCH (a {pmid: 1}) SET a.never_seen = 1", {"Article:Document"}),
    ("MATCH (a {pmid: 2}) SET a.title = ''", {"Article"}),
    ("MATCH (a {pmid: 1}) SET a.h = 5.0", {"Article:Document"}),
    ("MATCH (a {pmid: 2}) SET a:Document", {"Article", "Article:Document"}),
    ("MATCH (a {pmid: 2}) SET a:Unsettled", {"Article", "Article:Unsettled"}),
    ("CREATE (:Article {pmid: 2})", {"Article"}),
    ("MATCH (d {ui: 'D1'}) SET d.ic = 0.10000000000000002", {"Descriptor"}),
    ("MATCH (s {ui: 'C1'}) SET s.name = 'Stuf'", {"Supplementary"}),
    ("MATCH (t {number: 'A01'}) SET t.depth = 2", {"TreeNumber"}),
    ("MATCH (f:LoadedFile) SET f.sha256 = 'ab'", {"LoadedFile"}),
    ("MATCH (s:GraphState) SET s.load_id = 'y'", {"GraphState"}),
    ("MATCH ({pmid: 1})-[c:CITES]->() SET c.sources = ['icite']", {"CITES"}),
    ("MATCH (a {pmid: 1}), (b {pmid: 2}) CREATE (a)-[:CITES {sources: ['pubmed', 'icite']}]->(b)",
     {"CITES"}),
    ("MATCH ({pmid: 1})-[c:CITES]->() DELETE c", {"CITES"}),
    ("MATCH (a {pmid: 3})-[c:CITES]->(b) DELETE c CREATE (b)-[:CITES {sources: ['icite']}]->(a)",
     {"CITES"}),
    ("MATCH (:Article)-[s:SAME_WORK {kind: 'ErratumIn'}]->() SET s.kind = 'UpdateIn'",
     {"SAME_WORK"}),
    ("MATCH (:Article)-[h:HAS_MESH]->() SET h.major = false", {"HAS_MESH"}),
    ("MATCH (a {pmid: 1}), (d {ui: 'D2'}) CREATE (a)-[:HAS_MAJOR]->(d)", {"HAS_MAJOR"}),
    ("MATCH (:Supplementary)-[m:MAPPED_TO]->() SET m.major = true", {"MAPPED_TO"}),
    ("MATCH (:Descriptor)-[b:BROADER]->() DELETE b", {"BROADER"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("fingerprint"))
    try:
        with GraphClient(server.ensure_running(workspace)) as client:
            yield client
    finally:
        server.stop(workspace)


def write(client, *texts):
    for text in texts:
        client.write(NamedQuery("test", "A test's own write.", {}, "nothing", "none", "", text))


def rebuild(client, *texts):
    # One transaction: a commit each would be most of the test's time.
    write(client, "MATCH (n) DETACH DELETE n", " WITH count(*) AS done ".join(texts))


def test_the_order_of_writing_and_internal_ids_do_not_count(client):
    rebuild(client, *NODES, *TIES)
    first = fingerprint_parts(client)
    # The same graph backwards, after nodes that take the freed ids, its properties set one by one
    # and its list of parallel ties the other way round.
    rebuild(
        client, "UNWIND range(1, 7) AS i CREATE (:Foreign {i: i})", *reversed(NODES),
        *reversed(TIES),
        "MATCH (a {pmid: 1}) REMOVE a.title, a:Document SET a:Document, a.title = 'One'",
    )  # fmt: skip
    assert fingerprint_parts(client) == first
    assert fingerprint(client) == digest_of_parts(first)


def test_what_may_differ_between_equal_graphs_does_not_count(client):
    rebuild(client, *NODES, *TIES)
    before = fingerprint(client)
    write(client, "MATCH (s:GraphState) SET s.version = 2")
    write(client, "MATCH (f:LoadedFile) SET f.finished = '2025-01-01'")
    write(client, "CREATE (:SomebodyElse {pmid: 9})")
    assert fingerprint(client) == before


@pytest.mark.parametrize(("change", "parts"), CHANGES)
def test_every_difference_counts_and_is_named(client, change, parts):
    rebuild(client, *NODES, *TIES)
    before = fingerprint_parts(client)
    write(client, change)
    after = fingerprint_parts(client)
    named = {name for name in before | after if before.get(name) != after.get(name)}
    assert named == parts
    assert digest_of_parts(before) != digest_of_parts(after)


def test_citations_with_their_ends_exchanged_differ(client):
    # Both graphs have the same nodes, the same sources, and the same degrees at every node.
    rebuild(client, *NODES, *TIES)
    before = fingerprint_parts(client)
    write(
        client,
        "MATCH (a {pmid: 1})-[c:CITES]->(b {pmid: 2}), (x {pmid: 3})-[e:CITES]->(y {pmid: 4}) "
        "CREATE (a)-[:CITES {sources: c.sources}]->(y), (x)-[:CITES {sources: e.sources}]->(b) "
        "DELETE c, e",
    )
    after = fingerprint_parts(client)
    assert {name for name in before if before[name] != after[name]} == {"CITES"}


def test_an_empty_graph_has_a_fingerprint(client):
    write(client, "MATCH (n) DETACH DELETE n")
    assert fingerprint_parts(client) == {}
    assert len(fingerprint(client)) == 32
