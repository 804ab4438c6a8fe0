"""The snapshot: what the graph says and nothing else, never stale, never half."""

import json
import subprocess

import numpy as np
import pytest

from citemesh.errors import InputError
from citemesh.graph import server
from citemesh.graph.check.check import check_graph
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import NamedQuery
from citemesh.graph.snapshot import rows as snapshot_rows
from citemesh.graph.snapshot import snapshot
from citemesh.graph.snapshot.build import build_snapshot
from citemesh.graph.snapshot.snapshot import DOCUMENT, RECORD, RETRACTED, open_snapshot
from citemesh.workspace import Workspace
from tests.support import DATA, clean_environment, command_line, run_citemesh

FILES = ["inline_markup", "nested_reference_lists", "major_on_qualifier", "self_citation"]
# More than the records have: hubs, a retracted paper, parallel and two-way ties between works.
MORE = [
    "UNWIND range(2000, 2040) AS p CREATE (:Article {pmid: p, h: p, year: 1900 + p % 50})",
    "MATCH (a:Article), (b:Article) WHERE a.pmid >= 2000 AND b.pmid >= 2000 AND a <> b "
    "AND (a.pmid * 7 + b.pmid * 13) % 11 = 0 CREATE (a)-[:CITES {sources: ['edges']}]->(b)",
    "MATCH (a:Article), (d:Descriptor) WHERE a.pmid >= 2000 AND (a.pmid + d.depth) % 9 = 0 "
    "CREATE (a)-[:HAS_MESH {major: d.depth % 2 = 0, qualifiers: CASE (a.pmid + d.depth) % 4 "
    "WHEN 0 THEN [] WHEN 1 THEN ['therapy', 'blood'] WHEN 2 THEN ['blood'] END}]->(d)",
    "MATCH (a:Article) WHERE a.pmid >= 2000 AND a.pmid % 3 > 0 "
    "SET a.indexing_method = ['Curated', 'Automated'][a.pmid % 3 - 1]",
    "MATCH (a {pmid: 2001}), (b {pmid: 2002}) CREATE (a)-[:SAME_WORK {kind: 'ErratumIn'}]->(b), "
    "(a)-[:SAME_WORK {kind: 'UpdateIn'}]->(b), (b)-[:SAME_WORK {kind: 'ErratumFor'}]->(a)",
    "MATCH (a {pmid: 2003}) SET a.retracted = true, a.file = 'self_citation.xml', a.year = null",
    # Keys that rise otherwise than PMIDs do, and titles that differ in case only.
    "MATCH (a:Article) WHERE a.pmid >= 2000 SET a.h = (a.pmid * 17) % 101 + 7000",
    "MATCH (a:Article) WHERE a.pmid >= 2000 AND a.pmid % 5 < 2 SET a:Document, "
    "a.title = CASE WHEN a.pmid % 2 = 0 THEN 'A TITLE' ELSE 'a title' END",
]
ORACLE = {
    "cites": "(a)-[:CITES]->(b) RETURN b.pmid ORDER BY b.pmid",
    "cited_by": "(a)<-[:CITES]-(b) RETURN b.pmid ORDER BY b.pmid",
    "same_work": "(a)-[:SAME_WORK]-(b) RETURN DISTINCT b.pmid ORDER BY b.pmid",
    "headings": "(a)-[h:HAS_MESH]->(d) RETURN [d.ui, h.major] ORDER BY d.ui",
    "headed": "(a)-[h:HAS_MESH]->(d) RETURN [a.pmid, h.major] ORDER BY a.pmid",
    "major_documents": "(a:Document)-[:HAS_MESH {major: true}]->(d) RETURN a.pmid ORDER BY a.h",
    "broader": "(d)-[:BROADER]->(b) RETURN b.ui ORDER BY b.ui",
    "sibling": "(d)-[:SIBLING]-(b) RETURN b.ui ORDER BY b.ui",
}


