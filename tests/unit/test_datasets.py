import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from citemesh.errors import InputError
from citemesh.evaluation.datasets import read_beir

DOCUMENTS = [
    {"_id": "d10", "title": "Salt in sweat", "text": "Sweat holds more salt."},
    {"_id": "d9", "title": "", "text": "  Lungs fill with mucus. "},
    {"_id": "é", "title": "Only a title", "text": ""},
    {"_id": "d1", "text": "No title at all."},
]
QUERIES = [
    {"_id": "q1", "text": "Why is sweat salty?"},
    {"_id": "unjudged", "text": "Does anybody ask?"},
    {"_id": "q2", "text": "What fills the lungs?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq2\td9\t1\nq1\td10\t2\nq1\té\t0\n"


def lines(records: Iterable[object]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def write_task(
    folder: Path, corpus: str | None = None, queries: str | None = None, qrels: str = QRELS
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(lines(DOCUMENTS) if corpus is None else corpus)
    (folder / "queries.jsonl").write_text(lines(QUERIES) if queries is None else queries)
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def refused(folder: Path, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        read_beir(folder)
    assert "\n" not in str(error.value)


def test_a_task_is_read(tmp_path):
    task = read_beir(write_task(tmp_path / "salt"))
    assert task.name == "salt"
    assert task.queries == {"q1": "Why is sweat salty?", "q2": "What fills the lungs?"}
    assert task.unjudged == 1
    assert task.qrels == {"q2": {"d9": 1}, "q1": {"d10": 2, "é": 0}}
    assert [name.decode() for name in task.corpus.ids] == ["d10", "d9", "é", "d1"]


def test_texts_are_title_and_text_stripped_and_can_be_read_again(tmp_path):
    corpus = read_beir(write_task(tmp_path / "salt")).corpus
    texts = [
        "Salt in sweat Sweat holds more salt.",
        "Lungs fill with mucus.",
        "Only a title",
        "No title at all.",
    ]
    assert list(corpus.texts()) == texts
    assert list(corpus.texts()) == texts


def test_the_order_of_ids_is_that_of_their_bytes(tmp_path):
    corpus = read_beir(write_task(tmp_path / "salt")).corpus
    assert [corpus.ids[row].decode() for row in corpus.order] == ["d1", "d10", "d9", "é"]


def test_gzip_files_give_the_same_task(tmp_path):
    plain = read_beir(write_task(tmp_path / "plain"))
    packed = write_task(tmp_path / "packed")
    for name in ("corpus.jsonl", "queries.jsonl"):
        data = (packed / name).read_bytes()
        (packed / f"{name}.gz").write_bytes(gzip.compress(data))
        (packed / name).unlink()
    task = read_beir(packed)
    assert task.corpus.sha256 == plain.corpus.sha256
    assert task.queries == plain.queries


def test_the_texts_hash_sees_order_and_borders(tmp_path):
    def sha(name: str, *texts: str) -> str:
        corpus = lines({"_id": f"d{i}", "text": text} for i, text in enumerate(texts))
        folder = write_task(tmp_path / name, corpus=corpus, qrels="q1\td0\t1\n")
        return read_beir(folder).corpus.sha256

    assert len({sha("a", "ab", "c"), sha("b", "a", "bc"), sha("c", "c", "ab")}) == 3


def test_whole_number_ids_and_empty_lines_are_taken(tmp_path):
    corpus = '{"_id": 7, "text": "Seven."}\n\n{"_id": 8, "text": "Eight."}\n'
    task = read_beir(write_task(tmp_path / "n", corpus=corpus, qrels="q1\t7\t1\n"))
    assert task.corpus.ids.tolist() == [b"7", b"8"]


def test_another_split_can_be_read(tmp_path):
    folder = write_task(tmp_path / "salt")
    (folder / "qrels" / "dev.tsv").write_text("q1\td1\t1\n")
    assert read_beir(folder, split="dev").qrels == {"q1": {"d1": 1}}
    with pytest.raises(InputError, match=r"no judgments qrels/train\.tsv.*dev\.tsv, test\.tsv"):
        read_beir(folder, split="train")


def test_a_query_with_only_grade_zero_stays_in(tmp_path):
    task = read_beir(write_task(tmp_path / "salt", qrels="q1\td1\t0\nq2\td9\t1\n"))
    assert list(task.queries) == ["q1", "q2"]


def test_missing_parts_are_named(tmp_path):
    refused(tmp_path / "nowhere", "no folder")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", r"no corpus\.jsonl")
    for name in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"):
        folder = write_task(tmp_path / name.replace("/", "-"))
        (folder / name).unlink()
        refused(folder, f"no (judgments )?{name}")


def test_a_folder_of_tasks_is_told_apart(tmp_path):
    write_task(tmp_path / "tasks" / "titles")
    refused(tmp_path / "tasks", "give one of them: titles")


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ('{"_id": "d1", "text": "Good."}\n{"_id": "d2", "text": \n', "line 2: not JSON"),
        ('["d1", "a list"]\n', "line 1: not a JSON object"),
        ('{"text": "no id"}\n', "line 1: None cannot be an id"),
        ('{"_id": "a b", "text": "x"}\n', "line 1: 'a b' cannot be an id"),
        ('{"_id": true, "text": "x"}\n', "line 1: True cannot be an id"),
        ('{"_id": "d1"}\n', 'line 1: a document needs a "title" or a "text"'),
        ('{"_id": "d1", "text": 3}\n', 'line 1: "text" is not a text'),
        ("", "holds no document"),
        (
            '{"_id": "d1", "text": "a"}\n\n{"_id": "d2", "text": "b"}\n{"_id": "d1", "text": "c"}',
            "line 4: the id 'd1' is there twice",
        ),
    ],
)
def test_a_broken_corpus_is_named_with_its_line(tmp_path, corpus, message):
    folder = write_task(tmp_path / "t", corpus=corpus, qrels="q1\td1\t1\n")
    refused(folder, message)


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ('{"_id": "q1", "text": "a"}\n{"_id": "q1", "text": "b"}\n', "line 2: .* twice"),
        ('{"_id": "q1"}\n', 'line 1: a query needs a "text"'),
        ("not json\n", "line 1: not JSON"),
    ],
)
def test_broken_queries_are_named_with_their_line(tmp_path, queries, message):
    refused(write_task(tmp_path / "t", queries=queries, qrels="q1\td1\t1\n"), message)


def test_judged_documents_that_are_not_there_are_counted_and_shown(tmp_path):
    qrels = "".join(f"q1\tlost{i}\t1\n" for i in range(5)) + "q1\td1\t1\nq1\tzzz\t1\n"
    refused(
        write_task(tmp_path / "t", qrels=qrels),
        r"6 documents that are not in corpus\.jsonl: lost0, lost1, lost2 …",
    )


def test_judged_queries_that_are_not_there_are_counted_and_shown(tmp_path):
    refused(write_task(tmp_path / "t", qrels="q1\td1\t1\nq7\td1\t1\n"), "1 queries .* q7")


def test_a_truncated_gzip_is_named(tmp_path):
    folder = write_task(tmp_path / "t")
    data = gzip.compress((folder / "corpus.jsonl").read_bytes())
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(data[: len(data) // 2])
    refused(folder, r"corpus\.jsonl\.gz is damaged or cut short")
    (folder / "corpus.jsonl.gz").write_bytes(b"not gzip at all")
    refused(folder, r"corpus\.jsonl\.gz is damaged or cut short")


def test_another_encoding_is_named(tmp_path):
    folder = write_task(tmp_path / "t")
    (folder / "queries.jsonl").write_bytes('{"_id": "q1", "text": "é"}'.encode("latin-1"))
    refused(folder, "not UTF-8")
