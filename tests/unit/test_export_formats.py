"""Each format as its trainer's reader takes it, and shards.

`datasets` reads what it can. The readers of FlagEmbedding, Tevatron and BEIR need torch and more to
be imported; checked are the fields that their code uses: AbsEmbedderTrainDataset
(`FlagEmbedding/abc/finetune/embedder/AbsDataset.py`, 1.4), TrainPreProcessor
(`tevatron/datasets/preprocessor.py`, 0.1), TrainDataset (`tevatron/retriever/dataset.py`, 2.0) and
GenericDataLoader (`beir/datasets/data_loader.py`, 2.2). Each has read such an export by hand.
"""

import csv
import json
from collections import Counter
from dataclasses import replace

import datasets
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import SettingsError
from citemesh.graph.corpus import Document
from citemesh.manifest import Manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.export.card import card
from citemesh.mining.export.flagembedding import flagembedding_line
from citemesh.mining.export.formats import open_format
from citemesh.mining.export.items import Item, Passage, with_texts
from citemesh.mining.export.parts import Parts
from citemesh.mining.export.settings import LAYOUTS, ExportSettings
from citemesh.mining.export.splits import DEV, TRAIN
from citemesh.mining.negatives import Negative
from tests.unit.mined_samples import negative

MINED = Manifest("mine", {"anchors": "citations", "strategies": {"sibling": 2, "cited": 1}})
DROPPED = {"anchors with fewer than 2 negatives": 3}


def passage(pmid):
    # Quotes, a tab, a line break and a separator that Python takes for a line break.
    return Passage(pmid, f"Title {pmid}", f'Abstract "{pmid}"\té\nβ\u2028ü')


ITEMS = [
    Item(Anchor("q1", 'query "one"', 1, (2, 3)), TRAIN, (2, 3),
         (negative("q1", 4), negative("q1", 5, "cited"))),
    Item(Anchor("q2", "query two", 6, (7,)), TRAIN, (7,),
         (negative("q2", 4), negative("q2", 8, rank=2))),
    Item(Anchor("q3", "query three", None, (9,)), DEV, (9,),
         (negative("q3", 10), negative("q3", 11, rank=2))),
]  # fmt: skip
PASSAGES = {pmid: passage(pmid) for pmid in range(1, 12)}


def exported(folder, shard_rows=1, **settings):
    """ITEMS in a format, with its card."""
    made = ExportSettings(shard_rows=shard_rows, dev=0.3, **settings)
    layout = open_format(made)
    with Parts(folder, shard_rows) as parts:
        for split in (TRAIN, DEV):
            layout.write(parts, split, [i for i in ITEMS if i.split == split], PASSAGES)
        if layout.has_corpus:
            layout.write_corpus(parts, iter(PASSAGES.values()))
    shown = {"format": made.trainer, "layout": made.laid_out, "dev": made.dev}
    counts = {"rows": 2, "anchors": 2, "dev rows": 1, "dev anchors": 1}
    manifest = Manifest("export", shown, counts=counts, dropped=DROPPED)
    (folder / "README.md").write_text(card("some-name", manifest, MINED, layout.configs))
    manifest.write(folder)
    return folder


def loaded(folder, config=None, split=TRAIN):
    cache = str(folder.parent / f"cache-{folder.name}")
    return datasets.load_dataset(str(folder), config, split=split, cache_dir=cache)


def json_lines(path):
    with path.open(encoding="utf-8") as stream:  # as the readers do: not splitlines
        return [json.loads(line) for line in stream]


@pytest.mark.parametrize("layout", ["n-tuple", "triplet", "pair"])
def test_sentence_transformers_takes_columns_in_order(tmp_path, layout):
    folder = exported(tmp_path / "out", layout=layout, negatives=2)
    texts, ids = loaded(folder), loaded(folder, "ids")
    ends = {"n-tuple": ["_1", "_2"], "triplet": [""], "pair": []}[layout]
    assert texts.column_names == ["anchor", "positive", *(f"negative{end}" for end in ends)]
    assert len(texts) == len(ids) == {"n-tuple": 3, "triplet": 6, "pair": 3}[layout]
    for text, row in zip(texts, ids, strict=True):
        (item,) = [i for i in ITEMS if i.anchor.query_id == row["query_id"]]
        assert (text["anchor"], row["anchor_pmid"]) == (item.anchor.query, item.anchor.anchor_pmid)
        assert text["positive"] == passage(row["positive_pmid"]).text
        for end in ends:
            assert text[f"negative{end}"] == passage(row[f"negative_pmid{end}"]).text
    assert loaded(folder, split=DEV)["anchor"][0] == "query three"
    assert set(loaded(folder, "ids", DEV)["anchor_pmid"]) == {None}  # a query of its own


