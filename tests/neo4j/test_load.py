"""Loading real and hand-made records into a real Neo4j, by import and over Bolt."""

import json
import shutil

import pytest

from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.cypher import NamedQuery
from citemesh.graph.fingerprint import fingerprint_parts
from citemesh.workspace import Workspace
from tests.support import DATA, one_clear_line, run_citemesh

HAND_MADE = [
    "inline_markup", "structured_abstract", "nested_reference_lists", "major_on_qualifier",
    "medline_date", "two_versions", "delete_citation", "self_citation",
]  # fmt: skip
LOAD_HAND_MADE = [
    "graph", "load", "--mesh", DATA / "small_mesh.tsv", *(DATA / f"{n}.xml" for n in HAND_MADE),
]  # fmt: skip


def ask(client, text, **params):
    query = NamedQuery("test", "A test's own question.", {}, "", "none", "", text)
    return client.rows(query, **params)


def stats_of(workspace, environment=None):
    done = run_citemesh(
        workspace.root, "graph", "stats", "--format", "json", environment=environment
    )
    assert done.returncode == 0, done.stderr
    return {row["name"]: row["count"] for row in json.loads(done.stdout)}


def test_the_real_file_gives_the_counts_that_are_known(real_workspace):
    counts = stats_of(real_workspace)
    assert counts["records"] == 30_000
    assert counts["documents (title and abstract)"] == counts["Document"] == 14_832
    assert counts["HAS_MESH"] == 288_334
    assert counts["descriptors used in headings"] == 10_851
    assert counts["HAS_MAJOR"] == 84_560
    assert counts["CITES"] == 48_598
    assert counts["citations between records"] == 698
    assert counts["Descriptor"] == 30_764
    assert counts["TreeNumber"] == counts["AT"] == 64_457


def test_cited_papers_without_a_record_are_bare_articles(real_workspace):
    with GraphClient(server.ensure_running(real_workspace)) as client:
        (row,) = ask(
            client,
            "MATCH (a:Article) WHERE a.status IS NULL RETURN count(a) AS bare, "
            "count(a.title) AS titled, sum(CASE WHEN a:Document THEN 1 ELSE 0 END) AS documents",
        )
    counts = stats_of(real_workspace)
    assert row == {"bare": counts["Article"] - 30_000, "titled": 0, "documents": 0}


def test_the_same_load_again_changes_nothing_and_another_is_refused(real_workspace, pubmed_file):
    before = stats_of(real_workspace)
    again = run_citemesh(real_workspace.root, "graph", "load", str(pubmed_file))
    assert again.returncode == 0, again.stderr
    assert "30,000 records" in again.stdout
    refused = run_citemesh(real_workspace.root, "graph", "load", DATA / "medline_date.xml")
    assert "--force" in one_clear_line(refused)
    assert "citemesh graph update" in one_clear_line(refused)
    assert stats_of(real_workspace) == before


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Hand-made records, loaded by the import tool."""
    workspace = Workspace(tmp_path_factory.mktemp("imported"))
    try:
        done = run_citemesh(workspace.root, *LOAD_HAND_MADE)
        assert done.returncode == 0, done.stderr
        yield workspace
    finally:
        server.stop(workspace)


def test_the_newest_version_wins_and_deletions_hold(imported):
    with GraphClient(server.ensure_running(imported)) as client:
        titles = {
            row["pmid"]: row["title"]
            for row in ask(client, "MATCH (a:Article) RETURN a.pmid AS pmid, a.title AS title")
        }
    # Files count by name: delete_citation, which names 106 and its own 108, before two_versions.
    assert titles[106] == "New words"
    assert 108 not in titles
    assert titles[107] == "Stays"
    assert titles[7] is None
    assert sorted(Corpus(imported.corpus).documents(titles)) == [101, 102, 106, 107, 110]


def test_self_citations_and_repeated_references_are_dropped_and_counted(imported):
    with GraphClient(server.ensure_running(imported)) as client:
        rows = ask(
            client,
            "MATCH (:Article {pmid: 110})-[:CITES]->(b) RETURN b.pmid AS pmid ORDER BY pmid",
        )
    assert [row["pmid"] for row in rows] == [7, 101]
    dropped = Corpus(imported.corpus).manifest.dropped
    assert dropped["self-citations"] == 1
    assert dropped["references given twice in a record"] == 1
    assert dropped["references without a PMID"] == 2


def test_over_bolt_the_same_graph_comes_out(imported, tmp_path_factory):
    bolt, far = (Workspace(tmp_path_factory.mktemp(name)) for name in ("bolt", "far"))
    connection = server.ensure_running(far)
    try:
        environment = {"NEO4J_URI": connection.uri, "NEO4J_PASSWORD": connection.password}
        done = run_citemesh(bolt.root, *LOAD_HAND_MADE, environment=environment)
        assert done.returncode == 0, done.stderr
        assert not bolt.graph.exists()  # no server of its own was started
        with (
            GraphClient(connection) as over_bolt,
            GraphClient(server.ensure_running(imported)) as by_import,
        ):
            assert fingerprint_parts(over_bolt) == fingerprint_parts(by_import)
        assert stats_of(bolt, environment) == stats_of(imported)
    finally:
        server.stop(far)


def test_a_broken_file_leaves_the_loaded_graph_alone(imported, tmp_path, pubmed_file):
    before = stats_of(imported)
    cut = tmp_path / "pubmed20n0015.xml.gz"
    cut.write_bytes(pubmed_file.read_bytes()[:200_000])
    refused = run_citemesh(imported.root, "graph", "load", "--force", str(cut))
    assert "truncated" in one_clear_line(refused)
    orphan = tmp_path / "mesh.tsv"
    orphan.write_text("#citemesh-mesh-1\t2024\t\nD000001\tA\tA01.100\n")
    refused = run_citemesh(
        imported.root, "graph", "load", "--force", "--mesh", str(orphan), DATA / "medline_date.xml"
    )
    assert "orphan" in one_clear_line(refused)
    assert stats_of(imported) == before
    assert not list(imported.root.glob(".*"))


def test_graph_and_corpus_of_different_loads_are_not_mixed(imported, tmp_path):
    other = Workspace(tmp_path / "other")
    shutil.copytree(imported.corpus, other.corpus)
    manifest = json.loads((other.corpus / "manifest.json").read_text())
    manifest["settings"]["load_id"] = "another"
    (other.corpus / "manifest.json").write_text(json.dumps(manifest))
    connection = server.ensure_running(imported)
    refused = run_citemesh(
        other.root, "graph", "stats",
        environment={"NEO4J_URI": connection.uri, "NEO4J_PASSWORD": connection.password},
    )  # fmt: skip
    assert "not the one that the corpus" in one_clear_line(refused)


def test_without_a_load_the_command_to_type_is_named(tmp_path):
    assert "citemesh graph load" in one_clear_line(run_citemesh(tmp_path / "w", "graph", "stats"))
    assert not (tmp_path / "w").exists()
