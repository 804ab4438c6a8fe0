"""A user's own queries in every form, which documents become anchors, and the filters."""

import gzip
import json
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import CitemeshError, InputError, SettingsError
from citemesh.graph.corpus import Corpus, CorpusFile
from citemesh.graph.mesh.tree import Descriptor, MeshTree
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.mining.anchors.chosen import chosen_documents, not_denied
from citemesh.mining.anchors.collect import AnchorSettings
from citemesh.mining.anchors.filters import headings_below, parse_filter
from citemesh.mining.anchors.languages import documents_in
from citemesh.mining.anchors.left_out import LISTED, LeftOut
from citemesh.mining.anchors.queries import query_anchors, read_positives
from citemesh.mining.anchors.query_forms import open_query_file
from citemesh.mining.settings import MiningSettings
from citemesh.workspace import Workspace


class Graph:
    """A client that knows some PMIDs."""

    def __init__(self, *pmids):
        self.pmids = set(pmids)

    def rows_for(self, query, ids, batch_size, **params):
        for start in range(0, len(ids), batch_size):
            asked = ids[start : start + batch_size]
            yield [{"pmid": pmid} for pmid in reversed(asked) if pmid in self.pmids]


EVERY = Graph(*range(1, 10_000))


def anchors_of(path, graph=EVERY, qrels=(), left_out=None, **more):
    left_out = LeftOut() if left_out is None else left_out
    found = query_anchors(open_query_file(path, qrels), graph, left_out, **more)
    return {a.query_id: (a.query, a.anchor_pmid, a.positive_pmids) for a in found}


def beir(folder, queries, **judgments):
    (folder / "qrels").mkdir(parents=True)
    lines = [json.dumps({"_id": key, "text": text}) for key, text in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n")
    for split, rows in judgments.items():
        text = "query-id\tcorpus-id\tscore\n" + "".join(f"{row}\n" for row in rows)
        (folder / "qrels" / f"{split}.tsv").write_text(text)
    return folder


def written(path, text):
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


TSV = "q1\tfirst query\t7\nq1\tfirst query\t3\nq2\tsecond\t5\n"
JSON = (
    '{"query_id": "q1", "query": "first query", "positive_pmids": [7, 3]}\n'
    '{"query_id": "q2", "query": "second", "positive_pmids": ["5"]}\n'
)
EXPECTED = {"q1": ("first query", None, (3, 7)), "q2": ("second", None, (5,))}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mine.tsv", TSV),
        ("mine.tsv", "\ufeffquery_id\tquery\tpmid\r\n" + TSV.replace("\n", "\r\n")),
        ("mine.tsv.gz", "Query_ID\tQuery\tPMID\n\n" + TSV),
        ("no-ending", TSV),
        ("mine.jsonl", JSON),
        ("mine.jsonl.gz", JSON),
        ("queries.txt", "\n" + JSON),
    ],
)
def test_every_form_gives_the_same_anchors(tmp_path, name, text):
    assert anchors_of(written(tmp_path / name, text)) == EXPECTED


def test_a_beir_folder_gives_them_too_and_a_score_of_nothing_is_no_positive(tmp_path):
    queries = {"q1": "first query", "q2": "second", "unjudged": "third"}
    rows = ["q1\t7\t1", "q1\t3\t2", "q1\t4\t0", "q2\t5\t1", "q2\t6\t-1"]
    left_out = LeftOut()
    assert anchors_of(beir(tmp_path, queries, train=rows), left_out=left_out) == EXPECTED
    assert left_out == LeftOut(skipped=1)


