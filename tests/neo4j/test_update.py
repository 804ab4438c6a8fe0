"""Updates in a real Neo4j: any order, any repetition, one graph."""

import random

import pytest

from benchmarks.histories import write_citations, write_history
from citemesh.errors import InputError
from citemesh.graph import server
from citemesh.graph.citations.files import citation_file
from citemesh.graph.client import GraphClient, open_graph
from citemesh.graph.corpus import Corpus
from citemesh.graph.cypher import named_query
from citemesh.graph.fingerprint import fingerprint_parts
from citemesh.graph.load.change import note_finished
from citemesh.graph.load.load import load
from citemesh.graph.load.source import GraphInputs
from citemesh.graph.load.update import update
from citemesh.graph.state import open_loaded_graph
from citemesh.workspace import Workspace
from tests.support import DATA

MESH = (DATA / "small_mesh.tsv",)


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """A server that the loads reach by NEO4J_URI."""
    workspace = Workspace(tmp_path_factory.mktemp("far"))
    yield server.ensure_running(workspace)
    server.stop(workspace)


@pytest.fixture
def bolt(far, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", far.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", far.password)
    return far


def inputs(files=(), citations=(), mesh=()):
    return GraphInputs(list(files), [citation_file(str(c)) for c in citations], mesh, workers=1)


def parts(connection):
    with GraphClient(connection) as client:
        return fingerprint_parts(client)


def texts(workspace):
    documents = Corpus(workspace.corpus).documents(range(1, 100))
    return {pmid: (document.title, document.abstract) for pmid, document in documents.items()}


def test_import_and_bolt_give_the_same_graph(tmp_path, far, monkeypatch):
    files = write_history(tmp_path, seed=1)
    citations = [write_citations(tmp_path, 1, "a.csv"), write_citations(tmp_path, 2, "b.csv")]
    imported = Workspace(tmp_path / "imported")
    try:
        load(imported, inputs(files, citations, MESH))
        with open_graph(imported) as client:
            wanted = fingerprint_parts(client)
    finally:
        server.stop(imported)
    monkeypatch.setenv("NEO4J_URI", far.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", far.password)
    over_bolt = Workspace(tmp_path / "bolt")
    load(over_bolt, inputs(files, citations, MESH), force=True)
    assert parts(far) == wanted
    assert {"CITES", "HAS_MESH", "HAS_SUPPLEMENTARY", "SAME_WORK", "Supplementary"} <= set(wanted)
    assert texts(over_bolt) == texts(imported)


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_repetition_of_files_gives_the_same_graph(tmp_path, bolt, seed):
    chance = random.Random(seed)
    files = write_history(tmp_path, seed)
    citations = [write_citations(tmp_path, seed, "a.csv")]
    whole = Workspace(tmp_path / "whole")
    load(whole, inputs(files, citations, MESH), force=True)
    wanted = parts(bolt)
    piecewise = Workspace(tmp_path / "piecewise")
    chance.shuffle(files)
    load(piecewise, inputs(files[:1], citations[: seed % 2], MESH), force=True)
    for file in files[1:]:
        update(piecewise, inputs([file, chance.choice(files)]))
    update(piecewise, inputs(chance.sample(files, 2), citations))
    assert parts(bolt) == wanted
    assert texts(piecewise) == texts(whole)


def test_loading_again_what_is_there_changes_nothing(tmp_path, bolt):
    workspace = Workspace(tmp_path / "w")
    files = write_history(tmp_path, seed=5)
    first = load(workspace, inputs(files, (), MESH), force=True)
    assert load(workspace, inputs(files, (), MESH)) == first
    assert update(workspace, inputs(files)) == first
    with open_loaded_graph(workspace) as client:
        (state,) = client.rows(named_query("graph", "graph_state"))
    assert state["version"] == first.settings["version"]


def test_a_file_of_the_same_name_with_other_content_is_refused(tmp_path, bolt):
    workspace = Workspace(tmp_path / "w")
    files = write_history(tmp_path, seed=6)
    load(workspace, inputs(files, (), MESH), force=True)
    before = parts(bolt)
    other = tmp_path / "other"
    other.mkdir()
    changed = write_history(other, seed=7)[0]
    with pytest.raises(InputError, match=r"Two different files are called pubmed26n0001\.xml"):
        update(workspace, inputs([changed]))
    assert parts(bolt) == before


def test_an_unfinished_update_is_said_and_finished_without_naming_its_files(
    tmp_path, bolt, monkeypatch
):
    workspace = Workspace(tmp_path / "w")
    files = write_history(tmp_path, seed=8)
    load(workspace, inputs(files, (), MESH), force=True)
    wanted, corpus = parts(bolt), texts(workspace)
    load(workspace, inputs(files[:2], (), MESH), force=True)

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("citemesh.graph.load.update.settle_graph", stop)
        update(workspace, inputs(files))
    with pytest.raises(InputError, match="not finished") as caught:
        open_loaded_graph(workspace)
    assert "citemesh graph update" in str(caught.value)
    update(workspace, inputs())
    assert parts(bolt) == wanted
    assert texts(workspace) == corpus
    open_loaded_graph(workspace).close()


def test_a_first_load_over_bolt_goes_on_where_it_stopped(tmp_path, bolt, monkeypatch):
    workspace = Workspace(tmp_path / "w")
    files = write_history(tmp_path, seed=9)
    load(Workspace(tmp_path / "other"), inputs(files, (), MESH), force=True)
    wanted = parts(bolt)
    with GraphClient(bolt) as client:
        client.write_unmanaged(named_query("graph", "delete_graph"))

    written = []

    def noted(client, entry):
        written.append(entry.name)
        note_finished(client, entry)

    def stopped_at_the_third(client, entry):
        if len(written) == 2:
            raise KeyboardInterrupt
        noted(client, entry)

    place = "citemesh.graph.load.change.note_finished"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(place, stopped_at_the_third)
        load(workspace, inputs(files, (), MESH))
    written.clear()
    with monkeypatch.context() as patch:
        patch.setattr(place, noted)
        load(workspace, inputs(files, (), MESH))
    assert written == ["pubmed26n0002.xml", "pubmed26n0001.xml"]  # the newer two were in
    assert parts(bolt) == wanted


def test_a_server_that_holds_another_graph_is_not_overwritten(tmp_path, bolt):
    files = write_history(tmp_path, seed=10)
    load(Workspace(tmp_path / "one"), inputs(files[:1], (), MESH), force=True)
    before = parts(bolt)
    with pytest.raises(Exception, match="holds nodes already"):
        load(Workspace(tmp_path / "two"), inputs(files[1:2], (), MESH))
    assert parts(bolt) == before
