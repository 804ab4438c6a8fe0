"""Runs of every kind on a tiny encoder: taken up to the bit, chosen by a dev part, kept near."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from citemesh.errors import CitemeshError, InputError
from citemesh.manifest import Manifest, read_manifest
from citemesh.training.batches.collator import TargetCollator
from citemesh.training.checkpoints import PartialRun
from citemesh.training.log import read_dev_log, read_log
from citemesh.training.models.base import weights_sha256
from citemesh.training.plan import TrainingPlan
from citemesh.training.prepare import prepare
from citemesh.training.recipes.settings import Settings
from citemesh.training.train import train
from citemesh.training.trainer import run_training
from citemesh.training.watch import TrainingWatch
from citemesh.workspace import Workspace
from tests.tiny_models import write_tiny_model

pytestmark = pytest.mark.usefixtures("one_thread")
ROWS, DEV, NEGATIVES, STEPS = 32, 8, 3, 6
BASIC = {
    "steps": STEPS, "batch_size": 8, "learning_rate": 1e-2, "precision": "fp32", "save_steps": 2,
    "warmup_steps": 1,
}  # fmt: skip


def write_split(folder, split, numbers):
    word = [f"w{n}" for n in range(40)]
    texts = {
        "anchor": [f"{word[n]} {word[(7 * n) % 40]}" for n in numbers],
        "positive": [f"{word[(n + 3) % 40]} {word[(5 * n + 1) % 40]}" for n in numbers],
    }
    ids = {
        "query_id": [str(n) for n in numbers], "anchor_pmid": [n + 1 for n in numbers],
        "positive_pmid": [n + 1001 for n in numbers],
    }  # fmt: skip
    for k in range(1, NEGATIVES + 1):
        texts[f"negative_{k}"] = [f"{word[(11 * n + k) % 40]} {word[n]}" for n in numbers]
        ids[f"negative_pmid_{k}"] = [10_000 * k + n for n in numbers]
    for name, columns in (("texts", texts), ("ids", ids)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), folder / name / f"{split}-00000.parquet")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A workspace with an export, and the folder of a tiny encoder."""
    workspace = Workspace(tmp_path_factory.mktemp("tiny") / "workspace")
    export = workspace.export("tiny")
    write_split(export, "train", range(ROWS))
    (export / "README.md").write_text(
        "---\nconfigs:\n- {config_name: default, default: true,"
        " data_files: [{split: train, path: texts/train-*.parquet}]}\n---\n"
    )
    Manifest(kind="export", settings={"mined": "tiny", "passages": "abstract"}).write(export)
    return workspace, str(write_tiny_model(workspace.root / "base", "bert"))


def plan_of(tiny, **changes):
    workspace, base = tiny
    return TrainingPlan(Settings(**{**BASIC, **changes}), base, workspace.export("tiny"))


@pytest.fixture
def with_dev(tiny):
    """The export with a dev part, for one test."""
    folder = tiny[0].export("tiny")
    write_split(folder, "dev", range(ROWS, ROWS + DEV))
    yield
    for name in ("texts", "ids"):
        (folder / name / "dev-00000.parquet").unlink()


def run(tiny, partial, **changes):
    ready = prepare(partial, tiny[0], plan_of(tiny, **changes), tiny[1])
    outcome = run_training(ready.model, ready.run, ready.checkpoint)
    return outcome, weights_sha256(ready.model), read_log(partial.log)


class StoppedError(Exception):
    """What stops a run in the middle of a step."""


