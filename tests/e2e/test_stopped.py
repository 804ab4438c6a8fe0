"""Ctrl-C, a full disk and a server that cannot be reached, in the commands that use the graph.

Training and evaluation have theirs in test_train_stopped.py and test_evaluate.py.
"""

import resource
import signal
import subprocess
from pathlib import Path

import pytest

from citemesh.graph import server
from citemesh.workspace import Workspace
from tests.support import clean_environment, command_line, one_clear_line, run_citemesh


@pytest.fixture(scope="module")
def mined(real_workspace):
    for arguments in (
        ("holdout", "--documents", 300, "--queries", 30, "--name", "kept"),
        ("mine", "--strategy", "sibling=2", "--limit", 300, "--name", "kept"),
        ("export", "kept", "--negatives", 1),
    ):
        done = run_citemesh(real_workspace.root, *arguments)
        assert done.returncode == 0, done.stderr
    return real_workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def interrupt(workspace: Path, at: str, *arguments: object) -> tuple[int, str]:
    """Press Ctrl-C when a command prints a word; its exit code and what it printed."""
    process = subprocess.Popen(
        command_line(workspace, *arguments), env=clean_environment(), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    printed = ""
    try:
        assert process.stderr is not None
        for line in process.stderr:
            printed += line
            if at in line:
                process.send_signal(signal.SIGINT)
                break
        printed += process.communicate(timeout=120)[1]
    finally:
        process.kill()
    return process.returncode, printed


@pytest.mark.parametrize("at", ["Reading", "Building", "Importing"])
def test_an_interrupted_load_leaves_no_graph_and_goes_on_later(tmp_path, pubmed_file, at):
    workspace = Workspace(tmp_path)
    code, printed = interrupt(workspace.root, at, "graph", "load", pubmed_file)
    assert (code, "Interrupted" in printed) == (1, True), printed
    assert "Traceback" not in printed
    assert not workspace.corpus.exists()
    assert not list(workspace.root.glob("**/home-*/"))
    assert not list(workspace.root.glob("**/*.partial"))
    assert not server.status(workspace).running
    # What was read before stays and is not read again.
    assert bool(list(workspace.root.glob("staged/*"))) == (at != "Reading")


@pytest.mark.parametrize(
    ("kind", "at", "arguments"),
    [
        ("tasks", "Writing", ("holdout", "--documents", 3000, "--name", "kept", "--force")),
        ("mined", "Mining", ("mine", "--strategy", "sibling=4", "--name", "kept", "--force")),
        ("exports", "Exporting", ("export", "kept", "--negatives", 2, "--force")),
    ],
)
def test_an_interrupted_command_keeps_the_older_output(mined, kind, at, arguments):
    folder = mined.root / kind
    before = contents(folder)
    code, printed = interrupt(mined.root, at, *arguments)
    assert (code, "Interrupted" in printed) == (1, True), printed
    assert "Traceback" not in printed
    assert contents(folder) == before


def with_small_disk() -> None:
    """No file may grow over 100 kB: what a full disk does to a write."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("tasks", ("holdout", "--documents", 2000, "--name", "full")),
        ("mined", ("mine", "--strategy", "sibling=4", "--limit", 4000, "--name", "full")),
        ("exports", ("export", "kept", "--negatives", 1, "--name", "full")),
    ],
)
def test_a_full_disk_is_one_line_and_leaves_nothing(mined, kind, arguments):
    before = contents(mined.root / kind)
    refused = run_citemesh(mined.root, *arguments, preexec_fn=with_small_disk)
    assert "No space left" in one_clear_line(refused)
    assert contents(mined.root / kind) == before


def test_a_full_disk_while_reading_records(tmp_path, pubmed_file):
    refused = run_citemesh(tmp_path / "w", "graph", "load", pubmed_file, preexec_fn=with_small_disk)
    assert "No space left" in one_clear_line(refused)
    assert not [path for path in (tmp_path / "w").rglob("*") if path.is_file()]


def test_stores_that_cannot_grow_while_importing(tmp_path, pubmed_file):
    def with_medium_disk() -> None:
        # The parsed tables fit, the relationship store of 28 MB does not.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))

    workspace = Workspace(tmp_path)
    refused = run_citemesh(
        workspace.root, "graph", "load", pubmed_file, preexec_fn=with_medium_disk
    )
    assert str(workspace.graph / "home-1.log") in one_clear_line(refused)
    assert not workspace.corpus.exists()
    assert not list(workspace.graph.glob("home-*/"))
    assert not server.status(workspace).running


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"NEO4J_URI": "bolt://127.0.0.1:1", "NEO4J_PASSWORD": "x"}, "failed"),
        ({"NEO4J_URI": "not an address", "NEO4J_PASSWORD": "x"}, "no address"),
        ({"NEO4J_URI": "bolt://127.0.0.1:1"}, "NEO4J_PASSWORD is not set"),
    ],
)
@pytest.mark.parametrize(
    "command", [("graph", "stats"), ("mine", "--strategy", "cited=1", "--name", "x")]
)
def test_a_server_that_cannot_be_reached_is_one_line(mined, environment, words, command):
    refused = run_citemesh(mined.root, *command, environment=environment)
    assert words in one_clear_line(refused)
    assert not mined.mined("x").exists()


def test_a_wrong_password_is_said_so(mined):
    uri = server.ensure_running(mined).uri
    refused = run_citemesh(
        mined.root, "graph", "stats", environment={"NEO4J_URI": uri, "NEO4J_PASSWORD": "wrong"}
    )
    assert "refused the login" in one_clear_line(refused)
