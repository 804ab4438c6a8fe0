"""Every form of MeSH says the same of the same tree, and of one year only."""

import gzip
import shutil
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.mesh.read import HEADER, carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import Descriptor
from tests.support import DATA

XML, RECORDS, TREES = "mesh_desc2024.xml", "mesh_d2024.bin", "mesh_mtrees2024.bin"
TABLE, CONCEPTS = "mesh_table2024.tsv", "mesh_supp2024.xml"


@pytest.fixture
def copy(tmp_path):
    def make(name, new_name=None, change=lambda text: text):
        target = tmp_path / (new_name or name)
        target.write_text(change((DATA / name).read_text("utf-8")), "utf-8")
        return target

    return make


def test_xml_and_ascii_say_the_same():
    xml = read_mesh(DATA / XML)
    assert read_mesh(DATA / RECORDS) == xml
    assert read_mesh([DATA / TREES, DATA / RECORDS]) == xml
    assert xml.year == 2024
    assert [d.descriptor_class for d in xml.descriptors.values()] == [2, 1, 1, 4, 4, 4, 1, 3, 1, 1]


def test_the_table_says_the_same_but_for_classes_that_the_tree_does_not_tell():
    xml, table = read_mesh(DATA / XML), read_mesh(DATA / TABLE)
    assert table.owner == xml.owner
    differing = [ui for ui in xml.descriptors if xml.descriptors[ui] != table.descriptors[ui]]
    assert differing == ["D052182"]  # Study Characteristics: a topic among publication types


def test_ids_of_other_descriptors_in_a_record_are_not_its_own():
    mesh = read_mesh(DATA / XML)
    assert mesh.descriptors["D006257"] == Descriptor("D006257", "Head", ("A01.456",))
    assert mesh.descriptors["D004423"].tree_numbers == ("A01.456.313", "A09.246")
    assert mesh.descriptors["D008297"].tree_numbers == ()


def test_supplementary_concepts_and_their_major_marks(capsys, monkeypatch):
    monkeypatch.delenv("CITEMESH_QUIET", raising=False)
    mesh = read_mesh([DATA / CONCEPTS, DATA / TABLE])
    said = {c.ui: (c.name, c.scr_class, c.mapped_to) for c in mesh.supplementary}
    assert said == {
        # A star on the qualifier counts, a heading that comes twice is one mapping.
        "C000001": ("made-up syndrome", 3, (("D004423", True), ("D001829", False))),
        "C000002": ("earwax extract", 1, (("D004423", True), ("D006257", False))),
        "C000003": ("made-up protocol", 2, (("D999999", True), ("D006257", False))),
    }
    assert list(said) == sorted(said)
    assert mesh.unknown_mappings == 1
    assert "left out 1 of the supplementary" in capsys.readouterr().err


def test_the_form_is_known_by_content_packed_or_not(tmp_path):
    for number, name in enumerate((XML, RECORDS, TABLE)):
        packed = tmp_path / f"{number}.xml.gz"  # a name that says nothing, or the wrong thing
        packed.write_bytes(gzip.compress((DATA / name).read_bytes()))
        assert read_mesh(packed, 2024).owner == read_mesh(DATA / name).owner


def test_a_year_comes_from_the_content_the_name_or_the_caller(copy):
    bare = copy(XML, "a.xml", lambda text: text.replace("recordset_20240101.dtd", "x.dtd"))
    with pytest.raises(InputError, match="does not say of which MeSH year"):
        read_mesh(bare)
    assert read_mesh(bare, 2031).year == 2031
    assert read_mesh(copy(XML, "b.xml")).year == 2024  # from its DTD, as nothing else says it
    assert read_mesh(copy(XML, "desc2025.xml")).year == 2025  # a DTD may be the year before's
    assert read_mesh(copy(RECORDS, "d2019.bin")).year == 2019
    with pytest.raises(InputError, match="does not say"):
        read_mesh(copy(RECORDS, "said2019.bin"))
    assert read_mesh([copy(RECORDS, "d.bin"), copy(TREES, "mtrees2018.bin")]).year == 2018


def active(*years):
    listed = "".join(f"<Year>{year}</Year>" for year in years)
    return f"<ActiveMeSHYearList>{listed}</ActiveMeSHYearList>\n  <TreeNumberList>"


def test_the_last_active_year_of_all_records_is_the_year_of_the_file(copy):
    def old(text):
        first, second, rest = text.split("<TreeNumberList>", 2)
        return f"{first}{active(2014, 2015)}{second}{active(2012, 2013)}{rest}"

    assert read_mesh(copy(XML, "any.xml", old)).year == 2015
    with pytest.raises(InputError, match=r"2016 by the name desc2016.*2015 by ActiveMeSHYearList"):
        read_mesh(copy(XML, "desc2016.xml", old))


