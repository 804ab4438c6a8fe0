"""Prepared indexes: made once for a state of the graph, and outdated ones are removed."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from citemesh.graph.snapshot.arrays import map_array
from citemesh.manifest import Manifest
from citemesh.mining.texts.store import MANIFEST_KIND, prepared
from citemesh.workspace import Workspace


def corpus(graph):
    return cast(Any, SimpleNamespace(manifest=SimpleNamespace(settings={"load_id": graph})))


def make(folder):
    np.save(folder / "rows.npy", np.arange(5))
    return {}


def index(workspace, graph, kind="lexical", made=make, **settings):
    return prepared(workspace, corpus(graph), kind, settings, made)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def indexes(workspace):
    return sorted((workspace.root / "mining-indexes").iterdir())


def never(folder):
    pytest.fail("made again")


def test_an_index_is_made_once(workspace):
    first = index(workspace, "one", dims=3)
    assert index(workspace, "one", made=never, dims=3) == first
    assert indexes(workspace) == [first]


def test_a_new_index_removes_those_of_other_states_of_the_graph(workspace):
    index(workspace, "one")
    index(workspace, "one", kind="space", dims=3)
    new = index(workspace, "two")
    assert indexes(workspace) == [new]
    other = index(workspace, "two", kind="space", dims=3)
    again = index(workspace, "two", kind="space", dims=4)
    assert indexes(workspace) == sorted([new, other, again])


def test_finding_an_index_again_removes_nothing(workspace):
    index(workspace, "one")
    two = index(workspace, "two")
    old = indexes(workspace)[0].parent / "lexical-0123"
    old.mkdir()
    Manifest(MANIFEST_KIND, {"graph": "one", "format": 1}).write(old)
    assert index(workspace, "two", made=never) == two
    assert indexes(workspace) == sorted([old, two])


def test_a_failed_index_removes_nothing(workspace):
    old = index(workspace, "one")

    def fail(folder):
        raise OSError

    with pytest.raises(OSError):
        index(workspace, "two", made=fail)
    assert indexes(workspace) == [old]


def test_what_is_no_finished_index_goes_too(workspace):
    root = workspace.root / "mining-indexes"
    for name in (".space-01~1.partial", "space-02", "space-03"):
        (root / name).mkdir(parents=True)
    (root / "space-03" / "manifest.json").write_text("{")
    Manifest(MANIFEST_KIND, {"graph": "one", "format": 0}).write(root / "space-02")
    made = index(workspace, "one")
    assert indexes(workspace) == [made]


def test_who_has_mapped_an_index_reads_it_to_the_end(workspace):
    rows = map_array(index(workspace, "one"), "rows")
    index(workspace, "two")
    assert rows.tolist() == [0, 1, 2, 3, 4]
