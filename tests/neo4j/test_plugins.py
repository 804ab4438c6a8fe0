"""A strategy of another package: the one in examples/, installed as a user would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support import one_clear_line, run_citemesh

EXAMPLE = Path(__file__).parents[2] / "examples" / "citing_strategy"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds the installed example, for PYTHONPATH."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("source") / EXAMPLE.name)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--target", str(folder), str(source)],
        check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )  # fmt: skip
    return {"PYTHONPATH": str(folder)}


def test_the_example_mines_the_same_in_both_engines(real_workspace, installed):
    tables = []
    for engine in ("cypher", "arrays"):
        done = run_citemesh(
            real_workspace.root, "mine", "--strategy", "citing=2", "--engine", engine,
            "--limit", 3000, "--name", f"citing-{engine}", environment=installed,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        tables.append(pq.read_table(real_workspace.mined(f"citing-{engine}") / "negatives.parquet"))
    assert tables[0].num_rows
    assert tables[0] == tables[1]
    assert set(tables[0]["strategy"].to_pylist()) == {"citing"}


def test_without_the_package_the_strategy_is_unknown(real_workspace):
    refused = run_citemesh(real_workspace.root, "mine", "--strategy", "citing=2", "--name", "none")
    assert "no strategy 'citing'" in one_clear_line(refused)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise ImportError('no')", "ImportError: no"),
        ("class Citing: name = 'cited'; ask = look = print", "its name 'cited' is taken"),
        ("class Citing: name = 'other'; ask = print", "it has no look"),
        ("class Citing: name = '../x'; ask = look = print", "its name is '../x'"),
    ],
)
def test_a_package_that_does_not_fit_is_named(real_workspace, installed, tmp_path, code, why):
    (tmp_path / "citing_strategy.py").write_text(code)
    path = f"{tmp_path}{os.pathsep}{installed['PYTHONPATH']}"
    refused = run_citemesh(
        real_workspace.root, "mine", "--strategy", "cited=2", "--name", "none",
        environment={"PYTHONPATH": path},
    )  # fmt: skip
    assert why in one_clear_line(refused)
