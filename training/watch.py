"""Watching a training run: what each step really did, and how far the weights moved."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from citemesh.errors import CitemeshError
from citemesh.outputs import write_text


@dataclass(frozen=True)
class LogLine:
    """One step of a run, as it stands in ``training_log.jsonl``.

    Args:
        step: the step, from 1.
        loss: mean loss over the step's batch, before the step.
        learning_rate: the rate that the optimizer applied in this step.
        rows_seen: rows that went through the model up to and including this step.
        grad_norm: length of the gradient, before clipping.
    """

    step: int
    loss: float
    learning_rate: float
    rows_seen: int
    grad_norm: float


def read_log(path: Path) -> list[LogLine]:
    """Read a training log; a last line cut short by a kill is left out."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(LogLine(**json.loads(line)))
        except ValueError:
            break
    return lines


class TrainingWatch(TrainerCallback):
    """Logs every step, moves the progress bar, and stops a run whose numbers broke.

    Args:
        log: the file ``training_log.jsonl``; on resuming, steps after the checkpoint are removed.
        bar: a progress bar that counts steps.
    """

    def __init__(self, log: Path, bar: tqdm[None]) -> None:
        self._log = log
        self._bar = bar
        self._learning_rate = math.nan
        self.rows_seen = 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Take up the log where the checkpoint stands."""
        kept = [line for line in read_log(self._log) if line.step <= state.global_step]
        write_text(self._log, "".join(json.dumps(asdict(line)) + "\n" for line in kept))
        self.rows_seen = kept[-1].rows_seen if kept else 0
        self._bar.initial = self._bar.n = state.global_step
        self._bar.refresh()

    def on_pre_optimizer_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Note the learning rate that the optimizer is about to apply."""
        self._learning_rate = float(kwargs["optimizer"].param_groups[0]["lr"])

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Write the step's line. The trainer logs before it saves, so a broken step is not kept."""
        if not logs or "loss" not in logs:
            return
        step, loss, grad_norm = state.global_step, logs["loss"], float(logs["grad_norm"])
        if not (math.isfinite(loss) and math.isfinite(grad_norm)):
            raise CitemeshError(
                f"The training broke in step {step}: the loss is {loss:g}, the gradient's length"
                f" {grad_norm:g}.",
                "Give a lower --learning-rate or --precision fp32.",
            )
        line = LogLine(step, loss, self._learning_rate, self.rows_seen, grad_norm)
        with self._log.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(line)) + "\n")
        self._bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self._bar.update(1)


def weight_snapshot(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Copy the weights that training may change, as float32 in main memory."""
    return {
        name: weight.detach().to("cpu", torch.float32, copy=True)
        for name, weight in model.named_parameters()
        if weight.requires_grad
    }


def relative_weight_change(before: dict[str, torch.Tensor], model: torch.nn.Module) -> float:
    """‖after - before‖ / ‖before‖ over all trained weights; one weight at a time leaves the GPU."""
    after = dict(model.named_parameters())
    moved = length = 0.0
    for name, old in before.items():
        new = after[name].detach().to("cpu", torch.float32)
        moved += float((new.double() - old.double()).square().sum())
        length += float(old.double().square().sum())
    return math.sqrt(moved / length) if length else math.inf


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Switch off the progress bars of transformers and datasets; ours is the only one."""
    import datasets
    from transformers.utils import logging as transformers_logging

    transformers_bars = transformers_logging.is_progress_bar_enabled()
    datasets_bars = datasets.are_progress_bars_disabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if transformers_bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        if not datasets_bars:
            datasets.enable_progress_bars()
