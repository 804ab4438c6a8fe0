"""The end of a run: adapters merged, averaged with the base, measured, and put into a manifest."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from citemesh.manifest import Manifest
from citemesh.progress import say
from citemesh.training.dev import DevFiles, DevWatch, best_line
from citemesh.training.log import read_dev_log
from citemesh.training.models.adapters import has_adapters, merged
from citemesh.training.models.merge import average
from citemesh.training.models.open import open_model
from citemesh.training.plan import TrainingPlan
from citemesh.training.prepare import Ready, identity_of
from citemesh.training.trainer import TrainingOutcome
from citemesh.training.weights import relative_weight_change

#: Below this the weights as good as stayed: BiCA's published run (20 steps, warm-up 10,000) could
#: move each weight by 4e-7 at most, which is about 1e-5 of a usual weight.
MIN_WEIGHT_CHANGE = 1e-5
#: Share of the learning rate asked for that must have been applied at least once.
MIN_RATE_SHARE = 0.5


def finish(ready: Ready, plan: TrainingPlan, base: str) -> float:
    """Bring a trained model into the form in which it is saved, and measure it once more.

    Returns:
        ‖saved - base‖ / ‖base‖ over all weights.
    """
    model, run, settings = ready.model, ready.run, plan.settings
    untouched = open_model(base, replace(settings, lora_rank=0))
    if has_adapters(model):
        merged(model, settings.merge_weight)
    elif settings.merge_weight < 1:
        average(untouched.state_dict(), model, settings.merge_weight)
    change = relative_weight_change(dict(untouched.named_parameters()), model)
    if run.dev is not None:
        files = DevFiles(run.partial.dev_log, run.partial.best)
        watch = DevWatch(model, run.dev, files, 1, None, bf16=run.bf16)
        last = max(line.step for line in read_dev_log(files.log))
        watch.measure(last, saved=True)
    # Evaluated at its base's length, so that the two differ in their weights alone.
    model.max_seq_length = ready.own_length
    return change


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


def manifest_of(
    plan: TrainingPlan, ready: Ready, base: str, outcome: TrainingOutcome, change: float
) -> Manifest:
    """Everything about a run that is over; its warnings are said too."""
    run = ready.run
    warnings = list(ready.warnings)
    warnings += weak_run_warnings(change, outcome.max_learning_rate, plan.settings.learning_rate)
    warnings += _dev_warnings(ready)
    for warning in warnings:
        say(f"Warning: {warning}")
    settings: dict[str, Any] = {
        **identity_of(plan, base),
        "changed": dict(plan.changed),
        "steps": run.schedule.total_steps,
        "warmup_steps": run.schedule.warmup_steps,
        "save_steps": run.schedule.save_steps,
        "eval_steps": run.schedule.eval_steps,
        "columns": list(run.data.columns),
        "warnings": warnings,
    }
    counts = {
        "rows": len(run.data.texts), **run.data.counts, **asdict(outcome),
        "relative_weight_change": change,
    }  # fmt: skip
    dev = read_dev_log(run.partial.dev_log)
    if dev:
        counts |= {"dev_base": dev[0].ndcg, "dev_saved": dev[-1].ndcg}
    return Manifest(
        kind="train", settings=settings, inputs=dict(ready.inputs), counts=counts,
        seed=plan.settings.seed,
    )  # fmt: skip


def _dev_warnings(ready: Ready) -> list[str]:
    lines = read_dev_log(ready.run.partial.dev_log)
    best = best_line(lines)
    if best is None or best.ndcg > lines[0].ndcg:
        return []
    return [
        f"No checkpoint was better than the untouched base on the dev part (nDCG@10 {best.ndcg:.4f}"
        f" against {lines[0].ndcg:.4f}): this training brought nothing there."
    ]
