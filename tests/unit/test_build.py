"""Staging and building without a server: what counts, in whatever order files come."""

import itertools

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph import load as loading
from citemesh.graph.build import in_file_order
from citemesh.graph.corpus import MANIFEST_KIND, Corpus
from citemesh.graph.mesh import HEADER, read_mesh
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.graph.staging import StagedFile, stage_file
from citemesh.manifest import Manifest
from citemesh.workspace import Workspace
from tests.support import DATA

RECORD = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID>'
    "<Article><ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>Text.</AbstractText>"
    "</Abstract></Article></MedlineCitation></PubmedArticle>"
)


def pubmed_file(folder, name, records=(), deleted=()):
    body = "".join(RECORD.format(pmid=p, version=v, title=t) for p, v, t in records)
    if deleted:
        body += "<DeleteCitation>" + "".join(f"<PMID>{p}</PMID>" for p in deleted)
        body += "</DeleteCitation>"
    path = folder / name
    path.write_text(f"<PubmedArticleSet>{body}</PubmedArticleSet>")
    return path


def built_titles(workspace, files, tmp_path):
    staged = [stage_file(workspace, path) for path in files]
    mesh = tmp_path / "mesh.tsv"
    mesh.write_text(f"{HEADER}\t2024\t\nD000001\tTop\tA01\nD000002\tBelow\tA01.100\n")
    source = loading.GraphSource(staged, read_mesh(mesh), mesh)
    tables, corpus = tmp_path / "tables", tmp_path / "corpus"
    for folder in (tables, corpus):
        folder.mkdir()
    loading._build(source, tables, corpus, 1)
    rows = pq.read_table(tables / "articles.parquet").to_pylist()
    return {row["pmid:ID(Article){id-type:long}"]: row["title:string"] for row in rows}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_files_count_in_number_order_whatever_order_they_are_given_in(tmp_path, order):
    files = [
        pubmed_file(tmp_path, "pubmed20n0001.xml", [(1, 1, "first"), (2, 1, "a"), (3, 1, "b")]),
        pubmed_file(tmp_path, "pubmed20n0002.xml", [(1, 1, "second")], deleted=[2, 3]),
        pubmed_file(tmp_path, "pubmed20n0010.xml", [(3, 1, "back again")]),
    ]
    workspace = Workspace(tmp_path / "w")
    titles = built_titles(workspace, [files[i] for i in order], tmp_path)
    assert titles == {1: "second", 3: "back again"}


def test_the_later_version_wins_within_a_file_even_when_it_stands_first(tmp_path):
    path = pubmed_file(tmp_path, "x.xml", [(1, 2, "new"), (1, 1, "old")])
    assert built_titles(Workspace(tmp_path / "w"), [path], tmp_path) == {1: "new"}


def test_nlm_names_are_ordered_by_year_and_number():
    names = ["pubmed21n0001.xml", "mine.xml", "pubmed20n0100.xml", "pubmed20n0020.xml"]
    files = [StagedFile(name, DATA, "", {}, {}) for name in names]
    assert [f.name for f in in_file_order(files)] == [
        "mine.xml", "pubmed20n0020.xml", "pubmed20n0100.xml", "pubmed21n0001.xml",
    ]  # fmt: skip


def test_a_file_is_parsed_once(tmp_path, monkeypatch):
    workspace = Workspace(tmp_path)
    first = stage_file(workspace, DATA / "book_record.xml")
    assert first.counts["records"] == 1
    assert first.skipped == {"book record": 1, "record without a PMID": 1}

    def read_again(path):
        raise AssertionError("the file was read again")

    monkeypatch.setattr("citemesh.graph.staging.read_pubmed", read_again)
    assert stage_file(workspace, DATA / "book_record.xml") == first


def test_a_file_without_records_is_refused_and_nothing_kept(tmp_path):
    path = tmp_path / "empty.xml"
    path.write_text("<PubmedArticleSet></PubmedArticleSet>")
    with pytest.raises(InputError, match="no PubMed record"):
        stage_file(Workspace(tmp_path / "w"), path)
    assert not list((tmp_path / "w").rglob("*.parquet"))


def test_a_name_that_is_a_path_stays_inside_the_workspace(tmp_path):
    path = tmp_path / "..%2f..evil name.xml"
    path.write_bytes((DATA / "medline_date.xml").read_bytes())
    staged = stage_file(Workspace(tmp_path / "w"), path)
    assert staged.folder.parent == tmp_path / "w" / "staged"


def test_the_corpus_finds_documents_by_pmid(tmp_path):
    path = pubmed_file(tmp_path, "x.xml", [(p, 1, f"t{p}") for p in range(1, 400, 2)])
    built_titles(Workspace(tmp_path / "w"), [path], tmp_path)
    Manifest(kind=MANIFEST_KIND, settings={}).write(tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")
    found = corpus.documents([1, 2, 399, 400, 5_000])
    assert {pmid: d.title for pmid, d in found.items()} == {1: "t1", 399: "t399"}
    assert sum(len(group) for group in corpus.stream(["pmid"])) == 200


@given(st.sets(st.integers(1, 99_999_999), max_size=30), st.sets(st.integers(1, 99_999_999)))
def test_the_bit_map_is_a_set(first, second):
    import numpy as np

    a, b = PmidSet(), PmidSet()
    a.add(np.array(sorted(first), dtype=np.int64))
    b.add(np.array(sorted(second), dtype=np.int64))
    asked = np.array(sorted(first | second), dtype=np.int64)
    assert a.contains(asked).tolist() == [pmid in first for pmid in asked.tolist()]


def test_the_key_is_fixed_and_spread():
    import numpy as np

    keys = order_key(np.arange(1, 10_001))
    assert keys[0] == 2_654_435_761 % 2**31
    assert len(np.unique(keys)) == 10_000
    assert abs(np.mean(keys) / 2**30 - 1) < 0.02