def test_two_sources_that_disagree_are_refused():
    for paths, year in (
        (DATA / TABLE, 2023),
        (DATA / XML, 2023),
        ([DATA / CONCEPTS, carried_mesh_table()], 2025),
    ):
        with pytest.raises(InputError, match=r"year is \d+ by .* but \d+ by"):
            read_mesh(paths, year)


def test_files_of_two_years_are_refused(copy):
    with pytest.raises(InputError, match=r"2024 by .*, but 2023 by the name supp2023.xml"):
        read_mesh([DATA / XML, copy(CONCEPTS, "supp2023.xml")])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "No MeSH file was given"),
        ([TREES], "no UIs: give d.*bin"),
        ([CONCEPTS], "holds no descriptors"),
        ([XML, RECORDS], "One file with MeSH descriptors was expected, found 2"),
        ([TABLE, TABLE], "found 2"),
        ([XML, CONCEPTS, CONCEPTS], "line 4: supplementary concept C000002 is there twice"),
        ([XML, "mesh_qual2024.xml"], "qualifiers"),
    ],
)
def test_files_that_do_not_make_a_mesh_are_refused(names, words):
    with pytest.raises(InputError, match=words):
        read_mesh([DATA / name for name in names])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda text: text.replace("Ear;A09.246\n", ""),
            r"d2024\.bin, line 42: .*A09.246 is not in",
        ),
        (lambda text: text.replace("Ear;A09", "Eye;A09"), "line 5: .*'Eye' here, but to 'Ear'"),
        (lambda text: text + "Nose;A09.247\n", "line 11: .*A09.247' of 'Nose' is not in"),
        (lambda text: text + "Ear;A09.246\n", "line 11: .*A09.246 is there twice"),
        (lambda text: text.replace("Head;A01", "Head A01"), "line 2: a heading, a semicolon"),
        (lambda text: text[:-4], r"line 10: .*'Z01.542\.' of 'France' is not in"),
    ],
)
def test_trees_that_disagree_with_the_records_are_refused(copy, change, words):
    with pytest.raises(InputError, match=words):
        read_mesh([DATA / RECORDS, copy(TREES, change=change)])


def test_line_ends_and_byte_order_marks_of_windows_are_read(tmp_path):
    for name in (TABLE, RECORDS, TREES):
        text = b"\xef\xbb\xbf" + (DATA / name).read_bytes().replace(b"\n", b"\r\n")
        (tmp_path / name).write_bytes(text)
    shutil.copy(DATA / XML, tmp_path / XML)
    assert read_mesh(tmp_path / TABLE) == read_mesh(DATA / TABLE)
    assert read_mesh([tmp_path / RECORDS, tmp_path / TREES]) == read_mesh(DATA / XML)


NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" =;|&<>\"'"), min_size=1
).map(lambda text: "A " + " ".join(text.split()))  # a letter first: forms are told by it


@given(names=st.lists(NAMES, min_size=3, max_size=3))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_comes_through_every_form(tmp_path, names):
    rows = [(f"D00000{n}", name, f"A0{n}") for n, name in enumerate(names, start=1)]
    forms = {
        "t": f"{HEADER}\t2024\t\n" + "".join(f"{u}\t{n}\t{t}\n" for u, n, t in rows),
        "d": "".join(
            f"*NEWRECORD\nRECTYPE = D\nMH = {n}\nMN = {t}\nUI = {u}\n\n" for u, n, t in rows
        ),
        "m": "".join(f"{n};{t}\n" for _, n, t in rows),
        "x": "<DescriptorRecordSet>" + "".join(
            f"<DescriptorRecord><DescriptorUI>{u}</DescriptorUI><DescriptorName><String>{escape(n)}"
            f"</String></DescriptorName><TreeNumberList><TreeNumber>{t}</TreeNumber>"
            "</TreeNumberList></DescriptorRecord>" for u, n, t in rows
        ) + "</DescriptorRecordSet>",
    }  # fmt: skip
    for name, text in forms.items():
        (tmp_path / name).write_bytes(text.encode())
    expected = {u: Descriptor(u, n, (t,)) for u, n, t in rows}
    assert read_mesh(tmp_path / "t").descriptors == expected
    assert read_mesh(tmp_path / "x", 2024).descriptors == expected
    assert read_mesh([tmp_path / "d", tmp_path / "m"], 2024).descriptors == expected
