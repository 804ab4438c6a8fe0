"""Each trap of PubMed's XML, on a hand-made record of its own."""

import subprocess
import sys
from itertools import pairwise

import pytest

from citemesh.graph.pubmed.text import one_line
from tests.pubmed_tables import DATA, read_hand_made, read_tables


def test_inline_markup_is_kept_as_text():
    article = read_hand_made("inline_markup").article
    assert article["title"] == "Uptake of H2O by E. coli cells"
    assert article["abstract"] == "Rates of 5 kg/m2 were seen twice."


def test_the_copyright_line_has_a_column_of_its_own():
    article = read_hand_made("copyright_in_abstract").article
    assert article["abstract"] == "Text only."
    assert article["copyright"] == "Copyright © nobody."


def test_sections_follow_their_labels_and_empty_ones_without_one_vanish():
    article = read_hand_made("structured_abstract").article
    assert article["abstract"] == "AIM: To see. RESULT: Seen. Also."
    places = [(s["label"], s["category"], s["start"]) for s in article["sections"]]
    assert places == [("AIM", "OBJECTIVE", 0), ("RESULT", None, 13), (None, None, 27)]
    starts = [s["start"] for s in article["sections"]] + [None]
    parts = [article["abstract"][a:b] for a, b in pairwise(starts)]
    assert parts == ["AIM: To see. ", "RESULT: Seen. ", "Also."]


def test_an_empty_section_with_a_label_lies_where_the_next_begins(tmp_path):
    text = (DATA / "structured_abstract.xml").read_text("utf-8")
    start, _, rest = text.partition("<Abstract>")
    sections = (
        '<AbstractText Label=" A ">One.</AbstractText><AbstractText Label="B"/><AbstractText/>'
        '<AbstractText Label="">Two.</AbstractText><AbstractText Label="C"> </AbstractText>'
    )
    path = tmp_path / "x.xml"
    path.write_text(f"{start}<Abstract>{sections}{rest[rest.index('</Abstract>') :]}", "utf-8")
    article = read_tables(path).article
    assert article["abstract"] == "A: One. Two."
    places = [(s["label"], s["start"]) for s in article["sections"]]
    assert places == [(" A ", 0), ("B", 8), ("", 8), ("C", 12)]


def test_all_white_space_becomes_one_space():
    spaces = [chr(n) for n in range(0x3001) if chr(n).isspace()]
    assert len(spaces) > 20
    for space in spaces:
        assert one_line(f"{space}a{space}b {space}") == one_line(f"a{space * 2}b") == "a b"
        assert one_line(space) == ""


def test_other_abstracts_do_not_join_the_abstract():
    article = read_hand_made("other_abstract").article
    assert article["abstract"] == "Own words."
    assert article["other_abstracts"] == [
        {"type": "plain-language-summary", "language": "eng", "text": "WHAT: Plain words. More."},
        {"type": "Publisher", "language": "spa", "text": "Otras palabras."},
    ]


def test_a_translated_title_its_original_and_several_languages():
    article = read_hand_made("vernacular_title").article
    assert (article["title"], article["vernacular_title"]) == ("[On nothing].", "Über nichts.")
    assert article["languages"] == ["ger", "fre"]
    assert article["publication_types"] == ["Journal Article", "Review"]


def test_what_is_absent_is_null_and_texts_are_empty():
    article = read_hand_made("medline_date").article
    absent = ("vernacular_title", "copyright", "indexing_method")
    assert [article[name] for name in absent] == [None] * 3
    assert (article["abstract"], article["sections"], article["other_abstracts"]) == (None, [], [])


def test_an_empty_abstract_is_told_from_none_and_an_empty_title_too(tmp_path):
    path = tmp_path / "x.xml"
    record = (
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article>{}</Article></MedlineCitation>"
        "</PubmedArticle>"
    )
    empty = "<ArticleTitle/><Abstract><AbstractText> </AbstractText></Abstract>"
    records = record.format(1, empty) + record.format(2, "")
    path.write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>")
    tables = read_tables(path)
    assert tables.column("articles", "abstract") == ["", None]
    assert tables.column("articles", "title") == ["", None]


def test_the_year_of_a_medline_date_and_of_none():
    assert read_hand_made("medline_date").article["year"] == 1979
    assert read_hand_made("missing_year").column("articles", "year") == [2003, None, 1998]


def test_years_of_other_dates_are_not_the_year():
    assert read_hand_made("years_of_other_dates").article["year"] == 1979


def test_status_and_indexing_method():
    tables = read_hand_made("indexing_method")
    assert tables.column("articles", "status") == ["MEDLINE", "In-Process"]
    assert tables.column("articles", "indexing_method") == ["Automated", None]


