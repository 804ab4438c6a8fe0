"""Staging and building without a server: what counts, in whatever order files come."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus, CorpusFile, publish_corpus
from citemesh.graph.load.file_order import file_rank
from citemesh.graph.load.import_load import build_tables
from citemesh.graph.load.result import LoadResult, load_manifest
from citemesh.graph.load.source import GraphSource
from citemesh.graph.mesh.read import HEADER, read_mesh
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.graph.pubmed.staging import stage_file
from citemesh.graph.state import FileEntry
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


def build(workspace, files, tmp_path):
    """Import tables and corpus of some files, without a server; the folder of both."""
    staged = [stage_file(workspace, path) for path in files]
    mesh = tmp_path / "mesh.tsv"
    mesh.write_text(f"{HEADER}\t2024\t\nD000001\tTop\tA01\nD000002\tBelow\tA01.100\n")
    source = GraphSource(staged, [], read_mesh(mesh), [FileEntry(mesh.name, "mesh", "0")])
    tables, corpus = tmp_path / "tables", tmp_path / "corpus"
    for folder in (tables, corpus):
        folder.mkdir()
    counts, settled = build_tables(source, tables, corpus, 1)
    listed = [CorpusFile.of(file) for file in staged]
    result = LoadResult(1, 2024, settled, 0, {}, counts.dropped)
    publish_corpus(corpus, settled, listed, load_manifest(source.entries(), listed, result))
    return tables


def built_titles(workspace, files, tmp_path):
    tables = build(workspace, files, tmp_path)
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


def test_files_are_ordered_by_name_alone():
    names = [
        "pubmed21n0001.xml", "part10.xml", "pubmed20n0100.xml", "pubmed20n0020.xml", "part2.xml",
    ]  # fmt: skip
    assert sorted(names, key=file_rank) == [
        "part2.xml", "part10.xml", "pubmed20n0020.xml", "pubmed20n0100.xml", "pubmed21n0001.xml",
    ]  # fmt: skip


def test_of_two_records_of_one_version_the_later_counts_with_its_own_parts_alone(tmp_path):
    """Their headings were joined once."""
    path = tmp_path / "x.xml"
    heading = '<MeshHeading><DescriptorName UI="{}">x</DescriptorName></MeshHeading>'
    records = "".join(
        RECORD.format(pmid=1, version=1, title=ui).replace(
            "</Article>", f"</Article><MeshHeadingList>{heading.format(ui)}</MeshHeadingList>"
        )
        for ui in ("D000001", "D000002")
    )
    path.write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>")
    tables = build(Workspace(tmp_path / "w"), [path], tmp_path)
    rows = pq.read_table(tables / "has_mesh.parquet").to_pylist()
    assert [row[":END_ID(Descriptor)"] for row in rows] == ["D000002"]


def test_a_file_is_parsed_once(tmp_path, monkeypatch):
    workspace = Workspace(tmp_path)
    first = stage_file(workspace, DATA / "book_record.xml")
    assert first.counts["records"] == 1
    assert first.skipped == {"book record": 1, "record without a PMID": 1}

    def read_again(path):
        raise AssertionError("the file was read again")

    monkeypatch.setattr("citemesh.graph.pubmed.staging.read_pubmed", read_again)
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
    build(Workspace(tmp_path / "w"), [path], tmp_path)
    corpus = Corpus(tmp_path / "corpus")
    found = corpus.documents([1, 2, 399, 400, 5_000])
    assert {pmid: d.title for pmid, d in found.items()} == {1: "t1", 399: "t399"}
    assert sum(len(group) for group in corpus.stream(["pmid"])) == 200


EVENTS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=5),
        st.sets(st.integers(1, 6), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(EVENTS, st.randoms(use_true_random=False))
def test_of_each_pmid_the_newest_file_has_the_last_word(events, chance):
    """Beside an oracle that replays the files in order, whatever order they are given in."""
    wanted = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number, (records, deleted) in enumerate(events, start=1):
            titled = [(p, v, f"{number}.{i}") for i, (p, v) in enumerate(records)]
            file = f"pubmed26n{number:04}.xml"
            if records or deleted:
                files.append(pubmed_file(folder, file, titled, sorted(deleted)))
            newest: dict[int, tuple[int, str]] = {}
            for pmid, version, title in titled:
                if version >= newest.get(pmid, (0, ""))[0]:
                    newest[pmid] = (version, title)
            wanted.update({pmid: title for pmid, (_, title) in newest.items()})
            for pmid in deleted:
                wanted.pop(pmid, None)
        assume(files)
        chance.shuffle(files)
        assert built_titles(Workspace(folder / "w"), files, folder) == wanted
        documents = Corpus(folder / "corpus").documents(range(1, 7))
        assert {pmid: d.title for pmid, d in documents.items()} == wanted


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
