import gzip

import pytest

from citemesh.errors import InputError
from citemesh.evaluation.trec import read_qrels, read_run, write_qrels, write_run

RUN = {"q1": {"a": 0.1, "b": 1 / 3, "c": -2.5e-7}, "q2": {"10": 1.0, "9": 1.0, "é": 1.0}}


def test_a_run_comes_back_with_the_same_scores(tmp_path):
    write_run(tmp_path / "run.trec", RUN, "base")
    assert read_run(tmp_path / "run.trec") == RUN


def test_a_run_is_written_best_first_with_ties_by_descending_id(tmp_path):
    write_run(tmp_path / "run.trec", RUN, "base")
    lines = (tmp_path / "run.trec").read_text().splitlines()
    assert lines[0] == "q1 Q0 b 1 0.3333333333333333 base"
    assert [line.split()[2:4] for line in lines[3:]] == [["é", "1"], ["9", "2"], ["10", "3"]]


def test_qrels_come_back_as_they_were(tmp_path):
    qrels = {"q1": {"a": 2, "b": 0}, "q2": {"a": -1}}
    write_qrels(tmp_path / "qrels.tsv", qrels)
    assert read_qrels(tmp_path / "qrels.tsv") == qrels


@pytest.mark.parametrize("bad", ["two words", "", "tab\there", "line\nbreak", " lead", "no\u00a0"])
def test_names_with_white_space_are_refused(tmp_path, bad):
    path = tmp_path / "x"
    with pytest.raises(InputError, match="white space"):
        write_run(path, {bad: {"d": 1.0}}, "base")
    with pytest.raises(InputError, match="white space"):
        write_run(path, {"q": {bad: 1.0}}, "base")
    with pytest.raises(InputError, match="white space"):
        write_run(path, {"q": {"d": 1.0}}, bad)
    with pytest.raises(InputError, match="white space"):
        write_qrels(path, {bad: {"d": 1}})
    with pytest.raises(InputError, match="white space"):
        write_qrels(path, {"q": {bad: 1}})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n",
        "q1\td1\t2\nq1\td2\t0\n",
        "q1 0 d1 2\nq1 0 d2 0\n",
        "q1\t0\td1\t2\r\n\r\nq1\t0\td2\t0",
        "\ufeffquery-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n",
    ],
)
def test_qrels_of_beir_and_trec_are_read(tmp_path, text):
    (tmp_path / "test.tsv").write_text(text, encoding="utf-8")
    assert read_qrels(tmp_path / "test.tsv") == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1\td1\t1\nq1\td2\n", "line 2: not a judgment"),
        ("q1\td1\t1\nq1\td2\t1.5\n", "line 2: not a judgment"),
        ("q1\td1\t1.0\n", "line 1: not a judgment"),
        ("q1\td1\t1\nq1\td1\t2\n", "line 2: .* judged twice"),
        ("q 1\td1\t1\n", "line 1: not a judgment"),
        ("query-id\tcorpus-id\tscore\n", "judges no query"),
        ("", "judges no query"),
    ],
)
def test_broken_qrels_are_named_with_their_line(tmp_path, text, message):
    (tmp_path / "test.tsv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_qrels(tmp_path / "test.tsv")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("q1 Q0 d1 1 0.5", "line 2: not a line"),
        ("q1 Q0 d1 1 nan base", "line 2: not a line"),
        ("q1 Q0 d1 1 high base", "line 2: not a line"),
        ("q1 Q0 d0 2 0.4 base", "line 2: document 'd0' is there twice"),
    ],
)
def test_broken_runs_are_named_with_their_line(tmp_path, line, message):
    (tmp_path / "run.trec").write_text(f"q1 Q0 d0 1 0.9 base\n{line}\n")
    with pytest.raises(InputError, match=message):
        read_run(tmp_path / "run.trec")


def test_a_gzip_run_is_read(tmp_path):
    with gzip.open(tmp_path / "run.trec.gz", "wt") as stream:
        stream.write("q1 Q0 d0 1 0.9 base\n")
    assert read_run(tmp_path / "run.trec.gz") == {"q1": {"d0": 0.9}}


@pytest.mark.parametrize("name", ["test.tsv", "test.tsv.gz"])
def test_a_byte_order_mark_is_no_part_of_the_first_id(tmp_path, name):
    path = tmp_path / name
    content = "\ufeffq1\td1\t2\n".encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert read_qrels(path) == {"q1": {"d1": 2}}