def query(text):
    return NamedQuery("test", "A test's own question.", {}, "", "none", "", text)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("snapped"))
    files = [DATA / f"{name}.xml" for name in FILES]
    try:
        done = run_citemesh(
            workspace.root, "graph", "load", "--mesh", DATA / "small_mesh.tsv", *files
        )
        assert done.returncode == 0, done.stderr
        with GraphClient(server.ensure_running(workspace)) as client:
            for text in MORE:
                client.write(query(text))
        yield workspace
    finally:
        server.stop(workspace)


@pytest.fixture(scope="module")
def client(workspace):
    with GraphClient(server.ensure_running(workspace)) as client:
        yield client


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(snapshot_rows, "BATCH_ARTICLES", 7)


def next_version(client):
    client.write(query("MATCH (s:GraphState) SET s.version = s.version + 1"))


def identity(workspace):
    """What changes when a snapshot is made anew, and only then."""
    return workspace.snapshot.stat().st_ino


def state_of_snapshot(client, workspace):
    return next(f for f in check_graph(client, workspace) if f.invariant.startswith("snapshot"))


def test_the_arrays_say_what_the_graph_says(client, workspace):
    held = open_snapshot(workspace, client)
    pmids, uis = held.pmid.tolist(), held.descriptors["ui"].tolist()
    ends_of = {"headings": uis, "headed": pmids, "major_documents": pmids}
    for name, pattern in ORACLE.items():
        of = uis if len(getattr(held, name)) == len(uis) else pmids
        ends = ends_of.get(name, of)
        node = "(a:Article) RETURN a.pmid" if of is pmids else "(d:Descriptor) RETURN d.ui"
        text = f"MATCH {node} AS of, COLLECT {{ MATCH {pattern} }} AS ends"
        csr = getattr(held, name)
        major = {"headings": held.headings_major, "headed": held.headed_major}.get(name)
        found = {}
        for position, key in enumerate(of):
            entries = [ends[i] for i in csr.row(position)]
            if major is not None:
                marks = major[csr.indptr[position] : csr.indptr[position + 1]].tolist()
                entries = [[*pair] for pair in zip(entries, marks, strict=True)]
            found[key] = entries
        assert found == {row["of"]: row["ends"] for row in client.rows(query(text))}, name
    assert len(held.cites.indices) > 100
    assert np.diff(held.major_documents.indptr).max() > 1
    assert held.headings_major.any()
    assert not held.headings_major.all()


def test_the_properties_of_articles_and_descriptors(client, workspace):
    held = open_snapshot(workspace, client)
    assert held.pmid.tolist() == sorted(held.pmid.tolist())
    at = dict(zip(held.pmid.tolist(), range(len(held.pmid)), strict=True))
    assert held.flags[at[101]] == DOCUMENT | RECORD
    assert held.flags[at[104]] == RECORD
    assert held.flags[at[7]] == 0
    assert held.flags[at[2003]] == RECORD | RETRACTED
    assert held.year[at[2003]] == 0
    assert held.year[at[2004]] == 1904
    assert held.h[at[2004]] == 7000 + 2004 * 17 % 101
    assert held.title_key[at[2002]] == held.title_key[at[2004]] == 0
    assert held.title_key[at[2005]] == held.title_key[at[2006]] != 0
    assert held.title_key[at[101]] not in (0, held.title_key[at[2005]])
    rows = client.rows(query("MATCH (a:Document) RETURN a.pmid AS pmid ORDER BY a.h"))
    assert held.pmid[held.documents_by_h].tolist() == [row["pmid"] for row in rows]
    wanted = np.array([101, 5, 2040, 99_999_999])
    assert held.positions(wanted).tolist() == [at[101], -1, at[2040], -1]
    rows = client.rows(query("MATCH (d:Descriptor) RETURN d.ui AS ui, d.ic AS ic ORDER BY ui"))
    held_ic = held.descriptors["ic"].astype(object).where(held.descriptors["ic"].notna(), None)
    assert held.descriptors["ui"].tolist() == [row["ui"] for row in rows]
    assert held_ic.tolist() == [row["ic"] for row in rows]
    numbers = dict(zip(held.descriptors["ui"], held.descriptors["tree_numbers"], strict=True))
    assert list(numbers["D003550"]) == ["C06.689.202", "C08.381.187", "C16.320.190", "C16.614.213"]


