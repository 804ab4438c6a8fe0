"""Citation files in every layout, whole and broken."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.citations import files as citations
from citemesh.graph.citations.files import citation_file, read_citations
from citemesh.graph.pubmed.ids import MAX_PMID

DATA = Path(__file__).parent.parent / "data"
ICITE = DATA / "citations_icite.csv"
ICITE_PAIRS = [(11, 12), (11, 13), (14, 14), (11, 12)]


def pairs_of(path):
    pairs: list[tuple[int, int]] = []
    for citing, cited in read_citations(path):
        assert citing.dtype == cited.dtype == np.int64
        pairs += zip(citing.tolist(), cited.tolist(), strict=True)
    return pairs


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content, name="edges.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_icite_plain_gzipped_and_in_its_zip_with_repeats_and_self_citations(write):
    content = ICITE.read_bytes()
    assert pairs_of(ICITE) == ICITE_PAIRS
    assert pairs_of(write(gzip.compress(content))) == ICITE_PAIRS
    members = {"open_citation_collection.csv": content, "README.txt": "x", "__MACOSX/._o.csv": "x"}
    assert pairs_of(write(zipped(members), "icite.zip")) == ICITE_PAIRS


def test_linqs_with_its_header_as_comments_and_bare(write):
    path = DATA / "citations_linqs.DIRECTED.cites.tab"
    assert pairs_of(path) == [(11, 12), (14, 14), (MAX_PMID, 1)]
    assert pairs_of(write(path.read_bytes().replace(b"#", b""))) == pairs_of(path)


def test_comments_anywhere_and_further_columns():
    assert pairs_of(DATA / "citations_with_evidence.tsv") == [(11, 12), (13, 11)]


@pytest.mark.parametrize(
    "content",
    [
        b"1,2\n3,4\n",
        b"1\t2\n3\t4",
        b"1 2\n3 4\n",
        b" 1   2\n3\t4 \n",
        b"1, 2\r\n3, 4\r\n",
        b"\xef\xbb\xbf1,2\n3,4\n",
        b"\xef\xbb\xbfciting,referenced\n1,2\n\n3,4\n\n",
        b'"from","to"\n1,2\n3,4\n',
        b"# FromNodeId\tToNodeId\n\n1\t2\n3\t4\n",
        b"citing pmid,cited pmid,note\n1,2,a b\n3,4,0x7\n",
        b"1 2 a,b\n3 4 {}\n",
        b"1,2\n3,4,extra\n",
        b"01,0002\n3,00000000000004\n",
    ],
)
def test_plain_edge_lists(write, content):
    assert pairs_of(write(content)) == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"# only\n# remarks\n", "holds no citation"),
        (b"citing,referenced", "holds no citation"),
        (b"citing,referenced\n", "holds no citation"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML page"),
        (b"1\n2\n", "line 1: '1' is not two columns"),
        (b'{\n"1": 2\n}', "line 1: '{' is not two columns"),
        (b"1,2\n\n3\n", "line 3: '3' is not two columns"),
        (b"1,2\n3,x\n", "line 2: 'x' is no PMID"),
        (b"citing,referenced\n1,2\n3,0\n", "line 3: '0' is no PMID"),
        (b"1,2\n3,100000000\n", "line 2: '100000000' is no PMID"),
        (b"1,2\n3,-4\n", "line 2: '-4' is no PMID"),
        (b"1,2\n3,4.0\n", "line 2: '4.0' is no PMID"),
        (b"1,2\n3,0x1F\n", "line 2: '0x1F' is no PMID"),
        (b"1,2\n3,\n", "line 2: '' is no PMID"),
        (b"1,2\n3,NA\n", "line 2: 'NA' is no PMID"),
        (b"1\t2\n\t3\t4\n", "line 2: '' is no PMID"),
        (b"1,2\n3," + b"9" * 5000 + b"\n", "line 2: '9{40}…' is no PMID"),
        (b"1,2\n3,\xd9\xa3\n", "line 2: '٣' is no PMID"),
        (b"12,x\n3,4\n", "line 1: 'x' is no PMID"),
        (b"a,b\nc,d\n1,2\n", "line 2: 'c' is no PMID"),
        (b"referenced,citing\n1,2\n", "line 1: .* the cited PMID first"),
        (b"cited_pmid\tciting_pmid\n1\t2\n", "line 1: .* the cited PMID first"),
        (b"UNDIRECTED\tcites\nNO_FEATURES\n", "should begin as LINQS"),
        (b"DIRECTED\tcites\nNO_FEATURES\n1\tpaper:1\t|\tpaper:2\n1\tx:1\t|\tpaper:2\n", "line 4"),
        (b"DIRECTED\tcites\nNO_FEATURES\n1\tpaper:1\tpaper:2\n", "line 3: .* not two columns"),
        (gzip.compress(b"1,2\n" * 500)[:30], "truncated"),
        (zipped({"a.csv": b"1,2\n" * 500})[:60], "not a whole zip"),
        (zipped({}), "holds 0 .among: nothing"),
        (zipped({"a.txt": "1,2\n"}), "should hold one CSV, but holds 0 .among: a.txt"),
        (zipped({"a.csv": "1,2\n", "b.csv": "1,2\n"}), "holds 2 .among: a.csv, b.csv"),
        (zipped({"a.csv": "1,2\n3,x\n"}), "a.csv in .* line 2: 'x'"),
    ],
)
def test_a_wrong_file_gives_one_error_with_its_line(write, content, words):
    path = write(content)
    with pytest.raises(InputError, match=words) as caught:
        list(read_citations(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_whose_bytes_were_changed_is_refused(write):
    rng = np.random.default_rng(3)
    lines = b"".join(b"%d,%d\n" % tuple(pair) for pair in rng.integers(1, 10**7, (3000, 2)))
    content = bytearray(zipped({"a.csv": lines}))
    content[len(content) // 2] ^= 0x55
    with pytest.raises(InputError):
        list(read_citations(write(bytes(content))))


def test_a_line_without_an_end_is_refused_and_not_gathered(write, monkeypatch):
    monkeypatch.setattr(citations, "_BLOCK_BYTES", 1 << 16)
    with pytest.raises(InputError, match=r"line 2: .* over 65,536 bytes"):
        list(read_citations(write(b"1,2\n" + b"1" * 200_000)))


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_lines_are_whole_and_numbered_wherever_the_blocks_end(write, monkeypatch, block):
    monkeypatch.setattr(citations, "_BLOCK_BYTES", block)
    monkeypatch.setattr(citations, "_HEAD_BYTES", 40)
    pairs = [(n, n * 7919 % MAX_PMID + 1) for n in range(1, 300)]
    text = "# by hand\nciting,referenced\n" + "".join(f"{a},{b}\n" for a, b in pairs)
    assert pairs_of(write(text.encode())) == pairs
    with pytest.raises(InputError, match="line 302: 'x'"):
        list(read_citations(write(text.encode() + b"x,5")))


#: What a lenient reader of numbers might take, beside numbers; a blank of the field's own is "_".
FIELDS = st.sampled_from(
    [
        "1",
        "22",
        "0",
        "-1",
        "+1",
        "007",
        "_3",
        "3_",
        "0x1",
        "1e3",
        "NA",
        "99999999",
        "100000000",
        "#",
        "#1",
        "nan",
        "1.0",
        "٣",
        "a",
        "true",
    ]
).map(lambda field: field.replace("_", " ")) | st.sampled_from(["", '"5"', "\t4", "4\r"])


@settings(deadline=None)
@given(st.lists(st.lists(FIELDS, max_size=4), max_size=4), st.sampled_from(",\t "))
def test_the_fast_reader_takes_nothing_that_the_exact_one_reads_otherwise(rows, delimiter):
    block = "\n".join(delimiter.join(row) for row in rows).encode()
    layout = citations._Layout(delimiter.encode(), 0, [])
    fast = citations._plain_rows(block, layout)
    if fast is not None:
        exact = citations._rows_by_line(block, layout, "x", 1)
        assert [ids.tolist() for ids in fast] == [ids.tolist() for ids in exact]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, MAX_PMID), st.integers(1, MAX_PMID)), min_size=1))
def test_plain_lines_take_the_fast_reader(pairs):
    block = "".join(f"{citing},{cited}\n" for citing, cited in pairs).encode()
    fast = citations._plain_rows(block, citations._Layout(b",", 0, []))
    assert fast is not None
    assert list(zip(*(ids.tolist() for ids in fast), strict=True)) == pairs


def test_the_source_is_icite_by_its_header_else_the_name_of_the_file(write):
    assert citation_file(str(ICITE)).source == "icite"
    packed = write(zipped({"c.csv": ICITE.read_bytes()}), "other name.zip")
    assert citation_file(str(packed)).source == "icite"
    assert citation_file(str(write(b"1 2\n", "My Edges (2).TSV"))).source == "my-edges-2-"
    linqs = DATA / "citations_linqs.DIRECTED.cites.tab"
    assert citation_file(str(linqs)).source == "citations_linqs.directed.cites"
    assert citation_file(str(write(gzip.compress(b"1 2\n"), "_x.y.tsv.gz"))).source == "x.y"


def test_a_given_source_wins_and_the_file_is_hashed(write):
    path = write(ICITE.read_bytes())
    found = citation_file(f"poci-2.0_b={path}")
    assert (found.source, found.path) == ("poci-2.0_b", path)
    assert found.sha256 == citation_file(str(path)).sha256
    assert found.sha256 != citation_file(str(write(b"1 2\n", "b"))).sha256


def test_an_equals_sign_in_a_folder_or_after_the_source_belongs_to_the_file(tmp_path):
    folder = tmp_path / "year=2020"
    folder.mkdir()
    path = folder / "a=b.csv"
    path.write_bytes(b"1 2\n")
    assert citation_file(str(path)).path == path
    assert citation_file(f"s={path}").path == path


@pytest.mark.parametrize("source", ["", "iCite", "a b", "-a", ".", "a,b", "é", "pubmed"])
def test_what_cannot_name_a_source(source):
    with pytest.raises(InputError) as caught:
        citation_file(f"{source}={ICITE}")
    assert "SOURCE=" in str(caught.value)


@pytest.mark.parametrize("name", ["pubmed.csv.gz", "PubMed.tsv", "...", "(_)"])
def test_a_file_whose_name_is_no_source_needs_one(write, name):
    with pytest.raises(InputError, match="SOURCE="):
        citation_file(str(write(b"1 2\n", name)))


def test_a_file_that_is_no_citation_file_is_refused_before_it_is_hashed(write, monkeypatch):
    monkeypatch.setattr(citations, "file_sha256", None)
    for text in (f"a={write(b'one')}", str(write(b"one")), "nowhere.csv", "a=nowhere.csv"):
        with pytest.raises(InputError):
            citation_file(text)
