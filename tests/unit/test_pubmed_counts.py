"""Counts of two real files that show each trap of PubMed's XML at its real size."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from citemesh.demo import carried_pubmed_file
from citemesh.graph.pubmed.staging import StagedFile, stage_file
from citemesh.workspace import Workspace

FILES = ("pubmed20n0014.xml.gz", "pubmed21n1298.xml.gz")

# Not to be seen in the tables, for they keep the text and not how it was written: inline markup,
# empty AbstractText without a label, MedlineDate in place of Year, lists of references in lists,
# and the article's own DOI. The hand-made records of tests/data have one of each.

#: What is counted while reading: name, a file of 1978-79, an update file of 2021.
COUNTED = [
    ("records", 30_000, 20_788),
    ("documents", 14_832, 18_445),
    ("titles", 30_000, 20_734),  # 54 are empty
    ("records without an abstract", 15_168, 2_342),
    ("abstracts", 14_832, 18_445),  # one more of the new file is there but empty
    ("vernacular titles", 6_882, 345),
    ("copyright lines", 0, 13_299),
    ("records with a year", 30_000, 20_788),
    ("records with an indexing method", 0, 110),
    ("other abstracts", 102, 86),
    ("retracted", 2, 4),
    ("versions above one", 0, 5),
    ("headings", 288_334, 3_668),
    ("major headings", 84_560, 1_198),
    ("major headings by the descriptor", 24_632, 384),
    ("major headings by a qualifier only", 59_928, 814),
    ("major headings by a qualifier", 60_006, 814),  # 78 of the old file by both
    ("qualifiers", 142_712, 2_358),
    ("references", 48_598, 221_645),
    ("references with a PMID", 48_598, 93_610),
    ("references without a PMID", 0, 128_035),
    ("references with a DOI", 0, 53_588),
    ("references with a PMC id", 0, 18_323),
    ("references in words only", 0, 102_016),  # 102,015 and one whose only DOI is malformed
    ("references to the record itself", 0, 27),
    ("chemicals", 53_196, 691),
    ("supplementary concepts", 2, 7),
    ("relations", 9, 861),
    ("relations ErratumFor", 0, 239),
    ("deletions", 0, 20),
]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> list[StagedFile]:
    folder = carried_pubmed_file().parent
    workspace = Workspace(tmp_path_factory.mktemp("counts"))
    return [stage_file(workspace, folder / name) for name in FILES]


@pytest.mark.parametrize(("name", "old", "new"), COUNTED, ids=[row[0] for row in COUNTED])
def test_counts(staged, name, old, new):
    assert [file.counts.get(name, 0) for file in staged] == [old, new]


def test_nothing_real_is_skipped(staged):
    assert [file.skipped for file in staged] == [{}, {}]


def rows(file: StagedFile, table: str) -> pa.Table:
    return pq.read_table(file.table(table))


def true(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)


def translated(file: StagedFile) -> int:
    return true(pc.starts_with(rows(file, "articles")["title"], "["))


def truncated(file: StagedFile) -> int:
    return true(pc.match_substring(rows(file, "articles")["abstract"], "ABSTRACT TRUNCATED AT"))


def several_languages(file: StagedFile) -> int:
    return true(pc.greater(pc.list_value_length(rows(file, "articles")["languages"]), 1))


def structured(file: StagedFile) -> int:
    return true(pc.greater(pc.list_value_length(rows(file, "articles")["sections"]), 1))


def section_labels(file: StagedFile) -> pa.StructArray:
    sections = pc.list_flatten(rows(file, "articles")["sections"].combine_chunks())
    return sections.filter(pc.is_valid(sections.field("label")))


def distinct_labels(file: StagedFile) -> int:
    return int(pc.count_distinct(section_labels(file).field("label")).as_py())


def labels_without_category(file: StagedFile) -> int:
    return int(section_labels(file).field("category").null_count)


def empty_titles(file: StagedFile) -> int:
    return true(pc.equal(rows(file, "articles")["title"], ""))


def empty_abstracts(file: StagedFile) -> int:
    return true(pc.equal(rows(file, "articles")["abstract"], ""))


def pmids_given_twice(file: StagedFile) -> int:
    pmids = rows(file, "articles")["pmid"]
    return int(len(pmids) - pc.count_distinct(pmids).as_py())


def without_headings(file: StagedFile) -> int:
    found = pc.count_distinct(rows(file, "headings")["record"]).as_py()
    return int(rows(file, "articles").num_rows - found)


def citing(file: StagedFile) -> int:
    return int(pc.count_distinct(rows(file, "references")["record"]).as_py())


def giving_ids(file: StagedFile) -> int:
    found = rows(file, "references")
    ids = [pc.is_valid(found[name]) for name in ("cited_pmid", "doi", "pmc")]
    return int(pc.count_distinct(found["record"].filter(pc.or_(pc.or_(*ids[:2]), ids[2]))).as_py())


def giving_several_dois(file: StagedFile) -> int:
    dois = rows(file, "references").select(["record", "doi"]).drop_null()
    per_record = dois.group_by("record").aggregate([("doi", "count")])
    return true(pc.greater(per_record["doi_count"], 1))


def citations_given_twice(file: StagedFile) -> int:
    cited = rows(file, "references").select(["record", "cited_pmid"]).drop_null()
    pairs = cited.group_by(["record", "cited_pmid"]).aggregate([])
    return int(cited.num_rows - pairs.num_rows)


def with_other_pmids(file: StagedFile) -> int:
    relations = rows(file, "relations").filter(pc.field("other_pmid").is_valid())
    return int(pc.count_distinct(relations["record"]).as_py())


@pytest.mark.parametrize(
    ("count", "old", "new"),
    [
        (translated, 7_723, 213),
        (truncated, 6, 0),
        (several_languages, 11, 181),
        (structured, 9, 6_393),
        (distinct_labels, 9, 663),
        (labels_without_category, 9, 2_488),  # sections, not articles
        (empty_titles, 0, 54),
        (empty_abstracts, 0, 1),
        (pmids_given_twice, 0, 5),
        (without_headings, 2, 20_453),
        (citing, 3_199, 5_085),
        (giving_ids, 3_199, 3_053),
        (giving_several_dois, 0, 1_592),  # 1,654 with ids that are no DOIs, or given twice
        (citations_given_twice, 0, 88),
        (with_other_pmids, 6, 717),
    ],
)
def test_counts_of_the_tables(staged, count, old, new):
    assert [count(file) for file in staged] == [old, new]


def test_the_status_of_new_records(staged):
    counts = pc.value_counts(rows(staged[1], "articles")["status"]).to_pylist()
    assert {count["values"]: count["counts"] for count in counts} == {
        "Publisher": 8_395, "In-Data-Review": 4_589, "In-Process": 4_166,
        "PubMed-not-MEDLINE": 3_303, "MEDLINE": 335,
    }  # fmt: skip


def test_the_files_use_as_many_descriptors_as_were_counted(staged):
    uis = pa.concat_arrays([rows(file, "headings")["ui"].combine_chunks() for file in staged])
    assert pc.count_distinct(uis).as_py() == 11_609


def test_columns_are_those_of_the_contract(staged):
    from citemesh.graph.pubmed.tables import SCHEMAS

    for file in staged:
        for name, schema in SCHEMAS.items():
            assert Path(file.table(name)).is_file()
            assert rows(file, name).schema.equals(schema), name
