"""Information content: its order, its zero, and the same bits whatever the order of counting."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.mesh.information import information_content
from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import Descriptor, MeshTree
from tests.unit.test_mesh_tree import trees


@pytest.fixture(scope="module")
def whole():
    return read_mesh(carried_mesh_table())


def small(**places):
    """A tree of descriptors, each with its tree numbers."""
    descriptors = {ui: Descriptor(ui, ui, tuple(p.split())) for ui, p in places.items()}
    return MeshTree(2024, descriptors, {n: ui for ui, p in places.items() for n in p.split()})


def below(mesh, ui, seen=()):
    """A descriptor and all below it, by walking down; slow and obvious."""
    found = {ui}
    for child in mesh.children.get(ui, []):
        if child not in (*seen, ui):
            found |= below(mesh, child, (*seen, ui))
    return found


def test_by_hand_with_each_use_counted_once_over_two_paths():
    mesh = small(D1="C01", D2="C01.100", D3="C01.200", D4="C01.100.100 C01.200.100", D5="G01")
    found = information_content(mesh, {"D4": 2, "D3": 1, "D5": 5})
    expected = {"D1": 3, "D2": 2, "D3": 3, "D4": 2, "D5": 5}
    assert found == {ui: math.log(8 / uses) for ui, uses in expected.items()}


def test_a_use_counts_for_all_above_by_steps_between_descriptors():
    # Eyebrows lies under Eye in the face only; Eye lies under Sense Organs elsewhere.
    mesh = small(Face="A01", SenseOrgans="A09", Eye="A01.100 A09.100", Eyebrows="A01.100.100")
    found = information_content(mesh, {"Eyebrows": 9, "SenseOrgans": 1})
    assert found["SenseOrgans"] == 0.0 <= found["Eye"] == math.log(10 / 9)


def test_two_descriptors_above_each_other_weigh_the_same():
    # As Strabismus and Ocular Motility Disorders do in MeSH 2024.
    mesh = small(D1="C01 C02.100", D2="C02 C01.100", D3="C03")
    found = information_content(mesh, {"D1": 1, "D2": 2, "D3": 3})
    assert found["D1"] == found["D2"] == math.log(2)


def test_unused_and_unknown_descriptors_are_left_out():
    mesh = small(D1="C01", D2="C01.100", D3="C02")
    assert information_content(mesh, {"D1": 4, "D2": 0, "D999999": 100}) == {"D1": 0.0}
    assert information_content(mesh, {}) == {}
    with pytest.raises(ValueError, match="used -1 times"):
        information_content(mesh, {"D1": -1})


@st.composite
def used_trees(draw):
    mesh = draw(trees())
    counts = st.integers(0, 10**12)
    return mesh, draw(st.dictionaries(st.sampled_from(sorted(mesh.descriptors)), counts))


@given(used_trees(), st.randoms())
def test_properties_on_random_trees(used, rng):
    mesh, usage = used
    found = information_content(mesh, usage)
    total = sum(usage.values())
    for ui in mesh.descriptors:
        uses = sum(usage.get(other, 0) for other in below(mesh, ui))
        assert (ui in found) == (uses > 0)
        if uses:
            assert found[ui] == pytest.approx(-math.log(uses / total), abs=1e-12)
            assert (found[ui] == 0.0) == (math.log(total / uses) == 0.0)
            assert all(found[above] <= found[ui] for above in mesh.ancestors(ui))
    shuffled = list(usage.items())
    rng.shuffle(shuffled)
    assert list(information_content(mesh, dict(shuffled)).items()) == list(found.items())


def test_on_the_whole_of_mesh(whole):
    rng = random.Random(5)
    used = rng.sample(sorted(whole.descriptors), 12_000)
    usage = {ui: int(rng.paretovariate(0.8)) for ui in used}
    found = information_content(whole, usage)
    assert set(used) <= set(found)
    assert min(found.values()) > 0  # no descriptor is above all others
    for ui in found:
        assert all(found[above] <= found[ui] for above in whole.ancestors(ui))
    back = dict(sorted(usage.items(), reverse=True))
    assert information_content(whole, back) == found
