"""The MeSH table and what follows from it, on the whole of MeSH 2024."""

import gzip
import statistics
from collections import Counter

import pytest

from citemesh.errors import InputError
from citemesh.graph.mesh.read import HEADER, carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import CHECK_TAGS, tree_distance


@pytest.fixture(scope="module")
def mesh():
    return read_mesh(carried_mesh_table())


def write(path, *lines, header=f"{HEADER}\t2024\t"):
    path.write_text("".join(f"{line}\n" for line in (header, *lines)))
    return path


def test_the_carried_table_is_the_whole_of_mesh_2024(mesh):
    assert (mesh.year, len(mesh.descriptors), len(mesh.owner)) == (2024, 30_764, 64_457)


def test_siblings_are_mutual_and_never_above_or_below(mesh):
    siblings = {ui: set(mesh.siblings(ui)) for ui in mesh.descriptors}
    broader = {ui: set(mesh.broader(ui)) for ui in mesh.descriptors}
    for ui, beside in siblings.items():
        assert not beside & mesh.ancestors(ui)
        for other in beside:
            assert ui in siblings[other]
            assert broader[ui] & broader[other]
    counts = [len(beside) for beside in siblings.values()]
    assert (statistics.median(counts), max(counts)) == (9, 203)
    assert sum(counts) == 2 * 249_716


def test_depth_is_one_more_than_that_of_the_nearest_parent(mesh):
    for ui in mesh.descriptors:
        above = [mesh.descriptors[p].depth for p in mesh.broader(ui)]
        if above:
            assert mesh.descriptors[ui].depth <= max(above) + 1


def test_classes_are_told_from_the_tree_where_the_table_has_none(mesh):
    counted = Counter(d.descriptor_class for d in mesh.descriptors.values())
    assert counted == {1: 30_172, 2: 189, 3: 2, 4: 401}


def test_check_tags_are_all_in_mesh(mesh):
    assert {d.name for d in mesh.descriptors.values() if d.check_tag} == CHECK_TAGS


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        ("C08.127", "C08.127", 0),
        ("C08.127", "C08.200", 2),
        ("C08", "C08.127.108", 2),
        ("C08.127", "C09.127", None),
        ("C08.127", "D08.127", None),
    ],
)
def test_tree_distance(first, second, steps):
    assert tree_distance(first, second) == tree_distance(second, first) == steps


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["D000001\tA\tA01.100"], 2, "orphan: A01 is not there"),
        (["D000001\tA\tA01", "D000002\tB\tA01"], 3, "belongs to D000001 already"),
        (["D000001\tA\tA01", "D000001\tB\tA02"], 3, "there twice"),
        (["D000001\tA"], 2, "3 tab-separated columns"),
        (["X1\tA\tA01"], 2, "no descriptor UI"),
        (["D000001\tA\tA1"], 2, "no tree number"),
        (["D000001\t\tA01"], 2, "has no name"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(tmp_path, lines, line, words):
    path = write(tmp_path / "mesh.tsv", *lines)
    with pytest.raises(InputError, match=words) as caught:
        read_mesh(path)
    assert f"line {line}:" in str(caught.value)


def test_another_header_is_refused(tmp_path):
    for header, words in (
        ("ui\tname\ttrees", "line 1: no form of MeSH"),
        ("#citemesh-mesh-2\t2024\t", "no form of MeSH"),
        (HEADER, "line 1: the header"),
        (f"{HEADER}\t20²4\t", "line 1: the header"),
    ):
        with pytest.raises(InputError, match=words):
            read_mesh(write(tmp_path / "mesh.tsv", "D000001\tA\tA01", header=header))


def test_a_table_without_descriptors_is_refused(tmp_path):
    with pytest.raises(InputError, match="no descriptor"):
        read_mesh(write(tmp_path / "mesh.tsv"))


def test_html_wrong_encoding_and_truncation_are_refused(tmp_path):
    page = tmp_path / "page.tsv"
    page.write_text("<html>moved</html>")
    latin = tmp_path / "latin.tsv"
    latin.write_bytes(f"{HEADER}\t2024\t\nD000001\tSjögren\tA01\n".encode("latin-1"))
    cut = tmp_path / "cut.tsv.gz"
    cut.write_bytes(gzip.compress(carried_mesh_table().read_bytes())[:2000])
    torn = write(tmp_path / "torn.tsv", "D000001\tA\tA01", "D000002\tB\tA02.100")
    torn.write_text(torn.read_text()[:-5])
    wrong = (
        (page, "HTML"),
        (latin, "line 2: .*UTF-8"),
        (cut, "truncated"),
        (torn, "line 3: .*trunc"),
    )
    for path, words in wrong:
        with pytest.raises(InputError, match=words):
            read_mesh(path)