def test_qualifiers_of_headings_and_indexing_methods(client, workspace):
    held = open_snapshot(workspace, client)
    sets, methods = ("", *held.qualifier_sets), (None, *held.indexing_methods)
    rows = client.rows(query(
        "MATCH (a:Article) RETURN a.indexing_method AS method, COLLECT { MATCH (a)-[h:HAS_MESH]->"
        "(d) RETURN coalesce(h.qualifiers, []) ORDER BY d.ui } AS qualifiers ORDER BY a.pmid"
    ))  # fmt: skip
    wanted = [";".join(sorted(own)) for row in rows for own in row["qualifiers"]]
    assert [sets[number] for number in held.headings_qualifiers.tolist()] == wanted
    assert {"", "blood", "blood;therapy"} <= set(wanted)
    assert [methods[n] for n in held.indexing_method.tolist()] == [row["method"] for row in rows]
    assert {"Curated", "Automated"} <= set(methods)


def test_a_current_snapshot_is_opened_and_not_read_again(client, workspace):
    open_snapshot(workspace, client)
    before = identity(workspace)
    open_snapshot(workspace, client)
    assert identity(workspace) == before
    open_snapshot(workspace, client, force=True)
    assert identity(workspace) != before


@pytest.mark.parametrize("change", ["s.version = s.version + 1", "s.load_id = 'x' + s.load_id"])
def test_a_stale_snapshot_is_never_used(client, workspace, change):
    held = open_snapshot(workspace, client)
    client.write(query(f"MATCH (s:GraphState), (a {{pmid: 2001}}) SET {change}, a.year = 1801"))
    assert state_of_snapshot(client, workspace).note == "stale"
    again = open_snapshot(workspace, client)
    (at,) = again.positions(np.array([2001]))
    assert again.year[at] == 1801
    assert held.year[at] != 1801  # the arrays that somebody still holds stay as they were
    client.write(query("MATCH (a {pmid: 2001}) SET a.year = 1901"))
    client.write(query("MATCH (s:GraphState) SET s.load_id = replace(s.load_id, 'x', '')"))
    next_version(client)
    assert open_snapshot(workspace, client).year[at] == 1901


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-1])


def other_header(path):
    path.write_bytes(b"x" * 10 + path.read_bytes()[10:])


def other_end(path):
    path.write_bytes(path.read_bytes()[:-8] + b"\x01" * 8)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("cites.indices.npy", cut_short), ("pmid.npy", lambda path: path.unlink()),
        ("descriptors.parquet", cut_short), ("manifest.json", other_header),
        ("headed.major.npy", other_header), ("cites.indptr.npy", other_end),
        ("descriptors.parquet", other_end),
    ],
)  # fmt: skip
def test_a_damaged_snapshot_is_noticed_and_made_anew(client, workspace, name, spoil):
    cites = open_snapshot(workspace, client).cites.indices.tolist()
    before = identity(workspace)
    spoil(workspace.snapshot / name)
    assert open_snapshot(workspace, client).cites.indices.tolist() == cites
    assert identity(workspace) != before


def test_a_graph_that_changes_while_it_is_read_is_read_again(client, workspace, monkeypatch):
    build, changes = build_snapshot, [1]

    def build_while_it_changes(client, folder):
        counts = build(client, folder)
        if changes:
            changes.pop()
            client.write(query("MATCH (a {pmid: 2005}) SET a.year = 1805"))
            next_version(client)
        return counts

    monkeypatch.setattr(snapshot, "build_snapshot", build_while_it_changes)
    held = open_snapshot(workspace, client, force=True)
    assert held.year[held.positions(np.array([2005]))] == [1805]
    before = identity(workspace)
    changes.extend([1, 1, 1])
    with pytest.raises(InputError, match="changed each of 2 times"):
        open_snapshot(workspace, client, force=True)
    assert identity(workspace) == before  # what was there stays; nothing half stands beside it
    assert not list(workspace.root.glob(".snapshot~*"))


