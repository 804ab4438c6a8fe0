"""Each trap of PubMed's XML, on a hand-made record of its own."""

import gzip
from pathlib import Path

import pytest

from citemesh.errors import InputError
from citemesh.graph.pubmed import parse_pmid, read_pubmed
from citemesh.graph.records import ArticleRecord, Deletion, SkippedRecord

DATA = Path(__file__).parent.parent / "data"


def only_record(name: str) -> ArticleRecord:
    (record,) = read_pubmed(DATA / f"{name}.xml")
    assert isinstance(record, ArticleRecord)
    return record


def test_inline_markup_is_kept_as_text_and_copyright_left_out():
    record = only_record("inline_markup")
    assert record.title == "Uptake of H2O by E. coli cells"
    assert record.abstract == "Rates of 5 kg/m2 were seen twice."


def test_sections_follow_their_labels_and_empty_ones_vanish():
    assert only_record("structured_abstract").abstract == "AIM: To see. RESULT: Seen."


def test_references_of_all_lists_and_lists_within_lists():
    references = only_record("nested_reference_lists").references
    assert [r.cited_pmid for r in references] == [1, 2, 3, None, None]
    assert [r.position for r in references] == [1, 2, 3, 4, 5]


def test_pmids_of_comments_are_relations_not_the_record():
    record = only_record("nested_reference_lists")
    assert record.pmid == 103
    assert [(r.kind, r.other_pmid) for r in record.relations] == [
        ("ErratumIn", 999),
        ("CommentIn", None),
    ]


def test_a_heading_is_major_by_its_descriptor_or_any_qualifier():
    headings = only_record("major_on_qualifier").headings
    assert [(h.name, h.major) for h in headings] == [
        ("Cystic Fibrosis", True),
        ("Humans", False),
        ("Lung", True),
    ]
    assert headings[0].qualifiers == ("drug therapy", "pathology")


def test_the_year_of_a_medline_date():
    assert only_record("medline_date").year == 1979


def test_books_and_records_without_a_pmid_are_skipped_with_a_reason():
    items = list(read_pubmed(DATA / "book_record.xml"))
    assert items[0] == SkippedRecord("book record")
    assert isinstance(items[1], ArticleRecord)
    assert items[2] == SkippedRecord("record without a PMID")


def test_deletions_come_after_the_records():
    kinds = [type(item) for item in read_pubmed(DATA / "delete_citation.xml")]
    assert kinds == [ArticleRecord, ArticleRecord, Deletion, Deletion]


def test_entities_are_neither_expanded_nor_fetched():
    title = only_record("entity_bomb").title
    assert "aaaa" not in title
    assert Path("/etc/hostname").read_text().strip() not in title


@pytest.mark.parametrize("text", [None, "", "0", "12x", "-5", "1.5", "123456789", "٣", "9" * 40])
def test_what_is_no_pmid(text):
    assert parse_pmid(text) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML page"),
        (b"no markup at all", "is not a PubMed XML file"),
        (b"<other><PubmedArticle/></other>", "root element is other"),
        (b"<PubmedArticleSet><PubmedArticle>", "is not a PubMed XML file"),
        (gzip.compress(b"<PubmedArticleSet/>" * 50)[:40], "truncated"),
        (gzip.compress(b"x" * 9000)[:-8] + b"\0" * 8, "not a whole gzip file"),
    ],
    ids=["empty", "html", "text", "other root", "cut xml", "cut gzip", "bad checksum"],
)
def test_a_broken_file_gives_one_clear_error(tmp_path, content, words):
    path = tmp_path / "pubmed.xml.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        list(read_pubmed(path))
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="is not there"):
        list(read_pubmed(tmp_path / "none.xml"))
