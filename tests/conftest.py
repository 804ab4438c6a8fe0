"""What every test may use: the real file, the real model, a workspace with a real Neo4j."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from citemesh.demo import carried_model, carried_pubmed_file
from citemesh.workspace import Workspace
from tests.decoder import write_smollm2
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
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real SmolLM2-135M-Instruct, a decoder, as a plain transformers folder in bfloat16."""
    folder = tmp_path_factory.mktemp("smollm2")
    write_smollm2(folder)
    return folder


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """An installed Chromium, without WebGL: a page must do without."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a Chromium: .ci/run installs it")
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=[*arguments, "--disable-background-networking"]
        )
        yield chromium
        chromium.close()
