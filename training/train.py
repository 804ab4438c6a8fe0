"""Training a dense retriever on an export, from refusing bad settings to the final name."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citemesh.errors import SettingsError
from citemesh.manifest import Manifest
from citemesh.outputs import check_free, publish_folder, remove_leftovers
from citemesh.precision import resolve_precision
from citemesh.progress import say, step
from citemesh.training.checkpoints import PartialRun, full_disk_in_words
from citemesh.training.data.export import Export, load_texts, read_export
from citemesh.training.models.base import (
    find_model,
    load_model,
    save_model,
    weights_sha256,
)
from citemesh.training.models.card import write_model_card
from citemesh.training.settings import Schedule, TrainingSettings
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.training.trainer import TrainingOutcome

#: Below this the weights as good as stayed: BiCA's published run (20 steps, warm-up 10,000) could
#: move each weight by 4e-7 at most, which is about 1e-5 of a usual weight.
MIN_WEIGHT_CHANGE = 1e-5
#: Share of the learning rate asked for that must have been applied at least once.
MIN_RATE_SHARE = 0.5


def train(
    workspace: Workspace, settings: TrainingSettings, name: str, *, force: bool = False
) -> Path:
    """Train a model; killed or interrupted, the same call goes on from the last checkpoint.

    Args:
        workspace: where the model goes.
        settings: what to train on what, and how.
        name: the model's name in the workspace.
        force: replace a model of that name.

    Returns:
        The model's folder.

    Raises:
        OutputExistsError: when the model is there, or another process trains it.
        InputError: when the export or the base model cannot be used.
        SettingsError: when the settings cannot work, such as a warm-up as long as the run, or a
            model that would replace its own base.
        NoSpaceError: when the disk is full.
    """
    final = workspace.model(name)
    check_free(final, force=force)
    export = read_export(settings.data)
    schedule = settings.schedule(export.rows)
    base = find_model(settings.base_model, workspace)
    if Path(base) == final.resolve():
        raise SettingsError(
            f"The model {name} would replace its own base.", "Give another name with --name."
        )
    with step(f"Loading {base}"):
        from citemesh.training.trainer import check_length, run_training
        from citemesh.training.watch import quiet_libraries

        with quiet_libraries():
            model = load_model(base)
    check_length(model, settings.max_seq_length)
    chosen = _chosen(settings, schedule, base)
    inputs = {"export": export.sha256, "base_weights": weights_sha256(model)}
    final.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(final)
    partial = PartialRun(final.parent / f".{final.name}.partial")
    with full_disk_in_words(partial.checkpoints), quiet_libraries():
        checkpoint = partial.take_up({**chosen, **inputs})
        try:
            texts = load_texts(export, partial.cache)
            bf16 = chosen["precision"] == "bf16"
            outcome = run_training(model, texts, settings, schedule, partial, checkpoint, bf16=bf16)
        finally:
            shutil.rmtree(partial.cache, ignore_errors=True)
        manifest = _manifest(settings, chosen, inputs, export, outcome)
        save_model(model, partial.model)
        shutil.copy(partial.log, partial.model)
        write_model_card(partial.model, name, manifest)
        manifest.write(partial.model)
        publish_folder(partial.model, final)
    shutil.rmtree(partial.folder)
    return final


def weak_run_warnings(
    relative_weight_change: float, max_learning_rate: float, learning_rate: float
) -> list[str]:
    """Say in words when a run cannot have taught the model anything.

    Args:
        relative_weight_change: ‖after - before‖ / ‖before‖.
        max_learning_rate: the highest rate applied.
        learning_rate: the rate asked for.
    """
    warnings = []
    if relative_weight_change < MIN_WEIGHT_CHANGE:
        warnings.append(
            f"The weights barely moved (relative change {relative_weight_change:.1e}, less than"
            f" {MIN_WEIGHT_CHANGE:g}): this model is as good as its untouched base. Train longer or"
            " with a higher learning rate."
        )
    if max_learning_rate < MIN_RATE_SHARE * learning_rate:
        warnings.append(
            f"The learning rate never came near {learning_rate:g}: the highest applied was"
            f" {max_learning_rate:.1e}. Shorten the warm-up or train longer."
        )
    return warnings


def _chosen(settings: TrainingSettings, schedule: Schedule, base: str) -> dict[str, Any]:
    """Every setting, with the values that took the place of defaults."""
    return {
        **asdict(settings),
        "base_model": base,
        "data": str(settings.data.absolute()),
        "steps": schedule.total_steps,
        "warmup_steps": schedule.warmup_steps,
        "save_steps": schedule.save_steps,
        "precision": resolve_precision(settings.precision),
        "loss": "MultipleNegativesRankingLoss",
        "batch_sampler": "no_duplicates",
    }


def _manifest(
    settings: TrainingSettings,
    chosen: dict[str, Any],
    inputs: dict[str, str],
    export: Export,
    outcome: TrainingOutcome,
) -> Manifest:
    warnings = weak_run_warnings(
        outcome.relative_weight_change, outcome.max_learning_rate, settings.learning_rate
    )
    for warning in warnings:
        say(f"Warning: {warning}")
    return Manifest(
        kind="train",
        settings={**chosen, "columns": list(export.columns), "warnings": warnings},
        inputs=inputs,
        counts={"rows": export.rows, **asdict(outcome)},
        seed=settings.seed,
    )
