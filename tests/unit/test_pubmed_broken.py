"""Files that are no PubMed XML, broken, or made to do harm: one clear error each."""

import gzip

import pytest

from citemesh.errors import InputError
from tests.pubmed_tables import DATA, read_hand_made, read_tables


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML page"),
        (b"no markup at all", "is not a PubMed XML file"),
        (b"<other><PubmedArticle/></other>", "root element is other"),
        (b"<PubmedArticleSet><PubmedArticle>", "is not a PubMed XML file"),
        (b"<PubmedArticleSet>\n<PubmedArticle>\n</x></PubmedArticleSet>", "line 3"),
        (b"<PubmedArticleSet>\n\xff</PubmedArticleSet>", "line 2"),
        (gzip.compress(b"<PubmedArticleSet/>" * 50)[:40], "truncated"),
        (gzip.compress(b"x" * 9000)[:-8] + b"\0" * 8, "not a "),
    ],
    ids=[
        "empty", "html", "text", "other root", "cut xml", "wrong tag", "not utf-8", "cut gzip",
        "bad checksum",
    ],
)  # fmt: skip
def test_a_broken_file_gives_one_clear_error(tmp_path, content, words):
    path = tmp_path / "pubmed.xml.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_tables(path)
    assert str(path) in str(caught.value)


def test_a_checksum_that_does_not_fit_is_seen(tmp_path):
    path = tmp_path / "pubmed.xml.gz"
    packed = gzip.compress((DATA / "medline_date.xml").read_bytes())
    path.write_bytes(packed[:-8] + b"\0" * 8)
    with pytest.raises(InputError, match=r"not a whole gzip|truncated"):
        read_tables(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="is not there"):
        read_tables(tmp_path / "none.xml")


@pytest.mark.parametrize("name", ["entity_bomb", "external_entity"])
def test_entities_of_the_files_own_are_refused(name):
    with pytest.raises(InputError, match="declares an entity"):
        read_hand_made(name)


@pytest.mark.parametrize("opening", ["<PMID>", "<!-- ", "<x a='"])
def test_a_record_without_end_is_refused_before_it_fills_the_memory(monkeypatch, tmp_path, opening):
    monkeypatch.setattr("citemesh.graph.pubmed.read._RECORD_BYTES", 50_000)
    monkeypatch.setattr("citemesh.graph.pubmed.read._CHUNK_BYTES", 1_000)
    path = tmp_path / "x.xml"
    path.write_text(f"<PubmedArticleSet><PubmedArticle><MedlineCitation>{opening}" + "1 " * 100_000)
    with pytest.raises(InputError, match="record of more than"):
        read_tables(path)


def test_default_attributes_of_the_files_own_dtd_have_no_say(tmp_path):
    text = (DATA / "major_on_qualifier.xml").read_text("utf-8")
    start, _, rest = text.partition('dtd">')
    dtd = '[<!ATTLIST DescriptorName MajorTopicYN CDATA "Y">]'
    path = tmp_path / "x.xml"
    path.write_text(start + 'dtd"' + dtd + ">" + rest.replace(' MajorTopicYN="N"', ""), "utf-8")
    assert read_tables(path).column("headings", "major") == [True, False, True]