def test_a_heading_is_major_by_its_descriptor_or_any_qualifier():
    headings = read_hand_made("major_on_qualifier")["headings"]
    assert [(h["name"], h["major"]) for h in headings] == [
        ("Cystic Fibrosis", True),
        ("Humans", False),
        ("Lung", True),
    ]
    assert [h["descriptor_major"] for h in headings] == [False, False, True]
    assert headings[0]["qualifiers"] == ["drug therapy", "pathology"]
    assert headings[0]["qualifier_major"] == [True, False]
    assert headings[2]["qualifier_major"] == []


def test_chemicals_and_supplementary_concepts():
    rows = read_hand_made("supplementary_concepts")["supplementary"]
    assert [(r["ui"], r["name"], r["type"]) for r in rows] == [
        ("C000591739", "examplumab", "Chemical"),
        ("D000431", "Ethanol", "Chemical"),
        ("C536391", "Example disease", "Disease"),
    ]


def test_references_of_all_lists_and_lists_within_lists():
    tables = read_hand_made("nested_reference_lists")
    assert tables.column("references", "cited_pmid") == [1, 2, 3, None, None]
    assert tables.column("references", "position") == [1, 2, 3, 4, 5]


def test_pmids_of_comments_are_relations_not_the_record():
    tables = read_hand_made("nested_reference_lists")
    assert tables.article["pmid"] == 103
    found = [(r["kind"], r["other_pmid"]) for r in tables["relations"]]
    assert found == [("ErratumIn", 999), ("CommentIn", None)]


def test_relations_of_every_kind_are_kept_and_their_notes_are_no_pmids():
    found = read_hand_made("comments_corrections")["relations"]
    kinds = ["AssociatedDataset", "CommentOn", "Cites", "RetractionIn", "UpdateOf"]
    assert [r["kind"] for r in found] == kinds
    assert [r["other_pmid"] for r in found] == [200, 201, 202, 203, 204]


def test_retracted_by_relation_or_publication_type():
    assert read_hand_made("comments_corrections").column("articles", "retracted") == [True, True]
    assert not read_hand_made("medline_date").article["retracted"]


def test_ids_of_references_are_brought_to_one_form_or_null():
    rows = read_hand_made("reference_ids")["references"]
    assert [r["doi"] for r in rows] == [
        *["10.1000/abc"] * 4, None, "10.1000/x(1)<2::aid>3.0.co;2-#", None, None,
    ]  # fmt: skip
    assert [r["pmc"] for r in rows] == ["PMC4882309"] * 2 + ["PMC12"] + [None] * 5
    assert [r["cited_pmid"] for r in rows] == [None] * 5 + [8, None, None]
    assert rows[-1]["citation"] == "words in vitro only"


def test_ids_of_references_are_not_the_records_and_its_own_are_no_reference():
    tables = read_hand_made("ids_of_references")
    assert tables.article["pmid"] == 124
    assert tables.column("references", "doi") == ["10.1000/other"]


def test_parts_know_which_of_two_versions_they_belong_to():
    tables = read_hand_made("two_versions")
    assert tables.column("articles", "version") == [1, 2]
    rows = read_hand_made("comments_corrections")["relations"]
    assert {(r["record"], r["pmid"], r["version"]) for r in rows} == {(0, 120, 1)}


def test_books_and_records_without_a_pmid_are_skipped_with_a_reason():
    tables = read_hand_made("book_record")
    assert tables.article["pmid"] == 109
    assert tables.dropped == {"book record": 1, "record without a PMID": 1}


def test_deletions():
    tables = read_hand_made("delete_citation")
    assert tables.column("articles", "pmid") == [107, 108]
    assert tables.column("deletions", "pmid") == [108, 106]


def test_cdata_and_character_references_are_text_and_comments_are_not():
    article = read_hand_made("cdata_and_comments").article
    assert article["pmid"] == 125
    assert article["title"] == "Less < more & so on é"


def test_a_malformed_record_is_a_counted_skip_and_the_next_is_read():
    tables = read_hand_made("malformed_records")
    assert tables.column("articles", "pmid") == [136, 130]
    assert tables.dropped == {
        "record with elements out of place or unknown entities in them": 2,
        "record with a malformed version": 1,
        "record with several PMIDs or Articles": 1,
        "record without MedlineCitation/Article": 2,
        "record without a PMID": 1,
        "heading without a descriptor UI": 1,
    }


def test_a_qualifier_without_a_descriptor_makes_no_other_heading_major():
    headings = read_hand_made("malformed_records")["headings"]
    assert [(h["name"], h["major"], h["qualifiers"]) for h in headings] == [("Lung", False, [])]
    assert [h["qualifier_major"] for h in headings] == [[]]


