"""Watching a training run: what each step really did, and a stop where its numbers break."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from citemesh.errors import CitemeshError
from citemesh.training.checkpoints import SEEN_FILE
from citemesh.training.data.rows import RowFacts
from citemesh.training.log import LogLine, append_line, read_log, write_log
from citemesh.training.processes import is_main

#: Keys that the trainer logs beside the parts of a loss.
_NO_PARTS = frozenset({"loss", "grad_norm", "learning_rate", "epoch"})


class TrainingWatch(TrainerCallback):
    """Logs every step, moves the progress bar, and stops a run whose numbers broke.

    Args:
        log: the file ``training_log.jsonl``; on resuming, steps after the checkpoint are removed.
        bar: a progress bar that counts steps.
        facts: what the rows hold.
        weight_change: measures how far the weights are from their base: a pass over all weights.
        every: steps between two such measurements.
    """

    def __init__(
        self,
        log: Path,
        bar: tqdm[None],
        facts: RowFacts,
        weight_change: Callable[[], float],
        every: int,
    ) -> None:
        self._log = log
        self._bar = bar
        self._facts = facts
        self._weight_change = weight_change
        self._every = every
        self._learning_rate = math.nan
        self._seen = np.zeros(facts.queries, dtype=bool)
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._masked = 0
        self._rows_seen = 0

    def see(self, rows: NDArray[np.int64], masked: int) -> None:
        """Note a batch before it is trained on.

        Args:
            rows: numbers of its rows, those of all processes, shape (batch,).
            masked: pairs in it that are no negatives.
        """
        self._rows = rows
        self._masked = masked
        self._rows_seen += len(rows)
        self._seen[self._facts.query_of(rows)] = True

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Take up the log where the checkpoint stands."""
        kept = [line for line in read_log(self._log) if line.step <= state.global_step]
        if is_main():
            write_log(self._log, kept)
        self._rows_seen = kept[-1].rows_seen if kept else 0
        seen = Path(args.output_dir or "") / f"checkpoint-{state.global_step}" / SEEN_FILE
        if state.global_step and seen.exists():
            self._seen = np.load(seen)
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
                f" {grad_norm:g}. The batch: {self._facts.describe(self._rows)}.",
                "Give a lower --set learning_rate=… or --set precision=fp32.",
            )
        documents = self._facts.documents(self._rows)
        line = LogLine(
            step=step,
            loss=loss,
            learning_rate=self._learning_rate,
            rows_seen=self._rows_seen,
            grad_norm=grad_norm,
            unique_anchors=int(self._seen.sum()),
            duplicates=len(documents) - len(np.unique(documents)),
            masked=self._masked,
            relative_weight_change=self._weight_change() if step % self._every == 0 else None,
            parts={k: float(v) for k, v in logs.items() if k not in _NO_PARTS},
        )
        if is_main():
            append_line(self._log, line)
        self._bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self._bar.update(1)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Keep which queries were seen, beside the checkpoint's weights."""
        if is_main():
            folder = Path(args.output_dir or "") / f"checkpoint-{state.global_step}"
            # By its name a checkpoint is whole: it must not be there half-written.
            partial = folder / f".partial-{SEEN_FILE}"
            np.save(partial, self._seen)
            partial.replace(folder / SEEN_FILE)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Switch off progress bars and remarks of transformers and datasets; ours are the only ones."""
    import datasets
    from transformers.utils import logging as transformers_logging

    verbosity = transformers_logging.get_verbosity()
    transformers_bars = transformers_logging.is_progress_bar_enabled()
    datasets_bars = datasets.are_progress_bars_disabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        if transformers_bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        if not datasets_bars:
            datasets.enable_progress_bars()


@contextmanager
def out_of_memory_in_words() -> Iterator[None]:
    """Turn running out of memory into one error that says which setting to lower.

    Raises:
        CitemeshError: when the block ran out of memory.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        # On a CPU torch gives no class of its own for it.
        if isinstance(error, RuntimeError) and not (
            isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
        ):
            raise
        raise CitemeshError(
            "The training ran out of memory.",
            "Lower one of: --set mini_batch_size=8 (the same batch by gradient caching),"
            " --set max_seq_length=128, --set batch_size=16; or --set gradient_checkpointing=true.",
        ) from error
