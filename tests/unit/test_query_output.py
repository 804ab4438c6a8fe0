"""Answers written for people and programs: nothing lost, nothing guessed, nothing held back."""

import csv
import io
import itertools
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from neo4j.graph import Graph, Node, Path, Relationship
from neo4j.time import Date, Duration

from citemesh.errors import InputError, OutputExistsError
from citemesh.graph.query import parquet as query_parquet
from citemesh.graph.query.output import (
    TABLE_ROWS,
    TEXT_WRITERS,
    check_free_file,
    json_text,
    whole_file,
    write_file,
)
from citemesh.graph.query.parquet import write_parquet
from citemesh.graph.query.query import Answer
from citemesh.graph.query.refusals import readable_message
from citemesh.graph.query.values import plain_value

COLUMNS = ["pmid", "title", "share", "major", "names", "node"]
ROWS: list[list[Any]] = [
    [19, 'With "quotes", a comma\nand a line', 0.1, True, ["a,b", "c"], {"_labels": ["Article"]}],
    [2**62, "naïve 漢字 \u2028", None, False, [], {"x": [1, {"y": None}]}],
    [None, None, -1e-300, None, None, None],
]


def answer(rows, columns=COLUMNS, types=None):
    return Answer(list(columns), iter(rows), types or {})


def written(output_format, *arguments):
    stream = io.StringIO()
    TEXT_WRITERS[output_format](answer(*arguments), stream)
    return stream.getvalue()


def test_json_lines_give_every_value_back():
    lines = written("jsonl", ROWS).split("\n")
    assert lines.pop() == ""
    assert [list(json.loads(line).values()) for line in lines] == ROWS
    assert "漢字" in lines[1]


def test_csv_gives_every_value_back():
    header, *rows = csv.reader(io.StringIO(written("csv", ROWS), newline=""))
    assert header == COLUMNS
    for row, original in zip(rows, ROWS, strict=True):
        assert row[0] == ("" if original[0] is None else str(original[0]))
        assert row[1] == (original[1] or "")
        assert (float(row[2]) if row[2] else None) == original[2]
        assert row[3] == {True: "true", False: "false", None: ""}[original[3]]
        assert [json.loads(cell) if cell else None for cell in row[4:]] == original[4:]
    assert "\r" not in written("csv", ROWS)


@pytest.mark.parametrize("output_format", ["csv", "jsonl"])
def test_a_row_is_written_before_the_next_is_asked_for(output_format):
    stream = io.StringIO()

    def rows():
        for number in range(1000, 1003):
            assert str(number - 1) in stream.getvalue() or number == 1000
            yield [number]

    TEXT_WRITERS[output_format](answer(rows(), ["n"]), stream)
    assert "1002" in stream.getvalue()


def test_a_table_of_an_endless_answer_ends_and_says_that_it_was_cut(capsys, monkeypatch):
    monkeypatch.delenv("CITEMESH_QUIET", raising=False)
    table = written("table", ([n] for n in itertools.count()), ["n"])
    assert len(table.splitlines()) == TABLE_ROWS + 2
    assert "Cut after 1000 rows" in capsys.readouterr().err
    written("table", ([n] for n in range(TABLE_ROWS)), ["n"])
    assert "Cut" not in capsys.readouterr().err  # nothing was


def test_a_table_keeps_identifiers_and_its_lines_whole():
    lines = written("table", [[31_452_104, "two\nlines \x1b[31m" + "x" * 500]], ["pmid", "t"])
    assert "31452104" in lines
    assert len(lines.splitlines()) == 3
    assert "\x1b" not in lines and "…" in lines


def test_parquet_keeps_lists_and_declared_types_even_of_no_rows(tmp_path):
    types = {"pmid": "integer", "names": "list<string>", "share": "float"}
    columns = list(types)
    several: list[list[list[Any]]] = [[], [[None, None, None]], [[1, ["a"], 0.5]]]
    for number, rows in enumerate(several):
        path = tmp_path / f"{number}.parquet"
        assert write_parquet(answer(rows, columns, types), path) == len(rows)
        table = pq.read_table(path)
        assert table.schema.types == [pa.int64(), pa.list_(pa.string()), pa.float64()]
        assert [list(row.values()) for row in table.to_pylist()] == rows


def test_parquet_of_maps_drops_no_key_that_the_first_batch_lacks(tmp_path, monkeypatch):
    monkeypatch.setattr(query_parquet, "_BATCH", 2)
    maps = [{"a": 1}, {"a": 2}, {"b": 3}, [{"c": 4}]]
    path = tmp_path / "maps.parquet"
    write_parquet(answer([[m, n] for n, m in enumerate(maps[:3])], ["m", "n"]), path)
    read = pq.read_table(path).to_pylist()
    assert [json.loads(row["m"]) for row in read] == maps[:3]
    assert pq.ParquetFile(path).metadata.num_row_groups == 2


@pytest.mark.parametrize("values", [[None, None, "late"], [1, 2, 0.5], [1, "mixed"], [1, [1]]])
def test_a_column_that_does_not_fit_is_refused_and_leaves_no_file(tmp_path, monkeypatch, values):
    monkeypatch.setattr(query_parquet, "_BATCH", 2)
    with pytest.raises(InputError, match="'v' does not fit"):
        write_parquet(answer([[v] for v in values], ["v"]), tmp_path / "no.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows():
        yield [1]
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError):
        write_file(answer(rows(), ["n"]), path, TEXT_WRITERS["csv"])
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputExistsError, match="--force"):
        check_free_file(path, force=False)
    with pytest.raises(OutputExistsError, match="folder"):
        check_free_file(tmp_path, force=True)
    with whole_file(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_nodes_relationships_and_paths_become_maps():
    graph = Graph()
    first = Node(graph, "x:1", 1, ["Document", "Article"], {"pmid": 19})
    second = Node(graph, "x:2", 2, ["Descriptor"], {"ui": "D1", "name": "Lung"})
    stranger = Node(graph, "x:3", 3, [], {})
    tie = Relationship(graph, "y:1", 1, {"major": True})
    tie._start_node, tie._end_node = first, second
    tie.__class__ = graph.relationship_type("HAS_MESH")
    other = Relationship(graph, "y:2", 2, {})
    other._start_node, other._end_node = stranger, second
    other.__class__ = graph.relationship_type("KNOWS")
    expected = {"_type": "HAS_MESH", "_from": 19, "_to": "D1", "major": True}
    assert plain_value(tie) == expected
    path = plain_value(Path(first, tie))
    assert path == [plain_value(first), expected, plain_value(second)]
    assert path[0] == {"_labels": ["Article", "Document"], "pmid": 19}
    assert plain_value({"deep": [other]})["deep"][0]["_from"] == "x:3"


def test_every_plain_value_is_json():
    odd = [
        float("nan"), float("inf"), Date(2024, 2, 29), Duration(months=1), b"\xff\x00", (1, (2,)),
    ]  # fmt: skip
    plain = plain_value(odd)
    assert plain == ["nan", "inf", "2024-02-29", "P1M", "ff00", [1, [2]]]
    json.loads(json_text(plain), parse_constant=lambda name: pytest.fail(name))


def test_a_syntax_error_keeps_its_place_and_its_caret():
    message = f"Invalid input: expected {'a word, ' * 90}(line 2, column 1 (offset: 18))\n'X'\n ^"
    first, *rest = readable_message(message).split("\n")
    assert len(first) < 400
    assert first.endswith("(line 2, column 1 (offset: 18))")
    assert rest == ["'X'", " ^"]
