"""Every Cypher file has a true header, and every query that Python names has a file."""

import ast
import re
from pathlib import Path

import pytest

from citemesh.errors import InputError
from citemesh.graph.cypher import ROOMS, named_query, parse_query, query_names

ROOT = Path(__file__).parents[2]
ALL = [(room, name) for room in ROOMS for name in query_names(room)]


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
    for _, name in ALL:
        assert name in named or name.startswith(by_prefix), f"{name} is never used"


def test_no_cypher_in_python():
    for folder in ("core", "graph", "mining", "training", "evaluation"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\b(MATCH|UNWIND|MERGE) [\(\$]", path.read_text()), path


def test_an_unknown_name_is_refused_even_one_that_is_a_path():
    for name in ("nothing_like_this", "../queries/cited", "cited.cypher"):
        with pytest.raises(InputError, match="no query"):
            named_query("mining", name)


@pytest.mark.parametrize(
    "content", ["MATCH (n) RETURN n", "// Purpose.\nRETURN 1", "// params: none"]
)
def test_a_header_that_lacks_a_part_is_refused(content):
    with pytest.raises(InputError, match="header"):
        parse_query("some_name", content)
