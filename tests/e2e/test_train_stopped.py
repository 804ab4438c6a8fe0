"""`citemesh train` killed, interrupted, run twice, or with no space left."""

import json
import os
import resource
import signal

import pytest

from citemesh.errors import OutputExistsError
from citemesh.training.checkpoints import PartialRun, is_whole, step_of
from citemesh.training.train import train
from tests.e2e.toy_training import (
    BASE,
    arguments,
    call,
    log_of,
    partial,
    start,
    stop_at,
    toy_plan,
    wait_for,
)
from tests.support import one_clear_line, run_citemesh

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_killed_and_interrupted_run_ends_with_the_same_weights(model, workspace):
    killed, _ = stop_at(workspace, "stopped", 2, signal.SIGKILL)
    assert killed == -signal.SIGKILL
    interrupted, errors = stop_at(workspace, "stopped", 6, signal.SIGINT)
    assert interrupted == 1
    assert "Going on from step" in errors
    assert "Interrupted." in errors
    assert not workspace.model("stopped").exists()

    checkpoints = partial(workspace, "stopped") / "checkpoints"
    whole = sorted((path for path in checkpoints.iterdir() if is_whole(path)), key=step_of)
    os.truncate(whole[-1] / "optimizer.pt", 1_000_000)
    (checkpoints / "checkpoint-99").mkdir()
    last = call(workspace, name="stopped")
    assert last.returncode == 0, last.stderr
    assert f"Going on from step {step_of(whole[-2])} " in last.stderr
    assert "citemesh evaluate stopped" in last.stdout
    resumed = workspace.model("stopped")
    weights = "model.safetensors"
    assert (resumed / weights).read_bytes() == (model / weights).read_bytes()
    assert log_of(resumed) == log_of(model)


def test_a_run_killed_after_its_last_step_takes_no_further_step(workspace, tmp_path):
    from citemesh.training.models.base import weights_sha256
    from citemesh.training.prepare import prepare
    from citemesh.training.trainer import run_training

    plan = toy_plan(workspace, steps=3, warmup_steps=0, save_steps=3)
    unfinished = PartialRun(tmp_path / "partial")
    ends = []
    for expected in (None, unfinished.checkpoints / "checkpoint-3"):
        ready = prepare(unfinished, workspace, plan, BASE)
        assert ready.checkpoint == expected
        outcome = run_training(ready.model, ready.run, ready.checkpoint)
        ends.append((outcome, weights_sha256(ready.model)))
    assert ends[0] == ends[1]


def test_an_unfinished_run_with_other_settings_starts_anew(model, workspace, capsys):
    unfinished = partial(workspace, "changed")
    (unfinished / "checkpoints" / "checkpoint-2").mkdir(parents=True)
    (unfinished / "settings.json").write_text(json.dumps({"batch_size": 3}))
    train(workspace, toy_plan(workspace, steps=1, warmup_steps=0), "changed")
    errors = capsys.readouterr().err
    assert "had another batch size" in errors
    assert "starting anew" in errors


def test_a_second_run_of_the_same_name_is_refused(workspace):
    company = start(workspace, name="company")
    try:
        wait_for(partial(workspace, "company") / "owner.json", company)
        with pytest.raises(OutputExistsError, match=f"Process {company.pid} is training"):
            train(workspace, toy_plan(workspace), "company")
    finally:
        company.kill()
        company.communicate()


# MiniLM's weights are 91 MB, its optimizer's state 182 MB: two writers with two ways to fail.
@pytest.mark.parametrize("megabytes", [50, 120])
def test_a_full_disk_is_one_error_and_leaves_nothing(workspace, megabytes):
    name = f"full-{megabytes}"
    limit = megabytes * 1_000_000
    outcome = run_citemesh(
        workspace.root,
        *arguments(name),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert "No space left to write" in one_clear_line(outcome)
    assert not workspace.model(name).exists()
    assert not list((partial(workspace, name) / "checkpoints").iterdir())
