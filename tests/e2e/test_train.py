"""`citemesh train` with the real MiniLM, offline: what a run does, says and refuses."""

import os
import shutil

import pytest

from citemesh.errors import CitemeshError, InputError, OutputExistsError, SettingsError
from citemesh.manifest import read_manifest
from citemesh.training.train import train
from citemesh.workspace import Workspace
from tests.e2e.toy_training import (
    BASE,
    BATCH,
    RATE,
    ROWS,
    SENTINEL,
    STEPS,
    WARMUP,
    call,
    log_of,
    partial,
    toy_plan,
)
from tests.support import one_clear_line

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_loss_falls(model):
    losses = [line["loss"] for line in log_of(model)]
    assert sum(losses[-2:]) < 0.8 * sum(losses[:2])


def test_the_log_has_the_learning_rate_of_every_step(model):
    warm = [RATE * (step / WARMUP) for step in range(WARMUP)]
    falling = [RATE * ((STEPS - step) / (STEPS - WARMUP)) for step in range(WARMUP, STEPS)]
    assert [line["learning_rate"] for line in log_of(model)] == warm + falling


def test_the_log_counts_steps_and_rows(model):
    log = log_of(model)
    assert [line["step"] for line in log] == list(range(1, STEPS + 1))
    assert [line["rows_seen"] for line in log] == [BATCH * step for step in range(1, STEPS + 1)]
    assert all(line["grad_norm"] > 0 for line in log)


def test_the_manifest_tells_what_was_done(model, workspace):
    manifest = read_manifest(model, "train", "citemesh train")
    assert manifest.counts["steps"] == STEPS
    assert manifest.counts["rows"] == ROWS
    assert manifest.counts["rows_seen"] == STEPS * BATCH
    assert manifest.counts["max_learning_rate"] == RATE
    assert manifest.counts["relative_weight_change"] > 1e-4
    assert manifest.settings["base_model"] == BASE
    assert manifest.settings["data"] == str(workspace.export("toy"))
    assert manifest.settings["warnings"] == []
    assert set(manifest.inputs) == {"export", "base_weights"}


def test_the_weight_change_is_that_of_the_saved_weights(model):
    from safetensors.numpy import load_file

    before = load_file(f"{BASE}/model.safetensors")
    after = load_file(model / "model.safetensors")
    trained = [name for name in after if before[name].dtype.kind == "f"]
    moved = sum(((after[n].astype("f8") - before[n].astype("f8")) ** 2).sum() for n in trained)
    length = sum((before[n].astype("f8") ** 2).sum() for n in trained)
    counts = read_manifest(model, "train", "citemesh train").counts
    assert counts["relative_weight_change"] == pytest.approx((moved / length) ** 0.5, rel=1e-6)


def test_the_model_loads_at_its_bases_length_and_nothing_else_is_left(model):
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    assert loaded.max_seq_length == 256
    assert loaded.encode(["thyme"]).shape == (1, 384)
    assert not list(model.rglob("*checkpoint*"))
    assert not partial(Workspace(model.parent.parent), model.name).exists()
    assert (model / "model.safetensors").stat().st_mode == (model / "README.md").stat().st_mode


def test_no_training_text_is_in_the_model_folder(model):
    assert (model / "README.md").read_text().startswith("---\nlibrary_name: sentence-transformers")
    for file in model.rglob("*"):
        if file.is_file():
            assert SENTINEL.encode() not in file.read_bytes(), file


def test_weights_that_barely_moved_end_in_a_warning(workspace, capsys):
    plan = toy_plan(workspace, steps=2, warmup_steps=0, learning_rate=1e-12)
    folder = train(workspace, plan, "barely")
    assert "Warning: The weights barely moved" in capsys.readouterr().err
    manifest = read_manifest(folder, "train", "citemesh train")
    assert manifest.counts["relative_weight_change"] < 1e-5
    assert "barely moved" in manifest.settings["warnings"][0]
    assert "barely moved" in (folder / "README.md").read_text()


def test_a_loss_that_is_no_number_stops_the_run_by_its_step(workspace):
    plan = toy_plan(workspace, warmup_steps=0, learning_rate=1e30)
    with pytest.raises(CitemeshError, match="broke in step 2: the loss is nan"):
        train(workspace, plan, "burst")
    assert not workspace.model("burst").exists()


def test_a_warmup_as_long_as_the_run_is_refused(workspace):
    error = one_clear_line(call(workspace, name="warm", warmup_steps=8))
    assert "The warm-up takes 8 steps and the whole training 8" in error
    assert not workspace.model("warm").exists()
    assert not partial(workspace, "warm").exists()


def test_a_missing_model_folder_is_refused(workspace, tmp_path):
    error = one_clear_line(call(workspace, name="gone", base=tmp_path / "gone"))
    assert f"no model folder at {tmp_path / 'gone'}" in error
    assert not partial(workspace, "gone").exists()


def test_a_name_that_is_nowhere_is_refused_offline(workspace):
    error = one_clear_line(call(workspace, name="gone", base="no-such/model"))
    assert "'no-such/model' could be loaded while offline" in error
    assert not partial(workspace, "gone").exists()


def test_a_broken_model_is_refused(workspace, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(BASE, broken)
    os.truncate(broken / "model.safetensors", 1_000_000)
    plan = toy_plan(workspace, base_model=str(broken))
    with pytest.raises(InputError, match=r"model in .*broken cannot be loaded"):
        train(workspace, plan, "broken")


def test_an_output_that_is_there_is_kept_without_force(model, workspace):
    plan = toy_plan(workspace)
    with pytest.raises(OutputExistsError, match="--force"):
        train(workspace, plan, model.name)
    assert "is there already" in one_clear_line(call(workspace, name=model.name))


def test_a_model_does_not_replace_its_own_base(model, workspace):
    plan = toy_plan(workspace, base_model=model.name)
    with pytest.raises(SettingsError, match="would replace its own base"):
        train(workspace, plan, model.name, force=True)
