"""What every test may use: the real file, the real model, a workspace with a real Neo4j."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from citemesh.demo import carried_model, carried_pubmed_file
from citemesh.workspace import Workspace
from tests.support import run_citemesh

# Nothing is timed inside tests: other work on the machine would make them fail.
settings.register_profile("citemesh", deadline=None)
settings.load_profile("citemesh")


@pytest.fixture(scope="session")
def pubmed_file() -> Path:
    """A real PubMed baseline file of 30,000 records."""
    return carried_pubmed_file()


@pytest.fixture(scope="session")
def minilm() -> Path:
    """The real all-MiniLM-L6-v2."""
    return carried_model()


@pytest.fixture(scope="session")
def real_workspace(
    tmp_path_factory: pytest.TempPathFactory, pubmed_file: Path
) -> Iterator[Workspace]:
    """The real file, loaded by the command into a real Neo4j that the tests started."""
    from citemesh.graph import server

    workspace = Workspace(tmp_path_factory.mktemp("real") / "citemesh-data")
    try:
        result = run_citemesh(workspace.root, "graph", "load", str(pubmed_file))
        assert result.returncode == 0, result.stderr
        yield workspace
    finally:
        server.stop(workspace)