def test_judgments_of_a_test_set_are_never_read_unasked(tmp_path):
    folder = beir(tmp_path, {"q": "text"}, train=["q\t1\t1"], test=["q\t2\t1"])
    with pytest.raises(SettingsError, match=r"test, train.*--qrels train"):
        anchors_of(folder)
    assert anchors_of(folder, qrels=["train"]) == {"q": ("text", None, (1,))}
    assert anchors_of(folder, qrels=["test", "train"]) == {"q": ("text", None, (1, 2))}
    with pytest.raises(SettingsError, match="no judgments 'dev'"):
        anchors_of(folder, qrels=["dev"])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.tsv", "q\ttext\t1\nq\ttext\n", "line 2: 2 columns"),
        ("a.tsv", "q\ttext\t1\nq\ttext\tx9\n", "line 2: 'x9' is no PMID"),
        ("a.tsv", "q\ttext\t123456789\n", "line 1: '123456789' is no PMID"),
        ("a.tsv", "q\ttext\t1\n\nq\tother\t2\n", "line 3: the query id 'q' has another text"),
        ("a.tsv", "q q\ttext\t1\n", "line 1: 'q q' cannot be the id"),
        ("a.tsv", "\ttext\t1\n", "line 1: '' cannot be the id"),
        ("a.tsv", "q\t \t1\n", "line 1: the query has no text"),
        ("a.tsv", "query_id\tquery\tpmid\n", "names no known positive"),
        ("a.tsv", "", "is empty"),
        ("a.txt", "some words\n", "in no known form"),
        ("a.jsonl", JSON + JSON, "line 3: the query id 'q1' is there twice"),
        ("a.jsonl", JSON + "{\n", "line 3: not JSON"),
        ("a.jsonl", JSON + "[]\n", "line 3: not a JSON object"),
        ("a.jsonl", '{"query_id": "q", "query": "t"}\n', 'line 1: "positive_pmids" is no list'),
        ("a.jsonl", '{"query_id": "q", "query": "t", "positive_pmids": [true]}', "is no PMID"),
        ("a.jsonl", '{"query_id": "q", "query": "t", "positive_pmids": [1.0]}', "is no PMID"),
        ("a.jsonl", '{"query_id": null, "query": "t", "positive_pmids": [1]}', "None cannot be"),
        ("a.jsonl", '{"query_id": "q", "query": 5, "positive_pmids": [1]}', "no text"),
        ("a.jsonl", '{"query_id": "q", "query": "\\ud800", "positive_pmids": [1]}', "surrogate"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_file_and_line(tmp_path, name, text, words):
    path = written(tmp_path / name, text)
    with pytest.raises(InputError) as refused:
        anchors_of(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("q\t1\thigh", "line 2: the score 'high'"),
        ("q\tdoc1\t1", "line 2: 'doc1' is no PMID"),
        ("q\t1", "line 2: 2 columns"),
        ("other\t1\t1", "line 2: there is no query 'other' in queries.jsonl"),
    ],
)
def test_a_fault_of_beirs_judgments_is_refused_with_its_line(tmp_path, row, words):
    with pytest.raises(InputError, match=words):
        anchors_of(beir(tmp_path, {"q": "text"}, train=[row]))


def test_judgments_without_their_header_are_refused_before_a_line_is_lost(tmp_path):
    folder = beir(tmp_path, {"q": "text"}, train=[])
    (folder / "qrels" / "train.tsv").write_text("q\t1\t1\n")
    with pytest.raises(InputError, match=r"train.tsv, line 1: .* is not the header"):
        anchors_of(folder)


def test_what_is_not_utf8_and_a_cut_gzip_file_are_named(tmp_path):
    (tmp_path / "a.tsv").write_bytes(b"q\tt\t1\nq\t\xff\t1\n")
    with pytest.raises(InputError, match=r"a.tsv, line 2: not UTF-8"):
        anchors_of(tmp_path / "a.tsv")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(JSON.encode())[:-9])
    with pytest.raises(InputError, match="damaged"):
        anchors_of(tmp_path / "a.jsonl.gz")


def test_the_same_text_under_several_ids_is_known_as_one_query(tmp_path):
    text = "a\tLung  Cancer\t1\nb\tlung cancer\t2\nc\tlung cancers\t3\n"
    found = anchors_of(written(tmp_path / "a.tsv", text))
    assert {key: pmids for key, (_, _, pmids) in found.items()} == {
        "a": (1, 2), "b": (1, 2), "c": (3,)
    }  # fmt: skip
    assert found["a"][0] == "Lung Cancer"  # as it was given, on one line


def test_what_the_graph_has_not_is_counted_once_and_listed(tmp_path):
    unknown = range(200, 200 + LISTED + 5)
    text = "".join(f"a\tx\t{pmid}\nb\ty\t{pmid}\n" for pmid in unknown) + "b\ty\t4\nc\tz\t5\n"
    left_out = LeftOut()
    found = anchors_of(
        written(tmp_path / "a.tsv", text), Graph(4, 5), left_out=left_out, deny=denied(5)
    )
    assert found == {"b": ("y", None, (4,))}
    assert left_out == LeftOut(2, len(unknown), list(unknown)[:LISTED])


def test_a_limit_takes_the_first_of_the_file(tmp_path):
    text = "z\tx\t1\ny\ty\t2\nz\tx\t3\nx\tw\t4\n"
    assert list(anchors_of(written(tmp_path / "a.tsv", text), limit=2)) == ["z", "y"]


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 9)), min_size=1, max_size=30
)  # a query's number and a PMID
TEXTS = ["Lung", "lung", "LUNG ", "heart", "Heart", "liver", "kidney"]


