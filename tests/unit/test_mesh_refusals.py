"""What is wrong with a MeSH file is refused with its line, in every form."""

import gzip
import random
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.mesh.read import read_mesh
from citemesh.graph.mesh.tree import MeshTree
from tests.support import DATA

XML, RECORDS, CONCEPTS = "mesh_desc2024.xml", "mesh_d2024.bin", "mesh_supp2024.xml"
TABLE = "mesh_table2024.tsv"


def line_of(text, found):
    return text[: text.index(found)].count("\n") + 1


def line_said(message):
    found = re.search(r"line (\d+):", message)
    assert found is not None
    return int(found[1])


def refusal(path, *beside):
    with pytest.raises(InputError) as caught:
        read_mesh([path, *beside], 2024)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def refused_change(tmp_path, name, old, new, *beside):
    """The message for a file with one thing changed in it, and the line of the change."""
    text = (DATA / name).read_text("utf-8")
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), "utf-8")
    return refusal(path, *beside), line_of(text, old)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("A01.456.313<", "A01.457.313<", "A01.457.313 is an orphan: A01.457 is not there"),
        ("Z01.542<", "A01.456<", "tree number A01.456 belongs to"),
        ("A09.246<", "A9.246<", "'A9.246' is no tree number"),
        ("A09.246<", "A09.٢٤٦<", "is no tree number"),
        ("A09<", "A09&x;<", "TreeNumber holds more than text"),
    ],
)
def test_a_wrong_tree_number_in_xml(tmp_path, old, new, words):
    message, line = refused_change(tmp_path, XML, old, new)
    assert words in message
    assert re.search(rf"line {line}:|belongs to", message)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<DescriptorUI>D005602", "<DescriptorUI>D005060", "descriptor D005060 is there twice"),
        ("<DescriptorUI>D005602", "<DescriptorUI>Q005602", "the UI of a qualifier, not of a desc"),
        ("<DescriptorUI>D005602", "<DescriptorUI>D5602", "'D5602' is no descriptor UI"),
        ("<DescriptorUI>D005602</DescriptorUI>", "", "'' is no descriptor UI"),
        ("<String>France</String>", "<String> </String>", "descriptor D005602 has no name"),
        ("<String>France</String>", "<String>F<i>ra</i></String>", "String holds more than text"),
    ],
)
def test_a_wrong_descriptor_in_xml(tmp_path, old, new, words):
    message, line = refused_change(tmp_path, XML, old, new)
    assert words in message
    assert line - 3 <= line_said(message) <= line  # a record is named by its first line


def test_a_wrong_class_in_xml(tmp_path):
    message, line = refused_change(tmp_path, XML, 'DescriptorClass = "3"', 'DescriptorClass = "7"')
    assert f"line {line}: descriptor class '7' is none of 1 to 4" in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("RECTYPE = D", "RECTYPE = Q", "line 1: this is a qualifier"),
        ("RECTYPE = D", "RECTYPE = C", "line 1: this is a supplementary concept"),
        ("RECTYPE = D\n", "", "line 1: the record has no RECTYPE"),
        ("UI = D001829\n", "", "line 18: the record has no UI"),
        (
            "UI = D001829\n",
            "UI = D001829\nUI = D001830\n",
            "line 34: the record of line 18 has two",
        ),
        ("MH = Head\n", "", "the record has no MH"),
        ("MN = A01.456\n", "MN = A01.457\n", "A01.456.313 is an orphan"),
        ("MN = A01.456\n", "MN = A01\n", "A01 belongs to D001829 already"),
        ("DC = 3", "DC = 5", "'5' is none of 1 to 4"),
        ("UI = D008297", "UI = D001829", "D001829 is there twice"),
    ],
)
def test_a_wrong_ascii_record(tmp_path, old, new, words):
    assert words in refused_change(tmp_path, RECORDS, old, new)[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("RecordUI>C000002", "RecordUI>D000002", "'D000002' is no supplementary concept UI"),
        ('SCRClass = "3"', 'SCRClass = "9"', "SCRClass '9' is none of 1 to 6"),
        ('SCRClass = "3"', 'SCRClass = "12"', "SCRClass '12' is none of 1 to 6"),
        (">*D004423<", ">**D004423<", "'**D004423' is no descriptor UI"),
        ("<String>earwax extract", "<String>", "C000002 has no name"),
        ("SupplementalRecordUI>C000003", "SupplementalRecordUI>C000001", "C000001 is there twice"),
    ],
)
def test_a_wrong_supplementary_record(tmp_path, old, new, words):
    text = (DATA / CONCEPTS).read_text("utf-8").replace(old, new, 1)
    path = tmp_path / CONCEPTS
    path.write_text(re.sub(r">C000001</Supp.*\n", ">C000001</SupplementalRecordUI>\n", text))
    message = refusal(path, DATA / TABLE)
    assert words in message
    assert re.search(r"line \d+:", message)


