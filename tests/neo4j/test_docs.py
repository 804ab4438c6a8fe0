"""The examples in the docs, run on the real file."""

import re
from pathlib import Path

import pytest

from citemesh.graph.cypher import NamedQuery
from citemesh.graph.state import open_loaded_graph
from tests.support import run_citemesh

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("text", blocks("cypher.md", "cypher"))
def test_a_query_of_the_cypher_page_finds_something(real_workspace, text):
    with open_loaded_graph(real_workspace) as client:
        assert client.rows(NamedQuery("shown", "A query in the docs.", {}, "", "none", "", text))


@pytest.mark.parametrize(
    ("page", "expected"),
    [("cypher.md", "Eukaryota"), ("strategies.md", "siml"), ("audit.md", "Nearest in the graph")],
)
def test_the_python_of_a_page_runs(real_workspace, monkeypatch, capsys, page, expected):
    if not real_workspace.mined("demo").exists():
        done = run_citemesh(
            real_workspace.root, "mine", "--strategy", "sibling=2", "--limit", 200,
            "--name", "demo",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    if page == "audit.md":
        done = run_citemesh(real_workspace.root, "audit", "run", "demo")
        assert done.returncode == 0, done.stderr
    monkeypatch.chdir(real_workspace.root.parent)  # the workspace is named citemesh-data
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), {})
    assert expected in capsys.readouterr().out