def test_an_entity_that_only_the_dtd_could_know_is_kept_as_written():
    assert read_hand_made("unknown_entity").article["title"] == "The &alpha; of it"


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_batches_do_not_show(monkeypatch, batch):
    whole = read_hand_made("malformed_records")
    monkeypatch.setattr("citemesh.graph.pubmed.read.BATCH_RECORDS", batch)
    monkeypatch.setattr("citemesh.graph.pubmed.read._CHUNK_BYTES", 100)
    assert read_hand_made("malformed_records") == whole


def test_records_are_numbered_through_all_batches(monkeypatch, tmp_path):
    records = (
        f"<PubmedArticle><MedlineCitation><PMID>{n}</PMID><Article/><CommentsCorrectionsList>"
        "<CommentsCorrections RefType='Cites'/></CommentsCorrectionsList></MedlineCitation>"
        "</PubmedArticle>"
        for n in range(1, 51)
    )
    path = tmp_path / "x.xml"
    path.write_text(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>")
    monkeypatch.setattr("citemesh.graph.pubmed.read.BATCH_RECORDS", 7)
    monkeypatch.setattr("citemesh.graph.pubmed.read._CHUNK_BYTES", 333)
    rows = read_tables(path)["relations"]
    assert [(r["record"], r["pmid"]) for r in rows] == [(n - 1, n) for n in range(1, 51)]


@pytest.mark.parametrize("chunk", [50, 700, 1 << 20])
def test_nothing_of_a_dropped_record_stays(monkeypatch, tmp_path, chunk):
    def record(pmid):
        return (
            f"<PubmedArticle><MedlineCitation>{pmid}<Article><Language>eng</Language></Article>"
            "<MeshHeadingList><MeshHeading><DescriptorName UI='D000001'>A</DescriptorName>"
            "<QualifierName>q</QualifierName></MeshHeading></MeshHeadingList></MedlineCitation>"
            "<PubmedData><ReferenceList><Reference><Citation>c</Citation></Reference>"
            "</ReferenceList></PubmedData></PubmedArticle>"
        )

    records = [record(f"<PMID>{n}</PMID>" if n % 3 else "") for n in range(1, 31)]
    path = tmp_path / "x.xml"
    path.write_text(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>")
    monkeypatch.setattr("citemesh.graph.pubmed.read.BATCH_RECORDS", 4)
    monkeypatch.setattr("citemesh.graph.pubmed.read._CHUNK_BYTES", chunk)
    tables = read_tables(path)
    kept = [n for n in range(1, 31) if n % 3]
    assert tables.column("articles", "pmid") == kept
    assert tables.column("headings", "pmid") == tables.column("references", "pmid") == kept
    assert tables.column("headings", "qualifiers") == [["q"]] * len(kept)
    assert tables.column("references", "position") == [1] * len(kept)
    assert tables.dropped == {"record without a PMID": 10}


def test_an_unread_element_that_holds_its_like_ends_where_it_ends(tmp_path):
    """At the inner end tag, what still stands in the outer one would be taken for the record's."""
    relations = (
        "<CommentsCorrectionsList><CommentsCorrections><PMID>2</PMID></CommentsCorrections>"
        "</CommentsCorrectionsList>"
    )
    path = tmp_path / "x.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Pagination>"
        "<PubmedArticle><MedlineCitation><Article><Pagination/></Article>"
        f"{relations}</MedlineCitation></PubmedArticle>"
        "</Pagination></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    tables = read_tables(path)
    assert tables["articles"] == tables["relations"] == []
    assert tables.dropped == {"record with elements out of place or unknown entities in them": 1}


def test_digits_between_elements_make_no_deletion(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(
        "<PubmedArticleSet><DeleteCitation><PMID>106<x/>0</PMID><PMID>107</PMID></DeleteCitation>"
        "</PubmedArticleSet>"
    )
    tables = read_tables(path)
    assert tables.column("deletions", "pmid") == [107]
    assert tables.dropped == {"element out of place between records": 1}


def test_nothing_compiled_is_imported_while_records_are_read(tmp_path):
    """A Ctrl-C in such an import can be lost: the extension module's own import drops it."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from citemesh.graph.pubmed import staging\n"
        "before = set(sys.modules)\n"
        "staging._write_tables(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})\n"
    )
    source = DATA / "nested_reference_lists.xml"
    done = subprocess.run(
        [sys.executable, "-c", code, source, tmp_path], capture_output=True, text=True, check=True
    )
    assert (tmp_path / "articles.parquet").exists()
    assert not {"pandas", "numpy", "scipy"} & set(done.stdout.split())
