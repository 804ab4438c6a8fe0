"""Exports read by their real consumer, and held-out tasks by the evaluation's own reader."""

import json

import datasets
import pytest

from citemesh.evaluation.datasets import read_beir
from citemesh.graph.corpus import Corpus
from citemesh.mining.negatives import read_mined
from tests.support import one_clear_line, run_citemesh


@pytest.fixture(scope="module")
def mined(real_workspace):
    done = run_citemesh(
        real_workspace.root, "mine", "--strategy", "cited=1", "--strategy", "sibling=3",
        "--limit", 600, "--name", "for-export",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return real_workspace


def exported(workspace, name, *arguments):
    done = run_citemesh(workspace.root, "export", "for-export", "--name", name, *arguments)
    assert done.returncode == 0, done.stderr
    folder = workspace.export(name)
    cache = str(workspace.root / "datasets-cache")
    texts = datasets.load_dataset(str(folder), split="train", cache_dir=cache)
    ids = datasets.load_dataset(str(folder), "ids", split="train", cache_dir=cache)
    return folder, texts, ids


def test_n_tuples_hold_the_texts_of_their_ids(mined):
    folder, texts, ids = exported(mined, "tuples", "--negatives", 2)
    assert texts.column_names == ["anchor", "positive", "negative_1", "negative_2"]
    expected = [(a, own) for a, own in read_mined(mined.mined("for-export")) if len(own) >= 2]
    assert len(texts) == len(ids) == len(expected) > 300
    documents = Corpus(mined.corpus).documents(
        {pmid for column in ("positive_pmid", "negative_pmid_1", "negative_pmid_2")
         for pmid in ids[column]}
    )  # fmt: skip
    for text, row, (anchor, own) in zip(texts, ids, expected, strict=True):
        assert (row["query_id"], text["anchor"]) == (anchor.query_id, anchor.query)
        assert text["positive"] == documents[anchor.positive_pmids[0]].abstract
        for number in (1, 2):
            assert row[f"negative_pmid_{number}"] == own[number - 1].negative_pmid
            assert row[f"strategy_{number}"] == own[number - 1].strategy
            assert text[f"negative_{number}"] == documents[row[f"negative_pmid_{number}"]].abstract
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["counts"]["rows"] == len(texts)
    assert manifest["dropped"] == {"anchors with fewer than 2 negatives": 600 - len(texts)}


def test_triplets_are_one_row_per_negative(mined):
    _, texts, ids = exported(mined, "triplets", "--layout", "triplet")
    assert texts.column_names == ["anchor", "positive", "negative"]
    rows = [(a.query_id, n.negative_pmid) for a, own in read_mined(mined.mined("for-export"))
            for n in own]  # fmt: skip
    assert list(zip(ids["query_id"], ids["negative_pmid"], strict=True)) == rows
    assert len(texts) == len(rows)


def test_the_card_prints_no_text(mined):
    folder, texts, _ = exported(mined, "card", "--negatives", 1)
    card = (folder / "README.md").read_text()
    assert not any(text[:60] in card for text in texts["positive"])
    assert "National Library of Medicine" in card


def ids_of(folder, split):
    rows = datasets.load_dataset(
        str(folder), "ids", split=split, cache_dir=str(folder.parent / f"cache-{folder.name}")
    )
    return rows.to_pandas()


def test_a_dev_part_shares_no_paper_and_is_the_same_again(mined):
    parts = ("--layout", "triplet", "--dev", 0.05, "--seed", 3)
    folder, texts, _ = exported(mined, "parted", *parts)
    again, _, _ = exported(mined, "parted-again", *parts)
    for file in ("texts/train-00000.parquet", "texts/dev-00000.parquet"):
        assert (folder / file).read_bytes() == (again / file).read_bytes()
    papers = {}
    for split in ("train", "dev"):
        rows = ids_of(folder, split)
        papers[split] = set(rows["positive_pmid"]) | set(rows["negative_pmid"])
        assert len(rows) > 20
    assert not papers["train"] & papers["dev"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["seed"] == 3
    assert 20 <= manifest["counts"]["dev anchors"] <= 30  # five of a hundred of 600
    assert manifest["dropped"]["negatives that the dev part uses"] > 0
    assert manifest["counts"]["rows"] == len(texts)


@pytest.fixture(scope="module")
def cited(real_workspace):
    done = run_citemesh(
        real_workspace.root, "mine", "--anchors", "citations", "--strategy", "sibling=2",
        "--limit", 80, "--name", "cited",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return real_workspace


def written(workspace, trainer, *arguments):
    name = f"cited-{trainer}"
    done = run_citemesh(
        workspace.root, "export", "cited", "--format", trainer, "--name", name, *arguments
    )
    assert done.returncode == 0, done.stderr
    return workspace.export(name)


def test_a_beir_folder_is_a_task_that_evaluation_reads(cited):
    folder = written(cited, "beir", "--dev", 0.2)
    expected = {a.query_id: a for a, _ in read_mined(cited.mined("cited"))}
    tasks = {split: read_beir(folder, split) for split in ("train", "dev")}
    assert not set(tasks["train"].queries) & set(tasks["dev"].queries)
    for task in tasks.values():
        for query_id, judged in task.qrels.items():
            assert task.queries[query_id] == expected[query_id].query
            assert set(judged) == {str(pmid) for pmid in expected[query_id].positive_pmids}


def test_what_flagembedding_reads_are_titles_and_abstracts_of_cited_papers(cited):
    folder = written(cited, "flagembedding", "--negatives", 1)
    rows = datasets.load_dataset(
        "json", data_files=[str(path) for path in (folder / "train").iterdir()], split="train",
        cache_dir=str(cited.root / "datasets-cache"),
    )  # fmt: skip
    mined = [(a, own[:1]) for a, own in read_mined(cited.mined("cited")) if own]
    assert len(rows) == len(mined) > 40
    pmids = {p for a, own in mined for p in (*a.positive_pmids, own[0].negative_pmid)}
    documents = Corpus(cited.corpus).documents(pmids)
    for row, (anchor, own) in zip(rows, mined, strict=True):
        assert row["query"] == anchor.query
        found = [documents[pmid] for pmid in anchor.positive_pmids]
        assert row["pos"] == [f"{d.title} {d.abstract}" for d in found]
        assert row["neg"] == [
            f"{d.title} {d.abstract}" for d in (documents[n.negative_pmid] for n in own)
        ]


def test_ids_stand_for_passages_of_one_corpus(cited):
    folder = written(cited, "tevatron", "--layout", "ids", "--shard-rows", 30)
    cache = str(cited.root / "datasets-cache")
    rows = datasets.load_dataset(str(folder), split="train", cache_dir=cache)
    corpus = datasets.load_dataset(str(folder), "corpus", split="train", cache_dir=cache)
    used = {key for row in rows for column in ("positive_document_ids", "negative_document_ids")
            for key in row[column]}  # fmt: skip
    assert set(corpus["docid"]) == used
    assert len(corpus) == len(used)
    assert len(list((folder / "corpus").iterdir())) == -(-len(used) // 30)
    assert all(corpus["text"])


def test_a_layout_of_another_format_is_refused(cited):
    refused = run_citemesh(
        cited.root, "export", "cited", "--format", "beir", "--layout", "triplet", "--name", "none"
    )
    assert "has no layout 'triplet'" in one_clear_line(refused)
    assert not cited.export("none").exists()


def test_asking_for_more_negatives_than_anyone_has_is_refused(mined):
    refused = run_citemesh(mined.root, "export", "for-export", "--name", "none", "--negatives", 9)
    assert "has 9 negatives" in one_clear_line(refused)
    assert not mined.export("none").exists()


def test_what_was_not_mined_is_named_with_its_command(mined):
    assert "citemesh mine --name nothing" in one_clear_line(
        run_citemesh(mined.root, "export", "nothing")
    )


def test_held_out_tasks_are_sound(real_workspace):
    done = run_citemesh(
        real_workspace.root, "holdout", "--documents", 500, "--queries", 60, "--name", "sound"
    )
    assert done.returncode == 0, done.stderr
    folder = real_workspace.tasks("sound")
    held = set((folder / "pmids.txt").read_text().split())
    tasks = {name: read_beir(folder / name) for name in ("title-abstract", "title-cited")}
    corpora = {name: (folder / name / "corpus.jsonl").read_bytes() for name in tasks}
    assert corpora["title-abstract"] == corpora["title-cited"]
    documents = {json.loads(line)["_id"] for line in corpora["title-cited"].splitlines()}
    assert documents == held
    assert len(held) == 500
    for task in tasks.values():
        assert 0 < len(task.queries) <= 60
        assert {doc for judged in task.qrels.values() for doc in judged} <= held
    for query, judged in tasks["title-cited"].qrels.items():
        assert query in held
        assert query not in judged
