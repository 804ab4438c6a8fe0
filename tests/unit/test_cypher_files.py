"""Every Cypher file has a true header, and every query that Python names has a file."""

import ast
import re
from pathlib import Path

import pytest

from citemesh.errors import InputError
from citemesh.graph.cypher import PARAM_TYPES, ROOMS, named_query, parse_query, query_names
from citemesh.graph.query.params import example_params, typed_params

ROOT = Path(__file__).parents[2]
ALL = [(room, name) for room in ROOMS for name in query_names(room)]
COOKBOOK = query_names("cookbook")
HEADER = "// Purpose.\n// params: {}\n// returns: {}\n// uses index: none\nRETURN 1"


@pytest.mark.parametrize(("room", "name"), ALL)
def test_the_declared_parameters_are_those_of_the_text(room, name):
    query = named_query(room, name)
    assert set(re.findall(r"\$(\w+)", query.text)) == set(query.params)
    assert query.purpose.endswith(".")


def test_every_query_named_in_python_exists_and_every_query_is_named():
    named = set()
    for folder in ("core", "graph", "mining", "training", "evaluation"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    named.add(node.value)
    by_prefix = ("load_", "schema_")  # named by a table, or applied all together
    for room, name in ALL:
        if room != "cookbook":  # those are named by people
            assert name in named or name.startswith(by_prefix), f"{name} is never used"


@pytest.mark.parametrize("name", COOKBOOK)
def test_a_cookbook_query_can_be_asked_by_typing(name):
    query = named_query("cookbook", name)
    assert set(query.params.values()) <= set(PARAM_TYPES)
    assert typed_params(query, example_params(query)).keys() == query.params.keys()
    assert "limit" not in query.params or "limit" in query.defaults
    assert query.columns, "it returns nothing"


@pytest.mark.parametrize("name", COOKBOOK)
def test_a_cookbook_query_only_reads_and_always_orders_its_rows(name):
    query = named_query("cookbook", name)
    writes = r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|LOAD)\b"
    assert not re.search(writes, query.text)
    if name != "paper":  # one row
        assert re.search(r"ORDER BY [^{}]*$", query.text), "the order of its rows is left to chance"
    if "limit" in query.params:
        assert re.search(r"LIMIT \$limit\b", query.text)


def test_defaults_and_columns_are_read_from_the_header():
    query = parse_query(
        "some_name",
        HEADER.format(
            "pmid integer, name string = Lung, none integer = null", "a integer, b list<list<any>>"
        ),
    )
    assert query.params == {"pmid": "integer", "name": "string", "none": "integer"}
    assert query.defaults == {"name": "Lung", "none": "null"}
    assert query.columns == {"a": "integer", "b": "list<list<any>>"}
    assert query.takes == "pmid integer, name string = Lung, none integer = null"
    assert parse_query("some_name", HEADER.format("none", "nothing")).columns == {}


def test_no_cypher_in_python():
    for folder in ("core", "graph", "mining", "training", "evaluation"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\b(MATCH|UNWIND|MERGE) [\(\$]", path.read_text()), path


def test_an_unknown_name_is_refused_even_one_that_is_a_path():
    for name in ("nothing_like_this", "../queries/cited", "cited.cypher"):
        with pytest.raises(InputError, match="no query"):
            named_query("mining", name)


def test_a_mistyped_name_gets_the_names_near_it():
    with pytest.raises(InputError, match=r"Near it: .*neighbourhood"):
        named_query("cookbook", "neighborhood")
    with pytest.raises(InputError, match="citemesh graph query"):
        named_query("cookbook", "zzz")


@pytest.mark.parametrize(
    "content", ["MATCH (n) RETURN n", "// Purpose.\nRETURN 1", "// params: none"]
)
def test_a_header_that_lacks_a_part_is_refused(content):
    with pytest.raises(InputError, match="header"):
        parse_query("some_name", content)
