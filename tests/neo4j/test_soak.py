"""Loads and updates that are killed with -9 at random moments (`make soak` does fifty)."""

import pytest

from benchmarks.soak import Soak


@pytest.fixture(scope="module")
def soak(tmp_path_factory):
    soak = Soak(tmp_path_factory.mktemp("soak"), seed=20261121, records=400)
    yield soak
    soak.close()


@pytest.mark.parametrize("kind", ["import", "load", "update", "update", "server"])
def test_what_was_killed_ends_in_the_same_graph_when_it_is_run_again(soak, kind):
    killed = soak.kill(kind)
    assert killed.equal, killed
    assert killed.runs == 2
