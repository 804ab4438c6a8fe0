"""Making a run ready: model and data opened, refused where they cannot work, old steps taken up."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer

from citemesh.errors import CitemeshError
from citemesh.precision import resolve_precision
from citemesh.progress import step
from citemesh.training.checkpoints import PartialRun, newest_whole
from citemesh.training.data.denied import held_out_warnings, read_denied
from citemesh.training.data.dev_task import DevTask, dev_of_export, dev_of_folder
from citemesh.training.data.open_data import data_inputs, open_data
from citemesh.training.models.base import weights_sha256
from citemesh.training.models.open import open_model
from citemesh.training.plan import TrainingPlan
from citemesh.training.processes import is_main, process_count, wait_for_all
from citemesh.training.recipes.checks import schedule_of
from citemesh.training.trainer import Run, check_length
from citemesh.workspace import Workspace


@dataclass(frozen=True)
class Ready:
    """A run that can begin.

    Args:
        model: the base, with adapters where they are asked for.
        run: what to do with it.
        checkpoint: where to go on; None to begin.
        inputs: hashes of what goes in.
        own_length: tokens that the base reads; the trained model reads as many again.
        warnings: what is known to be wrong before the first step.
    """

    model: SentenceTransformer
    run: Run
    checkpoint: Path | None
    inputs: Mapping[str, str]
    own_length: int | None
    warnings: tuple[str, ...] = ()


def prepare(partial: PartialRun, workspace: Workspace, plan: TrainingPlan, base: str) -> Ready:
    """Open everything that a run needs; the cache of its data lies in the partial run's folder.

    Raises:
        CitemeshError: when model, data or settings do not fit together; a run that never began
            leaves no folder.
    """
    settings = plan.settings
    denied = read_denied(plan.deny)
    inputs = data_inputs(workspace, plan)
    with step(f"Loading {base}"):
        model = open_model(base, settings)
    check_length(model, settings.max_seq_length)
    inputs["base_weights"] = weights_sha256(model)
    own_length = model.max_seq_length
    model.max_seq_length = settings.max_seq_length or own_length
    if is_main():
        partial.take_up({**identity_of(plan, base), **inputs})
    wait_for_all()
    checkpoint = newest_whole(partial.checkpoints)
    try:
        data = open_data(workspace, plan, partial.own_cache, denied)
        schedule = schedule_of(settings, len(data.texts), process_count())
        dev = _dev(plan)
    except CitemeshError:
        if checkpoint is None and is_main():
            shutil.rmtree(partial.folder)
        raise
    bf16 = resolve_precision(settings.precision) == "bf16"
    run = Run(settings, schedule, data, partial, dev, bf16)
    warnings = held_out_warnings(workspace.root / "tasks", data.facts.papers)
    return Ready(model, run, checkpoint, inputs, own_length, tuple(warnings))


def identity_of(plan: TrainingPlan, base: str) -> dict[str, Any]:
    """What must be equal for an unfinished run to be taken up."""
    return {
        "recipe": plan.recipe,
        "variant": plan.variant,
        "base_model": base,
        "data": str(plan.data.absolute()) if plan.data else None,
        **asdict(plan.settings),
        "precision": resolve_precision(plan.settings.precision),
        "dev": str(plan.dev.absolute()) if plan.dev else None,
        "deny": [str(path.absolute()) for path in plan.deny],
        "processes": process_count(),
    }


def _dev(plan: TrainingPlan) -> DevTask | None:
    if plan.dev is not None:
        return dev_of_folder(plan.dev)
    return dev_of_export(plan.data) if plan.data is not None else None
