"""`citemesh graph query` as people type it: what it prints, refuses, stops and never changes."""

import json
import signal
import subprocess
import time

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from citemesh.errors import CitemeshError
from citemesh.graph.cypher import NamedQuery, named_query, query_names
from citemesh.graph.query.command import query as query_command
from citemesh.graph.query.query import open_for_queries
from tests.support import clean_environment, command_line, one_clear_line, run_citemesh

ENDLESS = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b "
BUSY = ENDLESS + "WITH a, b WHERE (a * b) % 7 = 9 RETURN count(*) AS n"


def query(workspace, *arguments, **options):
    """Run the command in this process, which saves most of a test's time."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(query_command, words, obj=workspace, **options)


def refusal(workspace, *arguments):
    error = query(workspace, *arguments).exception
    assert isinstance(error, CitemeshError), error
    return str(error)


def rows(workspace, *arguments):
    done = query(workspace, *arguments, "--format", "jsonl")
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


def ask(client, text):
    return client.rows(NamedQuery("test", "A test's own question.", {}, "", "none", "", text))


def version(client):
    (row,) = client.rows(named_query("graph", "graph_state"))
    return row["version"]


def running(client):
    found = ask(client, "SHOW TRANSACTIONS YIELD currentQuery, metaData")
    return [row["currentQuery"] for row in found if "citemesh" in row["metaData"]]


def test_the_list_names_every_query_with_what_it_takes_and_starts_no_server(tmp_path):
    done = run_citemesh(tmp_path / "nothing", "graph", "query")
    assert done.returncode == 0, done.stderr
    listed = " ".join(done.stdout.split())
    for name in query_names("cookbook"):
        described = named_query("cookbook", name)
        assert f"{name} {described.purpose} takes: {described.takes}" in listed
    assert len(query_names("cookbook")) >= 15
    assert not (tmp_path / "nothing").exists()


def test_a_workspace_without_a_graph_is_told_how_to_load_one(tmp_path):
    refused = run_citemesh(tmp_path / "nothing", "graph", "query", "hubs")
    assert "citemesh graph load" in one_clear_line(refused)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["neighborhood"], "Near it: neighbourhood"),
        (["paper"], "needs --param pmid=… It takes: pmid integer"),
        (["paper", "--param", "pmid=x"], "pmid as integer, not 'x'"),
        (["paper", "--param", "pmid=1", "--param", "year=2"], "no parameter 'year'"),
        (["paper", "--param", "pmid=1", "--cypher", "RETURN 1"], "Give one of them"),
        (["paper", "--param", "pmid=1", "--write"], "only read"),
        (["hubs", "--format", "parquet"], "--out"),
        (["--cypher", " "], "empty"),
        (["--cypher", "RETURN $x AS x"], "needs a value for: x"),
        (["--cypher", "RETURN 1/0 AS x"], "/ by zero"),
        (["--cypher", "RETURN 1 AS a; RETURN 2 AS b"], "refuses the query"),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(real_workspace, arguments, expected):
    assert expected in refusal(real_workspace, *arguments)


def test_a_syntax_error_shows_the_place_with_its_caret(real_workspace):
    words = ["graph", "query", "--cypher", "MATCH (a:Article)\n  RETRN a.pmid"]
    done = run_citemesh(real_workspace.root, *words)
    assert "Invalid input 'RETRN'" in one_clear_line(done)
    first, place, caret = done.stderr.splitlines()[-3:]
    assert "(line 2, column 3" in first and len(first) < 500
    assert place[caret.index("^")] == "R" and "RETRN" in place


@pytest.mark.parametrize(
    "text",
    ["CREATE (:Made)", "MATCH (a:Article) SET a.title = null", "MATCH (a) DETACH DELETE a",
     "CREATE INDEX made FOR (m:Made) ON (m.x)", "CALL db.createLabel('Made')",
     "MATCH (a:Article) CALL (a) { SET a.x = 1 } IN TRANSACTIONS"],
)  # fmt: skip
def test_a_write_is_refused_by_the_server_unless_it_is_asked_for(real_workspace, client, text):
    before = version(client)
    assert "--write" in refusal(real_workspace, "--cypher", text)
    assert ask(client, "MATCH (a:Article) WHERE a.title IS NOT NULL RETURN count(a) AS n") != [
        {"n": 0}
    ]
    assert version(client) == before


def test_a_write_raises_the_version_even_when_nobody_reads_its_rows(real_workspace, client):
    before = version(client)
    made = query(
        real_workspace, "--write", "--limit", 1, "--format", "jsonl",
        "--cypher", "UNWIND range(1, 20000) AS n CREATE (m:Made {n: n}) RETURN m",
    )  # fmt: skip
    try:
        assert made.exit_code == 0, made.stderr
        assert [json.loads(line) for line in made.stdout.splitlines()] == [
            {"m": {"_labels": ["Made"], "n": 1}}
        ]
        assert "nodes created: 20,000" in made.stderr
        assert ask(client, "MATCH (m:Made) RETURN count(m) AS n") == [{"n": 20_000}]
        assert version(client) > before
    finally:
        removed = query(
            real_workspace, "--write",
            "--cypher", "MATCH (m:Made) CALL (m) { DELETE m } IN TRANSACTIONS OF 5000 ROWS",
        )  # fmt: skip
    assert removed.exit_code == 0, removed.stderr
    assert ask(client, "MATCH (m:Made) RETURN count(m) AS n") == [{"n": 0}]


def test_own_parameters_are_json_where_they_are(real_workspace):
    (row,) = rows(
        real_workspace, "--cypher", "RETURN $n AS n, $l AS l, $t AS t, $q AS q",
        "--param", "n=19", "--param", 'l=["a,b", 1]', "--param", "t=D008168", "--param", 'q="19"',
    )  # fmt: skip
    assert row == {"n": 19, "l": ["a,b", 1], "t": "D008168", "q": "19"}


def test_the_text_of_a_parameter_is_never_cypher(real_workspace):
    trick = "Lung'}) DETACH DELETE d //"
    assert rows(real_workspace, "heading_years", "--param", f"heading={trick}") == []
    assert rows(
        real_workspace, "--cypher", "RETURN $x AS x", "--param", f"x={trick}"
    ) == [{"x": trick}]  # fmt: skip


def test_cypher_comes_from_stdin_and_a_path_prints_as_maps(real_workspace):
    text = "MATCH p = (:Article {pmid: 407250})-[:CITES]->(:Article {pmid: 404244}) RETURN p"
    done = query(real_workspace, "--cypher", "-", "--format", "jsonl", input=text)
    citing, tie, cited = json.loads(done.stdout)["p"]
    assert citing["_labels"] == ["Article", "Document"] and citing["pmid"] == 407250
    assert (tie["_type"], tie["_from"], tie["_to"]) == ("CITES", 407250, 404244)
    assert cited["pmid"] == 404244


def test_the_formats_hold_the_same_rows(real_workspace, tmp_path):
    asked = ["headings_of", "--param", "pmid=407250"]
    expected = rows(real_workspace, *asked)
    path = tmp_path / "new" / "headings.parquet"
    done = query(real_workspace, *asked, "--out", path)  # the ending names the format
    assert done.exit_code == 0, done.stderr
    assert pq.read_table(path).to_pylist() == expected
    assert "--force" in refusal(real_workspace, *asked, "--out", path)
    csv = query(real_workspace, *asked, "--format", "csv").stdout
    assert len(csv.splitlines()) == len(expected) + 1


def test_a_heading_that_finds_nothing_gets_a_hint(real_workspace):
    done = query(real_workspace, "heading_years", "--param", "heading=lung")
    assert done.exit_code == 0
    assert "headings_named" in done.stderr


def start(workspace, *arguments):
    line = command_line(workspace.root, "graph", "query", *arguments)
    pipe = subprocess.PIPE
    return subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, env=clean_environment())


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


@pytest.mark.parametrize(
    "arguments",
    [["--cypher", BUSY], ["--write", "--cypher", "CREATE (:Made) WITH 1 AS one " + BUSY]],
)
def test_an_interrupt_ends_quietly_and_stops_the_query_on_the_server(
    real_workspace, client, arguments
):
    process = start(real_workspace, *arguments)
    until(lambda: any("1000000" in text for text in running(client)))
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == "" and "Traceback" not in errors and "Error" not in errors
    until(lambda: not running(client), 10)
    assert ask(client, "MATCH (m:Made) RETURN count(m) AS n") == [{"n": 0}]


@pytest.mark.parametrize("output_format", ["csv", "jsonl"])
def test_a_reader_who_leaves_ends_it_quietly_on_the_server_too(
    real_workspace, client, output_format
):
    process = start(real_workspace, "--cypher", ENDLESS + "RETURN a, b", "--format", output_format)
    assert process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(60) == 0
    assert errors == ""
    until(lambda: not running(client), 10)


@pytest.mark.parametrize("arguments", [[], ["--limit", 3]])
def test_an_endless_answer_can_be_cut(real_workspace, client, arguments):
    done = query(real_workspace, "--cypher", ENDLESS + "RETURN a, b", *arguments)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) == (3 if arguments else 1000) + 2
    assert ("Cut after" in done.stderr) == (not arguments)
    until(lambda: not running(client), 10)


def test_an_interrupted_file_is_not_left_half_written(real_workspace, tmp_path):
    process = start(
        real_workspace, "--cypher", ENDLESS + "RETURN a, b", "--out", tmp_path / "x.csv"
    )
    until(lambda: list(tmp_path.iterdir()))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130 and list(tmp_path.iterdir()) == []