def test_id_rows_name_texts_that_stand_beside_them(tmp_path):
    folder = exported(tmp_path / "out", layout="ids")
    rows, queries, corpus = loaded(folder), loaded(folder, "queries"), loaded(folder, "corpus")
    assert rows.column_names == ["query_id", "positive_id", "negative_id"]
    by_id = dict(zip(queries["query_id"], queries["query"], strict=True))
    texts = dict(zip(corpus["passage_id"], corpus["passage"], strict=True))
    assert texts == {pmid: own.text for pmid, own in PASSAGES.items()}
    triples = [(row["query_id"], row["positive_id"], row["negative_id"]) for row in rows]
    assert triples == [("q1", 2, 4), ("q1", 2, 5), ("q1", 3, 4), ("q1", 3, 5), ("q2", 7, 4),
                       ("q2", 7, 8)]  # fmt: skip
    assert by_id == {"q1": 'query "one"', "q2": "query two"}
    assert loaded(folder, "queries", DEV)["query_id"] == ["q3"]


def test_flagembedding_finds_nothing_but_rows_in_the_folder_it_is_given(tmp_path):
    folder = exported(tmp_path / "out", trainer="flagembedding")
    files = sorted((folder / "train").iterdir())
    # The reader opens every .json and .jsonl of the folder.
    assert [file.name for file in files] == ["train-00000.jsonl", "train-00001.jsonl"]
    rows = [row for file in files for row in json_lines(file)]
    for row, item in zip(rows, ITEMS, strict=False):
        assert set(row) == {"query", "pos", "neg"}
        assert row["query"] == item.anchor.query
        assert row["pos"] == [passage(pmid).text for pmid in item.positives]
        assert row["neg"] == [passage(n.negative_pmid).text for n in item.negatives]
    assert loaded(folder)["query"] == [row["query"] for row in rows]


def scored(pmid, negative_score, positive_score=0.8):
    return replace(
        negative("q", pmid), score_positive=positive_score, score_negative=negative_score
    )


def flagembedding_row(positives, *negatives):
    item = Item(Anchor("q", "query", 1, positives), TRAIN, positives, negatives)
    return flagembedding_line(item, PASSAGES)


def test_flagembedding_gets_a_score_for_every_text():
    row = flagembedding_row((2,), scored(4, 0.5), scored(5, -0.25))
    assert set(row) == {"query", "pos", "neg", "pos_scores", "neg_scores"}
    # As its reader wants them: lists of numbers along `pos` and `neg`, by any index.
    assert (row["pos_scores"], row["neg_scores"]) == ([0.8], [0.5, -0.25])
    assert [len(row[name]) for name in ("pos", "neg")] == [1, 2]
    assert all(type(n) is float for name in ("pos_scores", "neg_scores") for n in row[name])


@pytest.mark.parametrize(
    ("positives", "negatives"),
    [
        ((2, 3), (scored(4, 0.5),)),  # which of the two has this score is not known
        ((2,), (scored(4, 0.5), negative("q", 5))),
        ((2,), (negative("q", 5), scored(4, 0.5))),
        ((2,), (scored(4, 0.5, None),)),
        ((2,), (scored(4, None),)),
    ],
)
def test_flagembedding_gets_no_scores_when_one_is_not_known(positives, negatives):
    row = flagembedding_row(positives, *negatives)
    assert set(row) == {"query", "pos", "neg"}
    assert len(row["neg"]) == len(negatives)


def test_tevatron_joins_title_and_text_of_a_passage(tmp_path):
    folder = exported(tmp_path / "out", trainer="tevatron")
    for row, item in zip(loaded(folder), ITEMS, strict=False):
        assert (row["query_id"], row["query"]) == (item.anchor.query_id, item.anchor.query)
        found = [("positive_passages", item.positives),
                 ("negative_passages", [n.negative_pmid for n in item.negatives])]  # fmt: skip
        for column, pmids in found:
            assert [own["docid"] for own in row[column]] == [str(pmid) for pmid in pmids]
            for own, pmid in zip(row[column], pmids, strict=True):
                assert own["title"] + " " + own["text"] == passage(pmid).text


def test_tevatron_joins_no_title_that_is_not_there(tmp_path):
    bare = {pmid: Passage(pmid, "", own.abstract) for pmid, own in PASSAGES.items()}
    with Parts(tmp_path, 10) as parts:
        layout = open_format(ExportSettings(trainer="tevatron"))
        layout.write(parts, TRAIN, ITEMS[:1], bare)
    ((row,),) = [json_lines(path) for path in (tmp_path / "train").iterdir()]
    assert row["positive_passages"][0] == {"docid": "2", "text": bare[2].text}


def test_tevatron_looks_ids_up_in_the_corpus(tmp_path):
    folder = exported(tmp_path / "out", trainer="tevatron", layout="ids")
    corpus = loaded(folder, "corpus")
    # Trained on is `text` alone, encoded would be title and text: there is no title.
    assert corpus.column_names == ["docid", "text"]
    texts = dict(zip(corpus["docid"], corpus["text"], strict=True))
    for row, item in zip(loaded(folder), ITEMS, strict=False):
        assert "positive_passages" not in row  # by which the reader tells the forms apart
        assert row["query_text"] == item.anchor.query
        assert [texts[key] for key in row["positive_document_ids"]] == [
            passage(pmid).text for pmid in item.positives
        ]
        assert row["negative_document_ids"] == [str(n.negative_pmid) for n in item.negatives]


