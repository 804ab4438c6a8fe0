"""Two processes that train together, as torchrun starts them: one model, the same data, one log."""

import subprocess
import sys

import numpy as np
import pytest

from citemesh.manifest import read_manifest
from citemesh.training.log import read_dev_log, read_log
from tests.e2e.test_train_runs import (  # noqa: F401 - one of them a fixture
    BASIC,
    DEV,
    ROWS,
    tiny,
    write_split,
)
from tests.support import clean_environment

PROCESSES = 2


def together(workspace, base, name, **changes):
    """Train in two processes by the command."""
    words = [f"--set={key}={value}" for key, value in {**BASIC, **changes}.items()]
    done = subprocess.run(
        [
            sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(PROCESSES),
            "--standalone", "-m", "citemesh", "--workspace", str(workspace.root), "train",
            "--recipe", "plain", "--data", "tiny", "--base", base, "--name", name, *words,
        ],
        env=clean_environment(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1"),
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return workspace.model(name), done


@pytest.fixture(scope="module")
def twice(tiny):  # noqa: F811 - the fixture imported above
    """The same run in two processes, two times."""
    workspace, base = tiny
    write_split(workspace.export("tiny"), "dev", range(ROWS, ROWS + DEV))
    yield [
        together(workspace, base, name, batch_size=4, eval_steps=3, learning_rate=1e-3)
        for name in ("first", "second")
    ]
    for part in ("texts", "ids"):
        (workspace.export("tiny") / part / "dev-00000.parquet").unlink()


def test_two_runs_with_the_same_seed_are_the_same(twice):
    weights = [(folder / "model.safetensors").read_bytes() for folder, _ in twice]
    assert weights[0] == weights[1]
    logs = [read_log(folder / "training_log.jsonl") for folder, _ in twice]
    assert logs[0] == logs[1]


def test_the_dev_part_is_measured_once_for_both(twice):
    first, second = (read_dev_log(folder / "dev_log.jsonl") for folder, _ in twice)
    assert [(line.step, line.saved) for line in first] == [
        (0, False), (3, False), (6, False), (6, True),
    ]  # fmt: skip
    assert first == second


def test_both_processes_rows_are_counted_and_only_one_speaks(twice):
    folder, done = twice[0]
    log = read_log(folder / "training_log.jsonl")
    assert [line.rows_seen for line in log] == [8 * line.step for line in log]
    assert log[3].unique_anchors == 32  # four steps of two batches of four, all different
    assert done.stdout.count("Model:") == 1
    counts = read_manifest(folder, "train", "").counts
    assert counts["rows_seen"] == log[-1].rows_seen


def test_the_weights_moved(twice, tiny):  # noqa: F811
    from safetensors.numpy import load_file

    trained = load_file(twice[0][0] / "model.safetensors")
    start = load_file(f"{tiny[1]}/model.safetensors")
    assert max(np.abs(trained[name] - start[name]).max() for name in trained) > 1e-4


def test_nothing_of_the_run_is_left(twice, tiny):  # noqa: F811
    assert not list((tiny[0].root / "models").glob(".*partial*"))