def test_a_graph_in_the_middle_of_a_change_is_refused(client, workspace):
    client.write(query("MATCH (s:GraphState) SET s.target = 'x'"))
    try:
        with pytest.raises(InputError, match="has not ended"):
            open_snapshot(workspace, client)
    finally:
        client.write(query("MATCH (s:GraphState) REMOVE s.target"))


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("cites.indices.npy", "pmid"), ("year.npy", "differs in year"),
        ("cited_by.indices.npy", "array cited_by"), ("headed.major.npy", "array headed"),
        ("headings.major.npy", "array headed"),
        ("headings.qualifiers.npy", "differs in headings"),
        ("indexing_method.npy", "differs in indexing_method"), ("flags.npy", "differs in flags"),
        ("title_key.npy", "differs in title_key"), ("documents_by_h.npy", "array documents_by_h"),
        ("major_documents.indices.npy", "array major_documents"),
    ],
)  # fmt: skip
def test_the_check_finds_a_byte_that_differs_from_the_graph(client, workspace, name, example):
    open_snapshot(workspace, client)
    assert state_of_snapshot(client, workspace).note == "equal"
    path = workspace.snapshot / name
    content = bytearray(path.read_bytes())
    content[content.find(b"\n") + 1 + 4 * 3] ^= 1
    path.write_bytes(bytes(content))
    finding = state_of_snapshot(client, workspace)
    assert finding.found
    assert any(example in shown for shown in finding.examples), finding
    open_snapshot(workspace, client, force=True)


@pytest.mark.parametrize("name", ["documents_by_h", "major_documents.indices"])
def test_the_check_finds_documents_out_of_the_order_of_their_keys(client, workspace, name):
    lists = open_snapshot(workspace, client).major_documents
    first = 0 if name == "documents_by_h" else lists.indptr[np.diff(lists.indptr).argmax()]
    array = np.load(workspace.snapshot / f"{name}.npy")
    array[[first, first + 1]] = array[[first + 1, first]]
    np.save(workspace.snapshot / f"{name}.npy", array)
    examples = state_of_snapshot(client, workspace).examples
    assert any(f"array {name.split('.')[0]}" in shown for shown in examples), examples
    open_snapshot(workspace, client, force=True)


def test_the_check_finds_a_write_that_no_version_tells_of(client, workspace):
    open_snapshot(workspace, client)
    client.write(query("MATCH (a {pmid: 2001})-[c:CITES]->() WITH c LIMIT 1 DELETE c"))
    finding = state_of_snapshot(client, workspace)
    assert finding.examples == ("pmid 2001, differs in cites",)
    client.write(query("CREATE (:Article {pmid: 3000})"))
    assert "pmid 3000, is not in the snapshot" in state_of_snapshot(client, workspace).examples
    client.write(query("MATCH (a {pmid: 3000}) DELETE a"))
    heading = "(a)-[:HAS_MESH {major: false}]->(:Descriptor {ui: 'D1'})"
    client.write(query(f"MATCH (a {{pmid: 101}}) CREATE {heading}"))
    examples = state_of_snapshot(client, workspace).examples
    assert {"descriptor D1, is not in the snapshot", "pmid 101, differs in headings"} <= {*examples}
    client.write(query("MATCH (d {ui: 'D1'}) DETACH DELETE d"))
    client.write(query("MATCH (d {ui: 'D008168'}), (t {number: 'A04'}) CREATE (d)-[:AT]->(t)"))
    examples = state_of_snapshot(client, workspace).examples
    assert "descriptor D008168, differs in properties" in examples
    client.write(query("MATCH ({ui: 'D008168'})-[r:AT]->({number: 'A04'}) DELETE r"))
    next_version(client)


def test_two_commands_at_once_make_one_whole_snapshot(client, workspace):
    next_version(client)
    runs = [
        subprocess.Popen(
            command_line(workspace.root, "graph", "snapshot"), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment(),
        )
        for _ in range(2)
    ]  # fmt: skip
    for run in runs:
        out, errors = run.communicate(timeout=300)
        assert run.returncode == 0, errors
        assert "citations" in out
    assert state_of_snapshot(client, workspace).note == "equal"
    manifest = json.loads((workspace.snapshot / "manifest.json").read_text())
    assert manifest["counts"]["articles"] == len(open_snapshot(workspace, client).pmid)
    assert not list(workspace.root.glob(".snapshot~*"))