def test_beir_reads_corpus_queries_and_judgments(tmp_path):
    folder = exported(tmp_path / "out", trainer="beir")
    corpus = {row["_id"]: row for row in json_lines(folder / "corpus.jsonl")}
    queries = {row["_id"]: row["text"] for row in json_lines(folder / "queries.jsonl")}
    assert queries == {item.anchor.query_id: item.anchor.query for item in ITEMS}
    assert corpus["2"] == {"_id": "2", "title": "Title 2", "text": passage(2).abstract}
    for split in (TRAIN, DEV):
        with (folder / "qrels" / f"{split}.tsv").open(encoding="utf-8") as stream:
            header, *rows = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_MINIMAL)
        assert header == ["query-id", "corpus-id", "score"]
        expected = [[i.anchor.query_id, str(pmid), "1"]
                    for i in ITEMS if i.split == split for pmid in i.positives]  # fmt: skip
        assert rows == expected
        assert all(key in queries and pmid in corpus for key, pmid, _ in rows)
    assert json_lines(folder / "negatives" / "train-00000.jsonl") == [
        {"qid": "q1", "pos": ["2", "3"], "neg": {"sibling": ["4"], "cited": ["5"]}}
    ]
    assert loaded(folder, "corpus")["_id"] == list(corpus)


def test_json_lines_hold_all_evidence(tmp_path):
    folder = exported(tmp_path / "out", trainer="jsonl", shard_rows=5)
    first, _ = json_lines(folder / "train" / "train-00000.jsonl")
    assert first["positives"][1] == {"pmid": 3, "title": "Title 3", "text": passage(3).abstract}
    found = first["negatives"][0]
    columns = set(Negative.__dataclass_fields__) - {"query_id", "negative_pmid"}
    assert set(found) == columns | {"pmid", "title", "text"}
    assert found["max_siml"] is None  # NaN would be no JSON
    assert found["path"] == [1, 7, 4]
    assert loaded(folder)["anchor_pmid"] == [1, 6]
    assert loaded(folder, split=DEV)["anchor_pmid"] == [None]


ALL = [(trainer, layout) for trainer, layouts in LAYOUTS.items() for layout in layouts]


@pytest.mark.parametrize(("trainer", "layout"), ALL)
def test_the_card_names_the_terms_and_prints_no_text(tmp_path, trainer, layout):
    folder = exported(tmp_path / "out", trainer=trainer, layout=layout, negatives=2)
    shown = (folder / "README.md").read_text()
    assert "license: other" in shown
    assert "National Library of Medicine" in shown
    assert "copyright" in shown
    assert "2 by sibling, 1 by cited" in shown
    assert "3 anchors with fewer than 2 negatives" in shown
    for own in PASSAGES.values():
        assert own.title not in shown
        assert "Abstract" not in shown
    assert not any(item.anchor.query in shown for item in ITEMS)


@given(st.integers(1, 7), st.lists(st.integers(0, 9), max_size=12))
def test_shards_hold_all_rows_in_order_and_none_is_empty(tmp_path_factory, shard_rows, sizes):
    folder = tmp_path_factory.mktemp("shards")
    expected = list(range(sum(sizes)))
    with Parts(folder, shard_rows) as parts:
        waiting = iter(expected)
        for size in sizes:
            some = [{"n": next(waiting)} for _ in range(size)]
            parts.write("rows/train", some)
    found = [json_lines(path) for path in sorted(folder.rglob("*.jsonl"))]
    assert [row["n"] for rows in found for row in rows] == expected
    assert all(len(rows) == shard_rows for rows in found[:-1])
    assert all(rows for rows in found)
    assert parts.rows["rows/train"] == len(expected)


def test_parquet_shards_are_whole_files(tmp_path):
    folder = exported(tmp_path / "out", layout="triplet", shard_rows=4)
    rows = [pq.read_metadata(path).num_rows for path in sorted((folder / "texts").iterdir())]
    assert rows == [2, 4, 2]  # dev, train, train


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"trainer": "tevatron", "layout": "triplet"}, "It has: passages, ids"),
        ({"dev": 1.0}, "no share"),
    ],
)
def test_settings_that_do_not_fit_are_refused(more, words):
    with pytest.raises(SettingsError, match=words):
        ExportSettings(**more)


def test_a_title_is_no_part_of_the_passage_that_answers_it():
    assert not ExportSettings().titled("titles")
    assert ExportSettings().titled("citations")
    assert ExportSettings(passages="title-abstract").titled("titles")
    document = Document(1, "Title", "Abstract")
    assert Passage.of(document, titled=False).text == "Abstract"
    assert Passage.of(document, titled=True).text == "Title Abstract"


def test_a_positive_without_a_text_is_left_out_and_counted():
    documents = {2: Document(2, "t", "a")}
    dropped: Counter[str] = Counter()
    kept = list(with_texts(ITEMS[:2], documents, dropped))
    assert [item.positives for item in kept] == [(2,)]
    assert dropped == {
        "positives without a text": 2, "anchors without a positive that has a text": 1
    }  # fmt: skip
