"""Fixtures of the training tests: an export to learn by heart, and a run that nothing disturbed."""

from __future__ import annotations

import pytest

from citemesh.training.train import train
from citemesh.workspace import Workspace
from tests.e2e.toy_training import STEPS, toy_settings, write_export


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
    return train(workspace, toy_settings(workspace, save_steps=STEPS), "undisturbed")
