"""Deny lists, dev parts, drawn and exploded negatives, batches by length, logs."""

import json
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError, SettingsError
from citemesh.graph.snapshot.arrays import Csr
from citemesh.training.batches.length_groups import LengthGroups, text_lengths
from citemesh.training.data.denied import plain_words, read_denied
from citemesh.training.data.dev_task import MAX_QUERIES, dev_of_export, dev_of_folder
from citemesh.training.data.export_rows import ExportRows, chosen_rows
from citemesh.training.data.row_ids import RowIds
from citemesh.training.data.rows import RowFacts
from citemesh.training.dev import best_line, is_patience_spent
from citemesh.training.log import DevLine, LogLine, append_line, read_log
from citemesh.training.recipes.settings import Settings

ROWS, NEGATIVES = 9, 4


@pytest.fixture
def beir(tmp_path):
    folder = tmp_path / "task"
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": str(n), "title": f"t{n}", "text": f"text {n}"} for n in range(1, 9)]
    queries = [{"_id": "a", "text": "Is thyme  GREEN?"}, {"_id": "b", "text": "unjudged"}]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (folder / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\na\t3\t2\na\t4\t0\n")
    return folder


def test_papers_and_queries_of_a_judged_set_are_refused(beir, tmp_path):
    numbers = tmp_path / "pmids.txt"
    numbers.write_text("77\n")
    denied = read_denied([beir, numbers])
    denied.check_papers(np.array([[1, 2], [4, 76]]), "here")
    for paper in (3, 77):
        with pytest.raises(InputError, match=f"1 papers .* in here, such as {paper}"):
            denied.check_papers(np.array([[1, 2], [paper, paper]]), "here")
    denied.check_queries(["is thyme red", "thyme green"], "here")
    with pytest.raises(InputError, match="query of the deny list"):
        denied.check_queries(["fine", "is thyme green"], "here")


@given(st.text(max_size=30))
def test_words_stay_equal_whatever_their_dress(text):
    assert plain_words(f"  {text.upper()}!") == plain_words(f"{text.upper()} ")
    assert plain_words(plain_words(text)) == plain_words(text)


def test_a_beir_folder_is_a_dev_part_of_its_judged_queries(beir):
    task = dev_of_folder(beir)
    assert dict(task.queries) == {"a": "Is thyme  GREEN?".replace("  ", " ")}
    assert task.relevant == {"a": frozenset({"3"})}
    assert task.passages["3"] == "t3 text 3"
    assert len(task.passages) == 8


def test_a_folder_that_judges_nothing_of_its_corpus_is_refused(beir):
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\na\t99\t2\n")
    with pytest.raises(InputError, match="judges no document"):
        dev_of_folder(beir)


def write_dev(folder, queries):
    texts = {
        "anchor": [f"q{n}" for n in range(queries)],
        "positive": [f"p{n}" for n in range(queries)],
        "negative_1": [f"n{n}" for n in range(queries)],
    }
    ids = {
        "query_id": [str(n) for n in range(queries)],
        "positive_pmid": [n + 1 for n in range(queries)],
        "negative_pmid_1": [(n + 1) % queries + 1 for n in range(queries)],
    }
    for name, columns in (("texts", texts), ("ids", ids)):
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / name / "dev-00000.parquet")


def test_an_exports_dev_part_searches_all_its_passages_and_is_bounded(tmp_path):
    assert dev_of_export(tmp_path) is None
    write_dev(tmp_path, MAX_QUERIES + 50)
    task = dev_of_export(tmp_path)
    assert task is not None
    assert len(task.queries) == MAX_QUERIES
    assert len(task.passages) == MAX_QUERIES + 1
    assert task.relevant["5"] == frozenset({"6"})


@pytest.fixture
def rows():
    number = range(ROWS)
    columns = {"anchor": [f"q{n}" for n in number], "positive": [f"p{n}" for n in number]}
    columns |= {f"negative_{k + 1}": [f"{n}/{k}" for n in number] for k in range(NEGATIVES)}
    negatives = np.array([[100 * n + k for k in range(NEGATIVES)] for n in number])
    known = Csr(np.arange(ROWS + 1), np.arange(ROWS, dtype=np.int32))
    ids = RowIds(np.arange(ROWS), np.arange(ROWS) + 1, negatives, known)
    return ExportRows(Dataset.from_dict(columns), ids)


def same_papers(rows):
    """Whether the text of every negative is that of its id."""
    for row, texts in enumerate(rows.texts):
        for column, pmid in zip(rows.negatives, rows.ids.negatives[row].tolist(), strict=True):
            assert texts[column] == f"{pmid // 100}/{pmid % 100}"
    assert len(rows.texts) == len(rows.ids.positive) == len(rows.ids.query)