@pytest.mark.parametrize(
    "changes",
    [
        {"mini_batch_size": 3},
        {"lora_rank": 2},
        {"group_by_length": True},
        {"negatives": 1, "negatives_choice": "sampled", "base_pull": 0.3},
        {"exploded": True, "batches": "shuffled", "in_batch_mask": "none"},
        {"hardness": 5.0, "max_seq_length": 3},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_a_run_that_is_stopped_and_taken_up_ends_with_the_same_bits(
    tiny, tmp_path, monkeypatch, changes
):
    whole = run(tiny, PartialRun(tmp_path / "whole"), **changes)
    see = TrainingWatch.see

    def stop(self, rows, masked):
        if self._rows_seen >= 4 * 8:
            raise StoppedError
        see(self, rows, masked)

    unfinished = PartialRun(tmp_path / "stopped")
    with monkeypatch.context() as patched, pytest.raises(StoppedError):
        patched.setattr(TrainingWatch, "see", stop)
        run(tiny, unfinished, **changes)
    assert (unfinished.checkpoints / "checkpoint-4").is_dir()
    assert run(tiny, unfinished, **changes) == whole


def test_the_log_counts_queries_repeats_and_masked_pairs(tiny, tmp_path):
    _, _, log = run(
        tiny, PartialRun(tmp_path / "run"), exploded=True, batches="shuffled",
        in_batch_mask="known", steps=12, warmup_steps=0,
    )  # fmt: skip
    # 32 queries with three rows each: 12 steps of 8 see every one of 96 rows once.
    assert log[-1].unique_anchors == ROWS
    assert log[0].unique_anchors <= 8
    repeats = [line.duplicates for line in log]
    # Two rows of one query in a batch: the paper of their positive stands there twice, and each
    # query may not have the other row's positive for a negative.
    assert sum(repeats) > 0
    assert [line.masked for line in log] == [2 * n for n in repeats] or all(
        (line.masked > 0) == (line.duplicates > 0) for line in log
    )
    assert [line.step for line in log if line.relative_weight_change is not None] == [3, 6, 9, 12]


def test_the_base_is_measured_first_and_the_best_weights_are_saved(tiny, with_dev):
    workspace, _ = tiny
    folder = train(workspace, plan_of(tiny, eval_steps=2, steps=8), "chosen")
    lines = read_dev_log(folder / "dev_log.jsonl")
    assert [(line.step, line.saved) for line in lines] == [
        (0, False), (2, False), (4, False), (6, False), (8, False), (8, True),
    ]  # fmt: skip
    best = max(line.ndcg for line in lines[1:-1])
    # What is saved is the best, not the last: measured again, it gives the best's number.
    assert lines[-1].ndcg == pytest.approx(best, abs=1e-6)
    counts = read_manifest(folder, "train", "").counts
    assert counts["dev_base"] == lines[0].ndcg
    assert counts["dev_saved"] == lines[-1].ndcg
    assert counts["best_step"] == next(x.step for x in lines[1:] if x.ndcg == best)
    assert "dev nDCG@10 of the base" in (folder / "README.md").read_text()


def test_patience_ends_a_run_and_says_so_in_its_counts(tiny, with_dev):
    plan = plan_of(tiny, eval_steps=1, steps=40, patience=2, learning_rate=1e-9, warmup_steps=0)
    folder = train(tiny[0], plan, "patient")
    manifest = read_manifest(folder, "train", "")
    assert manifest.counts["steps"] == 3  # the first, and two that are no better
    assert manifest.counts["best_step"] == 1
    assert any("barely moved" in warning for warning in manifest.settings["warnings"])
    assert any("No checkpoint was better" in warning for warning in manifest.settings["warnings"])


def test_a_merged_model_lies_between_its_base_and_the_trained_one(tiny):
    from safetensors.numpy import load_file

    workspace, base = tiny
    weights = {}
    for name, weight in (("full", 1.0), ("half", 0.5)):
        folder = train(workspace, plan_of(tiny, merge_weight=weight), name)
        weights[name] = load_file(folder / "model.safetensors")
    start = load_file(f"{base}/model.safetensors")
    moved = 0
    for name, half in weights["half"].items():
        expected = (start[name] + weights["full"][name]) / 2
        np.testing.assert_allclose(half, expected, atol=1e-6)
        moved += bool(np.abs(weights["full"][name] - start[name]).max() > 1e-4)
    assert moved > 5


def test_a_pull_towards_the_base_keeps_the_weights_nearer(tiny):
    changes = [
        read_manifest(
            train(tiny[0], plan_of(tiny, base_pull=pull), f"pull-{pull}"), "train", ""
        ).counts["relative_weight_change"]
        for pull in (0.0, 0.5, 0.9)
    ]  # fmt: skip
    assert changes[0] > changes[1] > changes[2] > 0


def test_adapters_are_merged_into_a_model_that_stands_alone(tiny):
    workspace, _ = tiny
    folder = train(workspace, plan_of(tiny, lora_rank=2), "adapted")
    assert (folder / "model.safetensors").is_file()
    assert not list(folder.rglob("adapter*"))
    assert read_manifest(folder, "train", "").counts["relative_weight_change"] > 1e-5


def test_activations_are_computed_again_where_that_is_asked_for(tiny, tmp_path):
    plan = plan_of(tiny, gradient_checkpointing=True, steps=1, warmup_steps=0)
    ready = prepare(PartialRun(tmp_path / "run"), tiny[0], plan, tiny[1])
    network: Any = ready.model.transformers_model
    assert not network.is_activation_checkpointing
    run_training(ready.model, ready.run, None)
    assert network.is_activation_checkpointing


def test_a_deny_list_refuses_before_the_first_step_and_leaves_nothing(tiny, tmp_path):
    denied = tmp_path / "pmids.txt"
    denied.write_text("1005\n")
    workspace, base = tiny
    plan = plan_of(tiny)
    refused = TrainingPlan(plan.settings, base, plan.data, deny=(denied,))
    with pytest.raises(InputError, match=r"1 papers of the deny list .* such as 1005"):
        train(workspace, refused, "refused")
    assert not list((workspace.root / "models").glob("*refused*"))


def test_training_on_a_held_out_task_is_told_in_the_card(tiny):
    workspace, _ = tiny
    workspace.tasks("judge").mkdir(parents=True)
    (workspace.tasks("judge") / "pmids.txt").write_text("1005\n1006\n77\n")
    try:
        folder = train(workspace, plan_of(tiny), "told")
    finally:
        (workspace.tasks("judge") / "pmids.txt").unlink()
    (warning,) = read_manifest(folder, "train", "").settings["warnings"]
    assert "2 of 3 papers that the task judge holds out are trained on" in warning
    assert warning in (folder / "README.md").read_text()


def test_a_broken_loss_names_the_papers_of_its_batch(tiny):
    with pytest.raises(CitemeshError, match=r"broke in step 2: .* row \d+ \(PMID 10\d\d\)"):
        train(
            tiny[0], plan_of(tiny, learning_rate=1e38, max_grad_norm=1e30, warmup_steps=0), "burst"
        )


def test_running_out_of_memory_says_what_to_lower(tiny, monkeypatch):
    def hungry(self, features):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate …")

    monkeypatch.setattr(TargetCollator, "__call__", hungry)
    with pytest.raises(CitemeshError, match="out of memory") as refused:
        train(tiny[0], plan_of(tiny), "hungry")
    assert "mini_batch_size" in str(refused.value)


def test_bicas_published_schedule_runs_and_is_told_not_to_have_trained(tiny):
    from citemesh.training.recipes.shelf import RECIPES

    changes = {"steps": 3, "batch_size": 8}
    settings = RECIPES["bica"].settings("as_published", changes)
    plan = TrainingPlan(settings, tiny[1], tiny[0].export("tiny"), "bica", "as_published", changes)
    folder = train(tiny[0], plan, "bica")
    manifest = read_manifest(folder, "train", "")
    assert manifest.counts["max_learning_rate"] == pytest.approx(2e-5 * 2 / 10_000)
    assert len(manifest.settings["warnings"]) == 2
    card = (folder / "README.md").read_text()
    assert "bica as_published; changed: steps=3, batch_size=8" in card
    assert "**Warning.** The weights barely moved" in card
    assert json.loads((folder / "manifest.json").read_text())["settings"]["variant"]