PAGE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd"><html><body/></html>'


@pytest.mark.parametrize(
    "page",
    [
        "<html>moved</html>",
        PAGE,
        f'<?xml version="1.0"?>\n{PAGE}',
        f"\ufeff  <!-- error 404 <a> -->\n{PAGE}",
        "<!DOCTYPE html><title>x</title><p>gone",
    ],
)
def test_an_html_page_is_named_as_such(tmp_path, page):
    for name, data in (("d2026.bin", page.encode()), ("x.gz", gzip.compress(page.encode()))):
        (tmp_path / name).write_bytes(data)
        assert "is an HTML page" in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"x\n", "no form of MeSH"),
        (
            b"<DescriptorRecordSet>&x;</DescriptorRecordSet>",
            "line 1: the XML is malformed or trunc",
        ),
        ((DATA / XML).read_text("utf-8").encode("utf-16"), "UTF-16"),
        ((DATA / TABLE).read_text("utf-8").encode("utf-16-le"), "UTF-16"),
        (b"<PubmedArticleSet/>", "the root element is PubmedArticleSet"),
        (b"<DescriptorRecordSet/>", "holds no descriptor"),
        (b"<DescriptorRecordSet><x></DescriptorRecordSet>", "line 1: the XML is malformed"),
        (b"*NEWRECORD\nRECTYPE = D\nMH = A\nMN =\nUI = D000001\n", "line 4: '' is no tree num"),
        (b"*NEWRECORD\n", "line 1: the record has no RECTYPE"),
    ],
)
def test_other_files_are_refused(tmp_path, data, words):
    (tmp_path / "mesh").write_bytes(data)
    assert words in refusal(tmp_path / "mesh")


@pytest.mark.parametrize(("name", "word"), [(XML, "Déjà-vu"), (RECORDS, "Déjà-vu"), (TABLE, "Ear")])
def test_latin_1_is_refused_with_its_line(tmp_path, name, word):
    text = (DATA / name).read_text("utf-8")
    (tmp_path / name).write_bytes(text.replace("Ear\t", "É\t").encode("latin-1"))
    assert f"line {line_of(text, word)}:" in refusal(tmp_path / name)


def test_entities_are_neither_resolved_nor_dropped(tmp_path):
    text = (DATA / XML).read_text("utf-8")
    secret = tmp_path / "secret"
    secret.write_text("France")
    subset = f'[<!ENTITY x "Fra"><!ENTITY y SYSTEM "{secret.as_uri()}">]>'
    for entity in ("&x;nce", "&y;"):
        changed = re.sub(r'20240101.dtd">', f'20240101.dtd" {subset}', text)
        path = tmp_path / "desc2024.xml"
        path.write_text(changed.replace("<String>France<", f"<String>{entity}<"), "utf-8")
        assert "String holds more than text" in refusal(path)


@given(cut=st.floats(0, 1, exclude_max=True))
@example(cut=0.999999)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_anywhere_is_refused(tmp_path, cut):
    for name in (XML, RECORDS):
        packed = gzip.compress((DATA / name).read_bytes(), mtime=0)
        (tmp_path / "cut").write_bytes(packed[: int(cut * len(packed))])
        assert refusal(tmp_path / "cut")
    whole = (DATA / XML).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: int(cut * whole.rindex(b"<"))])
    assert refusal(tmp_path / "cut")
    (tmp_path / "cut").write_bytes((DATA / CONCEPTS).read_bytes()[: int(cut * 5000)])
    assert refusal(tmp_path / "cut", DATA / TABLE)


def test_a_packed_file_cut_late_says_where(tmp_path):
    rng = random.Random(7)  # notes that do not pack, so that the cut lies far into the text
    notes = [f"AN = {rng.getrandbits(4000):x}" for _ in range(60)]
    text = (DATA / RECORDS).read_text("utf-8").replace("AN = ", "\n".join([*notes, "AN = "]))
    packed = gzip.compress(text.encode())
    (tmp_path / "d2024.bin.gz").write_bytes(packed[: len(packed) * 9 // 10])
    message = refusal(tmp_path / "d2024.bin.gz")
    assert "the packed file is truncated" in message
    assert 400 < line_said(message) < 700


@pytest.mark.parametrize("name", [XML, RECORDS, TABLE, CONCEPTS])
def test_damaged_bytes_give_a_mesh_or_a_clear_error(tmp_path, name):
    whole = (DATA / name).read_bytes()
    rng = random.Random(name)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        (tmp_path / name).write_bytes(data)
        beside = [DATA / TABLE] if name == CONCEPTS else []
        try:
            mesh = read_mesh([tmp_path / name, *beside], 2024)
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)
        else:
            assert isinstance(mesh, MeshTree)
            assert all(mesh.parent_of(number) != "" for number in mesh.owner)
    assert refused > 10
