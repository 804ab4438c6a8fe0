"""The cookbook page is what its queries give on the real file.

To write it anew: WRITE_COOKBOOK=1 python -m pytest tests/neo4j/test_cookbook.py -k page_shows
"""

import os
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from citemesh.graph.cypher import named_query, query_names
from citemesh.graph.query.command import query as query_command
from citemesh.graph.query.output import json_text
from citemesh.graph.query.params import example_params, typed_params
from citemesh.graph.query.query import Question, open_for_queries
from citemesh.outputs import write_text
from citemesh.tables import render_table

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
NAMES = query_names("cookbook")
OF_HEADINGS = [name for name in NAMES if "heading" in named_query("cookbook", name).params]
ROWS = 5
#: Queries whose few rows belong together.
WHOLE = {"audit_pair": 13, "audit_pair_papers": 8, "audit_pair_headings": 13}
#: Other people's texts, and a time that differs from load to load.
HIDDEN = {"title", "finished"}
#: Queries for which the real file has no row: its two retracted papers are cited by nobody.
EMPTY = {"retracted_still_cited"}
TOP = """# Cookbook

The queries of `citemesh graph query`, each with its command, its Cypher and what it gives on the
real PubMed file that `citemesh demo` loads. A title is shown as `…`: it is its author's text. A
heading is given by its name or its UI. `--format csv|jsonl|parquet` and `--out FILE` are for
programs; the Cypher can be pasted into any Neo4j client ([cypher.md](cypher.md)).

A test holds this page against the queries; `WRITE_COOKBOOK=1 make test
ARGS="tests/neo4j/test_cookbook.py -k page_shows"` writes it anew.

| query | takes |
| --- | --- |
"""
TYPES = {"integer": int, "float": float, "string": str, "boolean": bool}


def ask(client, name, **more):
    query = named_query("cookbook", name)
    rows = WHOLE.get(name, ROWS)
    limit = {"limit": str(rows)} if "limit" in query.params else {}
    params = typed_params(query, {**example_params(query), **limit, **more})
    with client.ask(Question(query.text, params, limit=rows)) as answer:
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def command(name):
    given = example_params(named_query("cookbook", name)).items()
    words = [f"--param {shlex.quote(f'{key}={value}')}" for key, value in given]
    return " ".join(["citemesh graph query", name, *words, f"--limit {WHOLE.get(name, ROWS)}"])


def shown(rows):
    hidden = [{k: "…" if k in HIDDEN and v else v for k, v in row.items()} for row in rows]
    return render_table(hidden, thousands=False, widest=80)


def section(client, name):
    query = named_query("cookbook", name)
    return "\n".join([
        f"\n## {name}\n", f"{query.purpose}\n",
        "```", f"$ {command(name)}", shown(ask(client, name)), "```\n",
        "```cypher", query.text, "```",
    ])  # fmt: skip


def page(client):
    index = [
        f"| [{name}](#{name}) | {named_query('cookbook', name).takes.replace('|', '')} |"
        for name in NAMES
    ]
    sections = [section(client, name) for name in NAMES]
    return TOP + "\n".join([*index, *sections]) + "\n"


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


def test_the_page_shows_what_the_queries_give(client):
    made = page(client)
    if os.environ.get("WRITE_COOKBOOK"):
        write_text(PAGE, made)
    assert made == PAGE.read_text(encoding="utf-8"), "Write it anew, as said at its top."


@pytest.mark.parametrize("name", NAMES)
def test_a_query_finds_rows_of_the_types_that_it_declares(client, name):
    rows = ask(client, name)
    assert bool(rows) == (name not in EMPTY)
    types = named_query("cookbook", name).columns
    for row in rows:
        assert list(row) == list(types)
        for column, value in row.items():
            kind, many = types[column].removeprefix("list<").rstrip(">"), "<" in types[column]
            for item in value if many else [value]:
                assert item is None or type(item) is TYPES[kind], (column, value)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_on_the_page_gives_these_rows(client, real_workspace, name):
    words = [*shlex.split(command(name))[3:], "--format", "jsonl"]
    done = CliRunner().invoke(query_command, words, obj=real_workspace)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [json_text(row) for row in ask(client, name)]


@pytest.mark.parametrize(
    "name", [n for n in NAMES if "heading" in named_query("cookbook", n).params]
)
def test_a_heading_may_be_given_by_its_ui(client, name):
    heading = example_params(named_query("cookbook", name))["heading"]
    found = ask(client, "headings_named", text=heading, limit="1000")
    (ui,) = (row["ui"] for row in found if row["heading"] == heading)
    assert ask(client, name, heading=ui) == ask(client, name)
