"""Training a dense retriever by a plan, from refusing bad settings to the final name."""

from __future__ import annotations

import shutil
from pathlib import Path

from citemesh.errors import SettingsError
from citemesh.outputs import check_free, publish_folder, remove_leftovers
from citemesh.training.checkpoints import PartialRun, full_disk_in_words
from citemesh.training.models.base import find_model, save_model
from citemesh.training.models.card import write_model_card
from citemesh.training.plan import TrainingPlan
from citemesh.training.processes import is_main, join_processes, wait_for_all
from citemesh.workspace import Workspace


def train(workspace: Workspace, plan: TrainingPlan, name: str, *, force: bool = False) -> Path:
    """Train a model; killed or interrupted, the same call goes on from the last checkpoint.

    Called by several processes at once (torchrun), they train together and the first one writes.

    Args:
        workspace: where the model goes.
        plan: what to train on what, and how.
        name: the model's name in the workspace.
        force: replace a model of that name.

    Returns:
        The model's folder.

    Raises:
        OutputExistsError: when the model is there, or another process trains it.
        InputError: when the data or the base model cannot be used, or the deny list forbids it.
        SettingsError: when the settings cannot work, such as a warm-up as long as the run, or a
            model that would replace its own base.
        NoSpaceError: when the disk is full.
    """
    final = workspace.model(name)
    check_free(final, force=force)
    base = find_model(plan.base_model, workspace)
    if Path(base) == final.resolve():
        raise SettingsError(
            f"The model {name} would replace its own base.", "Give another name with --name."
        )
    join_processes()
    final.parent.mkdir(parents=True, exist_ok=True)
    if is_main():
        remove_leftovers(final)
    partial = PartialRun(final.parent / f".{final.name}.partial")
    with full_disk_in_words(partial.checkpoints):
        _train_into(partial, workspace, plan, base, name)
        wait_for_all()
        if is_main():
            publish_folder(partial.model, final)
            shutil.rmtree(partial.folder)
    return final


def _train_into(
    partial: PartialRun, workspace: Workspace, plan: TrainingPlan, base: str, name: str
) -> None:
    """Train, and leave the finished model in the partial run's folder."""
    from citemesh.training.prepare import prepare
    from citemesh.training.result import finish, manifest_of
    from citemesh.training.trainer import run_training
    from citemesh.training.watch import quiet_libraries

    with quiet_libraries():
        ready = prepare(partial, workspace, plan, base)
        try:
            outcome = run_training(ready.model, ready.run, ready.checkpoint)
            change = finish(ready, plan, base)
        finally:
            shutil.rmtree(partial.own_cache, ignore_errors=True)
        if is_main():
            manifest = manifest_of(plan, ready, base, outcome, change)
            save_model(ready.model, partial.model)
            for log in (partial.log, partial.dev_log):
                if log.exists():
                    shutil.copy(log, partial.model)
            write_model_card(partial.model, name, manifest)
            manifest.write(partial.model)
