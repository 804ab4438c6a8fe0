"""An export to learn by heart and a run that nothing disturbed; a browser for review pages."""

from __future__ import annotations

import pytest

from citemesh.training.train import train
from citemesh.workspace import Workspace
from tests.audit_browser import watched
from tests.e2e.toy_training import STEPS, toy_plan, write_export


@pytest.fixture(scope="module")
def one_thread():
    """Two threads on cores that others use as well wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace with the toy export."""
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    write_export(workspace.export("toy"))
    return workspace


@pytest.fixture(scope="module")
def model(workspace, one_thread):
    """An undisturbed run."""
    return train(workspace, toy_plan(workspace, save_steps=STEPS), "undisturbed")


@pytest.fixture
def context(browser):
    """A browser without a network."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    yield context
    context.close()


@pytest.fixture
def opened(context):
    """Opens review pages, which may neither complain nor ask for anything."""
    with watched(context) as open_page:
        yield open_page
