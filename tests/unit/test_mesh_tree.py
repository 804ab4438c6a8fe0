"""What follows from tree numbers, against slow and obvious answers on small random trees."""

from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.mesh.tree import Descriptor, MeshTree, SupplementaryConcept, derived_class

#: A place is a path of small integers; few values, so that places lie below one another.
PLACES = st.lists(st.integers(1, 3), min_size=1, max_size=5)


def tree_number(place):
    first, *rest = place
    return ".".join([f"C{first:02d}", *(f"{part:03d}" for part in rest)])


@st.composite
def trees(draw):
    """A tree without orphans; its places are shared out over fewer descriptors than places."""
    numbers: set[str] = set()
    for place in draw(st.lists(PLACES, min_size=1, max_size=12)):
        numbers.update(tree_number(place[:end]) for end in range(1, len(place) + 1))
    uis = [f"D{n:06d}" for n in range(1, draw(st.integers(1, len(numbers))) + 1)]
    owner = {number: draw(st.sampled_from(uis)) for number in sorted(numbers)}
    descriptors = {ui: Descriptor(ui, ui, tuple(n for n in owner if owner[n] == ui)) for ui in uis}
    return MeshTree(2024, descriptors, owner)


def places_above(number):
    parts = number.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def slow_ancestors(mesh, ui):
    return {mesh.owner[a] for n in mesh.descriptors[ui].tree_numbers for a in places_above(n)} - {
        ui
    }


def slow_broader(mesh, ui):
    above = [places_above(number) for number in mesh.descriptors[ui].tree_numbers]
    return {mesh.owner[places[-1]] for places in above if places} - {ui}


@given(trees())
def test_broader_children_and_ancestors(mesh):
    for ui in mesh.descriptors:
        assert mesh.broader(ui) == sorted(slow_broader(mesh, ui))
        assert mesh.ancestors(ui) == slow_ancestors(mesh, ui)
        below = [other for other in mesh.descriptors if ui in slow_broader(mesh, other)]
        assert mesh.children.get(ui, []) == sorted(below)


@given(trees())
def test_siblings_share_a_parent_and_are_not_above_each_other(mesh):
    for ui in mesh.descriptors:
        expected = {
            other
            for other in mesh.descriptors
            if other != ui
            and slow_broader(mesh, ui) & slow_broader(mesh, other)
            and other not in slow_ancestors(mesh, ui)
            and ui not in slow_ancestors(mesh, other)
        }
        assert mesh.siblings(ui) == sorted(expected)


@given(trees())
def test_depth_is_that_of_the_deepest_place(mesh):
    for descriptor in mesh.descriptors.values():
        lengths = [len(number.split(".")) for number in descriptor.tree_numbers]
        assert descriptor.depth == max(lengths, default=0)


def test_a_narrower_descriptor_by_another_path_is_no_sibling():
    places = {"C01": "D1", "C01.100": "D2", "C01.200": "D3", "C01.100.100": "D3"}
    uis = sorted(set(places.values()))
    descriptors = {u: Descriptor(u, u, tuple(n for n in places if places[n] == u)) for u in uis}
    mesh = MeshTree(2024, descriptors, places)
    assert mesh.broader("D3") == ["D1", "D2"]
    assert mesh.siblings("D2") == mesh.siblings("D3") == []


def test_a_class_that_is_given_is_kept_and_one_that_is_not_is_told_from_the_tree():
    assert derived_class(("Z01.500", "C01")) == derived_class(("C01", "Z01.500")) == 1
    assert [derived_class(t) for t in (("V02.100",), (), ("Z01",))] == [2, 3, 4]
    assert Descriptor("D1", "a", ("V03",), 1).descriptor_class == 1
    assert Descriptor("D1", "a", ("V03",)) == Descriptor("D1", "a", ("V03",), 2)


def test_mappings_to_descriptors_that_are_not_there_are_counted():
    concepts = (
        SupplementaryConcept("C1", "a", 1, (("D1", True), ("D9", False))),
        SupplementaryConcept("C2", "b", 3, (("D9", True),)),
    )
    mesh = MeshTree(2024, {"D1": Descriptor("D1", "x", ("C01",))}, {"C01": "D1"}, concepts)
    assert mesh.unknown_mappings == 2
