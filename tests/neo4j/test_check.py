"""``graph check``: each invariant is broken by a write; the check finds that and nothing else."""

import json
import shutil

import pytest

from citemesh.graph import server
from citemesh.graph.check.check import check_graph, raise_if_broken
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import NamedQuery
from citemesh.graph.fingerprint import fingerprint
from citemesh.workspace import Workspace
from tests.support import DATA, one_clear_line, run_citemesh

FILES = ["inline_markup", "nested_reference_lists", "major_on_qualifier", "self_citation"]
#: What is broken, how it is mended, the invariants that then do not hold, and a word of an example.
BREAKS = {
    "half an update": (
        "MATCH (s:GraphState) SET s.target = 'x'", "MATCH (s:GraphState) REMOVE s.target",
        {"no change of the graph is under way"}, "unfinished load x",
    ),
    "no constraint": (
        "DROP CONSTRAINT loaded_file_name",
        "CREATE CONSTRAINT loaded_file_name FOR (f:LoadedFile) REQUIRE f.name IS UNIQUE",
        {"constraints and indexes are online"}, "loaded_file_name missing",
    ),
    "a heading that is no descriptor": (
        "MATCH (a {pmid: 101}), (b {pmid: 7}) CREATE (a)-[:HAS_MESH {major: false}]->(b)",
        "MATCH ({pmid: 101})-[h:HAS_MESH]->() DELETE h",
        {"relationships join what they should"}, "HAS_MESH, ends 3, of 4",
    ),
    "an article without a PMID": (
        "CREATE (:Article {title: 'x', file: 'self_citation.xml'})",
        "MATCH (a:Article) WHERE a.pmid IS NULL DELETE a",
        {"one node per PMID", "the state counts what is there"}, "pmid None",
    ),
    "a descriptor without a name": (
        "MATCH (d {ui: 'D008168'}) SET d.name = ''",
        "MATCH (d {ui: 'D008168'}) SET d.name = 'Lung'",
        {"every descriptor has a name"}, "D008168",
    ),
    "a file without a name": (
        "CREATE (:LoadedFile {sha256: 'x', finished: 'x'})",
        "MATCH (f:LoadedFile) WHERE f.name IS NULL DELETE f",
        {"no key twice or missing"}, "label LoadedFile, key None",
    ),
    "a major relationship too many": (
        "MATCH (a {pmid: 104}), (d {ui: 'D006801'}) CREATE (a)-[:HAS_MAJOR]->(d)",
        "MATCH ({pmid: 104})-[m:HAS_MAJOR]->({ui: 'D006801'}) DELETE m",
        {"every HAS_MAJOR has its major heading"}, "pmid 104, ui D006801",
    ),
    "a major relationship too few": (
        "MATCH ({pmid: 104})-[m:HAS_MAJOR]->({ui: 'D003550'}) DELETE m",
        "MATCH (a {pmid: 104}), (d {ui: 'D003550'}) CREATE (a)-[:HAS_MAJOR]->(d)",
        {"every major heading has its HAS_MAJOR"}, "pmid 104, ui D003550",
    ),
    "a document without its file": (
        "MATCH (a {pmid: 101}) SET a.kept = a.file REMOVE a.file",
        "MATCH (a {pmid: 101}) SET a.file = a.kept REMOVE a.kept",
        {"documents have a title and a file", "bare articles have nothing of a record",
         "the state counts what is there"}, "pmid 101, lacks file",
    ),
    "a file that was never loaded": (
        "MATCH (a {pmid: 101}) SET a.file = 'x.xml'",
        "MATCH (a {pmid: 101}) SET a.file = 'inline_markup.xml'",
        {"articles come from loaded files"}, "file x.xml, articles 1",
    ),
    "a bare article with a heading": (
        "MATCH (a {pmid: 7}), (d {ui: 'D006801'}) CREATE (a)-[:HAS_MESH {major: false}]->(d)",
        "MATCH ({pmid: 7})-[h:HAS_MESH]->() DELETE h",
        {"bare articles have nothing of a record", "MeSH ties are those of the tree numbers"},
        "pmid 7",
    ),
    "a bare article alone": (
        "CREATE (:Article {pmid: 55})", "MATCH (a {pmid: 55}) DELETE a",
        {"bare articles are cited or mentioned"}, "pmid 55",
    ),
    "a self-citation": (
        "MATCH (a {pmid: 110}) CREATE (a)-[:CITES]->(a)",
        "MATCH (a {pmid: 110})-[c:CITES]->(a) DELETE c",
        {"no article cites itself"}, "pmid 110",
    ),
    "a citation twice": (
        "MATCH (a {pmid: 110}), (b {pmid: 7}) CREATE (a)-[:CITES {copy: 1}]->(b)",
        "MATCH ()-[c:CITES {copy: 1}]->() DELETE c",
        {"no citation or heading twice"}, "pmid 110, type CITES, other 7, times 2",
    ),
    "a tree number under another": (
        "MATCH (t {number: 'A04.411'})-[p:PARENT]->(), (o {number: 'B01'}) "
        "CREATE (t)-[:PARENT]->(o) DELETE p",
        "MATCH (t {number: 'A04.411'})-[p:PARENT]->(), (o {number: 'A04'}) "
        "CREATE (t)-[:PARENT]->(o) DELETE p",
        {"tree numbers have one owner and their parent"}, "number A04.411",
    ),
    "a tree number without its parent": (
        "CREATE (d:Descriptor {ui: 'D999999', name: 'Orphan', depth: 2})-[:AT]->"
        "(:TreeNumber {number: 'Z99.100', depth: 2})",
        "MATCH (d {ui: 'D999999'})-[:AT]->(t) DETACH DELETE d, t",
        {"tree numbers have one owner and their parent", "MeSH ties are those of the tree numbers"},
        "number Z99.100",
    ),
    "a file that is not finished": (
        "MATCH (f {name: 'self_citation.xml'}) SET f.kept = f.finished REMOVE f.finished",
        "MATCH (f {name: 'self_citation.xml'}) SET f.finished = f.kept REMOVE f.kept",
        {"all loaded files are finished"}, "self_citation.xml",
    ),
    "an unsettled node": (
        "MATCH (a {pmid: 7}) SET a:Unsettled", "MATCH (a {pmid: 7}) REMOVE a:Unsettled",
        {"no node is unsettled"}, "key 7",
    ),
    "a wrong count": (
        "MATCH (s:GraphState) SET s.records = s.records + 1",
        "MATCH (s:GraphState) SET s.records = s.records - 1",
        {"the state counts what is there"}, "what records, told 5, counted 4",
    ),
    "siblings without a common parent": (
        "MATCH (a {ui: 'D008168'}), (b {ui: 'D008171'}) CREATE (a)-[:SIBLING]->(b)",
        "MATCH ({ui: 'D008168'})-[s:SIBLING]->({ui: 'D008171'}) DELETE s",
        {"MeSH ties are those of the tree numbers"}, "SIBLING D008168 to D008171, is unlawful",
    ),
    "siblings stored both ways": (
        "MATCH (a {ui: 'D008168'})-[:SIBLING]->(b {ui: 'D009666'}) CREATE (b)-[:SIBLING]->(a)",
        "MATCH ({ui: 'D009666'})-[s:SIBLING]->({ui: 'D008168'}) DELETE s",
        {"MeSH ties are those of the tree numbers"}, "SIBLING D009666 to D008168, is unlawful",
    ),
    "siblings stored twice": (
        "MATCH (a {ui: 'D008168'})-[:SIBLING]->(b {ui: 'D009666'}) "
        "CREATE (a)-[:SIBLING {copy: 1}]->(b)",
        "MATCH ()-[s:SIBLING {copy: 1}]->() DELETE s",
        {"MeSH ties are those of the tree numbers"}, "is twice",
    ),
    "siblings that are not tied": (
        "MATCH (a {ui: 'D008168'})-[s:SIBLING]->(b {ui: 'D009666'}) DELETE s",
        "MATCH (a {ui: 'D008168'}), (b {ui: 'D009666'}) CREATE (a)-[:SIBLING]->(b)",
        {"MeSH ties are those of the tree numbers"}, "SIBLING D008168 to D009666, is missing",
    ),
    "nothing above": (
        "MATCH ({ui: 'D008168'})-[b:BROADER]->({ui: 'D012137'}) DELETE b",
        "MATCH (a {ui: 'D008168'}), (b {ui: 'D012137'}) CREATE (a)-[:BROADER]->(b)",
        {"MeSH ties are those of the tree numbers"}, "BROADER D008168 to D012137, is missing",
    ),
    "a wrong information content": (
        "MATCH (d {ui: 'D008168'}) SET d.ic = d.ic * 2",
        "MATCH (d {ui: 'D008168'}) SET d.ic = d.ic / 2",
        {"MeSH ties are those of the tree numbers"}, "ui D008168, ic",
    ),
    "a document that the corpus lacks": (
        "MATCH (a {pmid: 104}) SET a:Document", "MATCH (a {pmid: 104}) REMOVE a:Document",
        {"corpus and graph have the same documents", "the state counts what is there"},
        "pmid 104, only in the graph",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("checked"))
    files = [DATA / f"{name}.xml" for name in FILES]
    try:
        done = run_citemesh(
            workspace.root, "graph", "load", "--mesh", DATA / "small_mesh.tsv", *files
        )
        assert done.returncode == 0, done.stderr
        yield workspace
    finally:
        server.stop(workspace)


@pytest.fixture(scope="module")
def client(workspace):
    with GraphClient(server.ensure_running(workspace)) as client:
        yield client


def write(client, text):
    client.write(NamedQuery("test", "A test's own write.", {}, "nothing", "none", "", text))


def broken(client, workspace):
    findings = check_graph(client, workspace)
    return {finding.invariant: finding for finding in findings if not finding.ok}


def test_a_loaded_graph_has_nothing_broken(client, workspace):
    assert broken(client, workspace) == {}


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_broken_is_found_and_nothing_else(client, workspace, what):
    spoil, mend, invariants, example = BREAKS[what]
    before = fingerprint(client)
    write(client, spoil)
    try:
        found = broken(client, workspace)
    finally:
        write(client, mend)
    assert set(found) == invariants
    assert any(example in shown for finding in found.values() for shown in finding.examples)
    assert fingerprint(client) == before  # mended: the next case begins with a whole graph


def test_two_nodes_of_a_pmid_are_found_without_the_constraint(client, workspace):
    write(client, "DROP CONSTRAINT article_pmid")
    write(client, "UNWIND [1, 2, 3, 4, 5] AS i CREATE (:Article {pmid: 110, copy: i})")
    try:
        found = broken(client, workspace)
    finally:
        write(client, "MATCH (a:Article) WHERE a.copy > 0 DELETE a")
        write(client, "CREATE CONSTRAINT article_pmid FOR (a:Article) REQUIRE a.pmid IS UNIQUE")
    assert found["one node per PMID"].found == 5
    assert len(found["one node per PMID"].examples) < 5
    assert "constraints and indexes are online" in found


def test_a_document_that_only_the_corpus_has_is_found(client, workspace):
    write(client, "MATCH (a {pmid: 110}) REMOVE a:Document")
    try:
        found = broken(client, workspace)["corpus and graph have the same documents"]
    finally:
        write(client, "MATCH (a {pmid: 110}) SET a:Document")
    assert found.examples == ("pmid 110, only in the corpus",)


def test_the_command_prints_a_table_and_fails_with_what_to_do(client, workspace):
    whole = run_citemesh(workspace.root, "graph", "check", "--format", "json")
    assert whole.returncode == 0, whole.stderr
    printed = json.loads(whole.stdout)
    assert all(row["ok"] for row in printed["invariants"])
    assert printed["fingerprint"] == fingerprint(client)
    write(client, "MATCH (a {pmid: 110}) CREATE (a)-[:CITES]->(a)")
    try:
        refused = run_citemesh(workspace.root, "graph", "check")
    finally:
        write(client, "MATCH (a {pmid: 110})-[c:CITES]->(a) DELETE c")
    assert "no article cites itself" in refused.stdout
    line = one_clear_line(refused)
    assert "no article cites itself" in line
    assert "citemesh graph load --force" in line


def test_a_corpus_of_another_load_is_found(client, workspace, tmp_path):
    other = Workspace(tmp_path / "other")
    shutil.copytree(workspace.corpus, other.corpus)
    manifest = json.loads((other.corpus / "manifest.json").read_text())
    manifest["settings"]["load_id"] = "another"
    (other.corpus / "manifest.json").write_text(json.dumps(manifest))
    assert set(broken(client, other)) == {"corpus and graph have the same documents"}


def test_without_a_load_the_command_to_type_is_named(tmp_path):
    refused = run_citemesh(tmp_path / "w", "graph", "check")
    assert "citemesh graph load" in one_clear_line(refused)
    assert not (tmp_path / "w").exists()


def test_nothing_broken_raises_nothing(client, workspace):
    raise_if_broken(check_graph(client, workspace))
