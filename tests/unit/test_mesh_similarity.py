"""SimL and tree distance, by hand on a small tree and as properties on the whole of MeSH."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import Descriptor, MeshTree
from citemesh.mining.mesh_similarity import MeshSimilarity

SMALL = {
    "D1": Descriptor("D1", "Top", ("C01",)),
    "D2": Descriptor("D2", "Left", ("C01.100",)),
    "D3": Descriptor("D3", "Right", ("C01.200",)),
    "D4": Descriptor("D4", "Elsewhere", ("G01",)),
    "D5": Descriptor("D5", "Humans", ("B01.100",)),
    "D6": Descriptor("D6", "Beasts", ("B01",)),
}
OWNER = {number: ui for ui, d in SMALL.items() for number in d.tree_numbers}
WHOLE = MeshSimilarity(read_mesh(carried_mesh_table()))
TOPICS = sorted(WHOLE.topical(read_mesh(carried_mesh_table()).descriptors))
SETS = st.sets(st.sampled_from(TOPICS), min_size=1, max_size=12)


@pytest.fixture
def small():
    return MeshSimilarity(MeshTree(2024, SMALL, OWNER))


def test_siml_of_two_siblings_by_hand(small):
    left, right = small.expanded({"D2"}), small.expanded({"D3"})
    assert left == {"D1", "D2"}
    top, child = math.log(2) ** 2, math.log(3) ** 2
    assert small.siml(left, right) == pytest.approx(top / (top + child))


def test_without_headings_similarity_is_unknown_not_zero(small):
    assert small.siml(frozenset(), small.expanded({"D2"})) is None
    assert small.siml(small.expanded({"D2"}), small.expanded({"D4"})) == 0


def test_check_tags_and_unknown_descriptors_do_not_count(small):
    assert small.topical(["D5", "D2", "D999999"]) == {"D2"}


def test_distance_takes_the_nearest_places(small):
    assert small.distance(["D2"], ["D3"]) == 2
    assert small.distance(["D2", "D4"], ["D3", "D4"]) == 0
    assert small.distance(["D2"], ["D4"]) is None
    assert small.distance([], ["D4"]) is None


def test_the_parent_of_siblings(small):
    assert small.parent("D2", "D3") == "D1"
    assert small.parent("D2", "D4") is None


@given(SETS, SETS)
def test_siml_is_symmetric_and_between_zero_and_one(first, second):
    a, b = WHOLE.expanded(first), WHOLE.expanded(second)
    value = WHOLE.siml(a, b)
    assert value == WHOLE.siml(b, a)
    assert value is not None
    assert 0 <= value <= 1 + 1e-12
    assert (value == 0) == (not a & b)
    assert WHOLE.siml(a, a) == pytest.approx(1)


@given(SETS)
def test_expanding_twice_changes_nothing(headings):
    once = WHOLE.expanded(headings)
    assert headings <= once
    assert WHOLE.expanded(once) >= once
