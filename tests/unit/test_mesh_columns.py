"""SimL and tree distance of many pairs at once, against loops over one pair at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import CHECK_TAGS, MeshTree, tree_depth, tree_distance
from citemesh.graph.snapshot.arrays import Csr
from citemesh.mining.mesh_columns import NO_DISTANCE, MeshColumns, as_matrix, count_shared
from tests.unit.mining_oracle import TREE, tree_of

WHOLE_TREE = read_mesh(carried_mesh_table())
WHOLE = MeshColumns(WHOLE_TREE, tuple(sorted(WHOLE_TREE.descriptors)))
SMALL = MeshColumns(TREE, tuple(sorted(TREE.descriptors)))
#: Descriptors that lie near each other in the whole tree, for random ones seldom do.
NEAR = sorted(
    ui for ui, d in WHOLE_TREE.descriptors.items()
    if any(number.startswith(("C08", "C16.614")) for number in d.tree_numbers)
)  # fmt: skip


def articles_of(uis):
    heads = st.frozensets(st.sampled_from(uis), max_size=6)
    return st.lists(heads, min_size=1, max_size=6)


SETS = st.one_of(
    articles_of(SMALL.uis).map(lambda sets: (SMALL, sets)),
    articles_of(NEAR).map(lambda sets: (WHOLE, sets)),
    articles_of(WHOLE.uis).map(lambda sets: (WHOLE, sets)),
)


def lists_of(mesh, sets):
    rows = [sorted(mesh.positions[ui] for ui in uis) for uis in sets]
    indptr = np.cumsum([0, *map(len, rows)])
    return Csr(indptr, np.array([place for row in rows for place in row], np.int32))


def all_pairs(count):
    """Every row with every row, itself included."""
    first, second = np.divmod(np.arange(count * count), count)
    return first, second


def slow_siml(tree, first, second):
    """BioHiCL's cosine of expanded sets, each label weighing log(depth + 1)."""

    def expanded(uis):
        return {one for ui in uis for one in {ui, *tree.ancestors(ui)}}

    def weigh(uis):
        depths = [max(map(tree_depth, tree.descriptors[ui].tree_numbers), default=0) for ui in uis]
        return math.fsum(math.log(depth + 1) ** 2 for depth in depths)

    a, b = expanded(first), expanded(second)
    if not weigh(a) or not weigh(b):
        return math.nan
    return weigh(a & b) / math.sqrt(weigh(a) * weigh(b))


def slow_distance(tree, first, second):
    steps = [
        tree_distance(a, b)
        for one in first for a in tree.descriptors[one].tree_numbers
        for other in second for b in tree.descriptors[other].tree_numbers
    ]  # fmt: skip
    return min((step for step in steps if step is not None), default=NO_DISTANCE)


@given(SETS)
def test_siml_of_all_pairs_is_that_of_the_slow_one(given_sets):
    mesh, sets = given_sets
    first, second = all_pairs(len(sets))
    found = mesh.siml(mesh.expanded(lists_of(mesh, sets)), first, second)
    expected = [slow_siml(mesh.tree, sets[a], sets[b]) for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)
    assert not (found > 1).any()
    square = found.reshape(len(sets), -1)
    np.testing.assert_array_equal(square, square.T)


@given(SETS)
def test_distance_of_all_pairs_is_that_of_the_slow_one(given_sets):
    mesh, sets = given_sets
    first, second = all_pairs(len(sets))
    found = mesh.distance(lists_of(mesh, sets), first, second)
    expected = [
        slow_distance(mesh.tree, sets[a], sets[b]) for a, b in zip(first, second, strict=True)
    ]
    assert found.tolist() == expected


@given(SETS)
def test_shared_descriptors_are_counted(given_sets):
    mesh, sets = given_sets
    first, second = all_pairs(len(sets))
    found = count_shared(as_matrix(lists_of(mesh, sets), len(mesh.uis)), first, second)
    assert found.tolist() == [len(sets[a] & sets[b]) for a, b in zip(first, second, strict=True)]


def test_siml_of_two_siblings_by_hand():
    tree = tree_of(("D1", "Top", "C01"), ("D2", "Left", "C01.1"), ("D3", "Right", "C01.2"))
    mesh = MeshColumns(tree, tuple(tree.descriptors))
    expanded = mesh.expanded(lists_of(mesh, [{"D2"}, {"D3"}]))
    top, child = math.log(2) ** 2, math.log(3) ** 2
    (found,) = mesh.siml(expanded, np.array([0]), np.array([1]))
    assert found == pytest.approx(top / (top + child), rel=1e-15)


def test_without_headings_similarity_is_unknown_and_not_zero():
    sets = [set(), {"D04"}, {"D07"}, {"D09"}]  # D09 has no place: no depth, no weight
    expanded = SMALL.expanded(lists_of(SMALL, sets))
    found = SMALL.siml(expanded, np.array([0, 1, 3, 1, 1]), np.array([1, 0, 1, 2, 3]))
    assert np.isnan(found).tolist() == [True, True, True, False, True]
    assert found[3] == 0


def test_distance_without_a_common_category_is_none_and_not_zero():
    sets = [{"D04"}, {"D07"}, {"D09"}, set(), {"D04", "D07"}, {"D05"}]
    pairs = [(0, 1), (0, 2), (0, 3), (3, 3), (1, 4), (0, 5), (4, 5)]
    first, second = np.array(pairs).T
    found = SMALL.distance(lists_of(SMALL, sets), first, second)
    assert found.tolist() == [NO_DISTANCE] * 4 + [0, 2, 2]


def test_topical_are_the_descriptors_of_this_year_that_are_no_check_tags():
    assert [ui for ui, topical in zip(SMALL.uis, SMALL.topical, strict=True) if not topical] == [
        "D08"
    ]  # fmt: skip
    names = {WHOLE_TREE.descriptors[ui].name for ui in np.array(WHOLE.uis)[~WHOLE.topical].tolist()}
    assert names == CHECK_TAGS


def test_a_descriptor_that_only_the_graph_has_is_like_none():
    more = MeshColumns(TREE, (*sorted(TREE.descriptors), "D999999"))
    assert not more.topical[-1]
    lists = lists_of(more, [{"D999999"}, {"D04"}, {"D04", "D999999"}])
    found = more.siml(more.expanded(lists), np.array([0, 2]), np.array([1, 1]))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1)
    assert more.distance(lists, np.array([0, 2]), np.array([1, 1])).tolist() == [NO_DISTANCE, 0]
    assert more.ui(-1) is None


def test_an_empty_tree_and_no_pairs():
    empty = MeshColumns(MeshTree(0, {}, {}), ())
    none = np.empty(0, np.int64)
    lists = Csr(np.zeros(3, np.int64), np.empty(0, np.int32))
    assert len(empty.siml(empty.expanded(lists), none, none)) == 0
    pair = np.array([0]), np.array([1])
    assert empty.distance(lists, *pair).tolist() == [NO_DISTANCE]
    assert np.isnan(empty.siml(empty.expanded(lists), *pair)).all()