def test_negatives_are_drawn_by_the_seed_with_their_ids(rows, tmp_path):
    drawn = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        settings = Settings(negatives=2, negatives_choice="sampled", seed=seed)
        found = chosen_rows(rows, settings, tmp_path / name)
        same_papers(found)
        assert found.texts.column_names == ["anchor", "positive", "negative_1", "negative_2"]
        assert all(len(set(own)) == 2 for own in found.ids.negatives.tolist())
        drawn.append(found.ids.negatives.tolist())
    assert drawn[0] == drawn[1] != drawn[2]
    assert len({pmid % 100 for own in drawn[0] for pmid in own}) == NEGATIVES


def test_the_first_negatives_and_rows_are_taken_with_their_ids(rows, tmp_path):
    found = chosen_rows(rows, Settings(negatives=3, rows=4), tmp_path)
    same_papers(found)
    assert found.ids.negatives.shape == (4, 3)
    with pytest.raises(SettingsError, match=r"5 negatives per row .* has 4"):
        chosen_rows(rows, Settings(negatives=5), tmp_path)


def test_an_exploded_row_becomes_one_for_every_negative(rows, tmp_path):
    found = chosen_rows(rows, Settings(exploded=True), tmp_path)
    same_papers(found)
    assert found.texts.column_names == ["anchor", "positive", "negative"]
    assert len(found.texts) == ROWS * NEGATIVES
    assert found.texts["anchor"][NEGATIVES] == "q1"
    assert found.ids.positive[NEGATIVES] == 2


@given(st.lists(st.integers(1, 400), min_size=1, max_size=300), st.integers(2, 16))
def test_batches_by_length_hold_every_row_once_and_differ_little(lengths, size):
    data = Dataset.from_dict({"anchor": ["x"] * len(lengths)})
    made = LengthGroups(data, size, lengths=np.array(lengths), seed=3)
    batches = list(made)
    assert len(batches) == len(made) == len(lengths) // size
    assert all(len(batch) == size for batch in batches)
    rows = [row for batch in batches for row in batch]
    assert len(set(rows)) == len(rows)
    assert batches == list(LengthGroups(data, size, lengths=np.array(lengths), seed=3))
    if len(batches) <= 50:
        spans = sorted((min(own), max(own)) for own in ([lengths[r] for r in b] for b in batches))
        assert all(left[1] <= right[0] for left, right in pairwise(spans))


def test_epochs_differ_in_the_order_of_batches():
    data = Dataset.from_dict({"anchor": ["x"] * 64})
    made = LengthGroups(data, 8, lengths=np.arange(64))
    first = list(made)
    made.set_epoch(1)
    assert list(made) != first


def test_lengths_are_those_of_all_texts():
    data = Dataset.from_dict({"anchor": ["ab", "é"], "positive": ["c", "defg"], "label": [0, 1]})
    assert text_lengths(data, ("anchor", "positive")).tolist() == [3, 5]


def test_patience_counts_evaluations_since_the_best_and_the_base_is_none():
    lines = [DevLine(0, 0.9), DevLine(2, 0.5), DevLine(4, 0.7), DevLine(6, 0.7), DevLine(8, 0.6)]
    assert best_line(lines) == DevLine(4, 0.7)
    assert is_patience_spent(lines, 2)
    assert not is_patience_spent(lines, 3)
    assert not is_patience_spent(lines, None)
    assert best_line([DevLine(0, 0.9)]) is None
    assert not is_patience_spent([DevLine(0, 0.9)], 1)


def test_a_log_is_read_up_to_a_line_that_a_kill_cut_short(tmp_path):
    file = tmp_path / "log.jsonl"
    assert read_log(file) == []
    lines = [LogLine(n, 0.5, 1e-5, 8 * n, 1.0, parts={"ranking": 0.5}) for n in (1, 2)]
    for line in lines:
        append_line(file, line)
    assert read_log(file) == lines
    file.write_text(file.read_text()[:-9])
    assert read_log(file) == lines[:1]


def test_a_batch_is_told_by_its_first_rows():
    facts = RowFacts(3, np.array([0, 1, 2] * 3), (np.arange(18).reshape(9, 2),))
    said = facts.describe(np.array([8, 0, 1, 2, 3, 4]))
    assert said.startswith("row 8 (PMID 16), row 0 (PMID 0)")
    assert said.endswith("and 2 more")