@given(ROWS)
def test_positives_are_united_as_an_oracle_unites_them(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("given") / "a.tsv"
    path.write_text("".join(f"q{n}\t{TEXTS[n]}\t{pmid}\n" for n, pmid in rows))
    expected = defaultdict(set)
    for number, pmid in rows:
        expected[TEXTS[number].strip().casefold()].add(pmid)
    found = anchors_of(path)
    assert list(found) == list(dict.fromkeys(f"q{n}" for n, _ in rows))
    for key, (_, _, pmids) in found.items():
        assert pmids == tuple(sorted(expected[TEXTS[int(key[1:])].strip().casefold()]))
    known = read_positives(open_query_file(path))
    assert known.first.sum() == len(found)


class Documents(Corpus):
    """A corpus of PMIDs in row groups."""

    def __init__(self, groups):
        self.groups = groups

    def stream(self, columns=()):
        for group in self.groups:
            yield pd.DataFrame({"pmid": np.array(group, np.int64)})


def test_languages_cannot_be_had_when_a_parsed_file_was_removed(tmp_path, monkeypatch):
    corpus = Documents([])
    corpus.files = [CorpusFile("pubmed1.xml.gz", "ab", "articles.parquet")]
    monkeypatch.setattr(corpus, "settled", lambda: None)
    with pytest.raises(InputError, match=r"pubmed1.xml.gz is gone.*graph load"):
        documents_in(Workspace(tmp_path), corpus, ["eng"])


def denied(*pmids):
    deny = PmidSet()
    deny.add(np.array(pmids, np.int64))
    return deny


def test_a_limit_takes_the_smallest_keys_of_what_passes():
    pmids = np.arange(1, 400)
    groups = np.array_split(np.random.default_rng(1).permutation(pmids), 7)
    odd = pmids[pmids % 2 == 1]
    allowed = odd[odd > 50]
    asked = []

    def is_odd(some):
        asked.extend(some.tolist())
        return some % 2 == 1

    tests = [not_denied(denied(*range(51))), is_odd]
    for limit in (1, 10, 1_000, None):
        asked.clear()
        chosen = chosen_documents(Documents(groups), tests, limit)
        expected = allowed[np.argsort(order_key(allowed))][:limit]
        assert chosen.difference(PmidSet()).tolist() == sorted(expected.tolist())
        assert min(asked) > 50  # a test is asked only of what passed those before
        if limit == 10:
            assert len(asked) < len(pmids) / 2  # and of what can still be among the first


def test_filters_are_read_and_within_a_key_one_match_is_enough():
    wanted = parse_filter(
        ["year=1977", "year=1980:", "year=:1960", "journal=Lancet", "language=ENG",
         "language=fre", "heading=Neoplasms", "publication-type = Review"]
    )  # fmt: skip
    assert wanted.years == ((1977, 1977), (1980, 9999), (0, 1960))
    assert wanted.languages == ("eng", "fre")
    assert wanted.publication_types == ("review",)
    assert wanted.headings == ("Neoplasms",)
    assert wanted.asks_graph
    assert not parse_filter(["language=eng"]).asks_graph


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("years=1977", "Did you mean year?"),
        ("year=77", "cannot be read"),
        ("year=:", "cannot be read"),
        ("year=1979:1977", "ends before it begins"),
        ("journal", "cannot be read"),
        ("journal=", "cannot be read"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(text, words):
    with pytest.raises(SettingsError, match=words.replace("?", r"\?")):
        parse_filter([text])


def test_a_heading_stands_for_all_below_it_by_tree_number():
    numbers = {"D1": ("C1",), "D2": ("C1.1",), "D3": ("C1.1.1", "A2.5"), "D4": ("A2",),
               "D5": ("C11",), "D6": ("A2.5.1",)}  # fmt: skip
    names = {"D1": "Neoplasms", "D2": "Lung Neoplasms"}
    descriptors = {ui: Descriptor(ui, names.get(ui, ui), n) for ui, n in numbers.items()}
    tree = MeshTree(2024, descriptors, {n: ui for ui, own in numbers.items() for n in own})
    assert headings_below(tree, ["neoplasms"]) == ("D1", "D2", "D3")  # not D6: below D3 elsewhere
    assert headings_below(tree, ["D4", "Lung Neoplasms"]) == ("D2", "D3", "D4", "D6")
    with pytest.raises(SettingsError, match="Near it: Neoplasms"):
        headings_below(tree, ["Neoplasm"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"anchors": "mesh", "filters": ("year=1977",)}, "which articles may be anchors"),
        ({"anchors": "mesh", "guards_off": frozenset({"shared_major"})}, "needs the guard"),
        ({"anchors": "citation"}, "Did you mean citations?"),
        ({"anchors": "titles", "qrels": ("train",)}, "--qrels is for a BEIR folder"),
    ],
)
def test_anchors_that_do_not_fit_are_refused(more, words):
    with pytest.raises(CitemeshError) as refused:
        MiningSettings((("sibling", 1),), **more).anchor_settings.query_file()
    assert words in str(refused.value)


def test_a_path_is_told_from_a_kind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.tsv").write_text(TSV)
    assert AnchorSettings("titles").query_file() is None
    own = AnchorSettings("own.tsv").query_file()
    assert own is not None
    assert [path.name for path in own.paths] == ["own.tsv"]
    with pytest.raises(SettingsError, match="is a file"):
        AnchorSettings("own.tsv", ("train",)).query_file()
