"""sentence-transformers' trainer, shown to the watch, with the data's own batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers.sentence_transformer.training_args import BatchSamplers
from transformers import TrainerCallback, TrainerControl, TrainerState

from citemesh.training.batches.collator import ROW_COLUMN, ROWS
from citemesh.training.models.base import restore_checkpoint
from citemesh.training.processes import is_main, process_count
from citemesh.training.watch import TrainingWatch
from citemesh.training.weights import keep_trained


class WatchedTrainer(SentenceTransformerTrainer):
    """Shows the watch every batch, and collects no texts for a model card."""

    watch: TrainingWatch
    sampler: BatchSamplers | Callable[..., Any]

    def get_batch_sampler(self, dataset: Any, *rest: Any, **options: Any) -> Any:
        """Make batches by the data's own sampler where it has one.

        Not through the arguments: these are pickled into every checkpoint.
        """
        if isinstance(self.sampler, BatchSamplers):
            made = super().get_batch_sampler(dataset, *rest, **options)
        else:
            made = self.sampler(dataset, *rest, **options)
        self.add_callback(_TellEpoch(made))
        return made

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Take weights up in the precision in which they train, adapters too."""
        restore_checkpoint(self.model, Path(resume_from_checkpoint))

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Leave it out: it quotes training texts in the README of every checkpoint."""

    def training_step(self, model: Any, inputs: dict[str, Any], *rest: Any) -> torch.Tensor:
        """Show the batch, then train on it."""
        rows = inputs.pop(ROWS)
        masked = inputs[ROW_COLUMN].get("masked")
        count = rows.new_zeros(1) if masked is None else masked.sum().reshape(1).to(rows.dtype)
        if process_count() > 1:
            rows, count = self.accelerator.gather((rows, count))
        self.watch.see(rows.cpu().numpy().astype(np.int64), int(count.sum()))
        loss: torch.Tensor = super().training_step(model, inputs, *rest)
        return loss


class _TellEpoch(TrainerCallback):
    """Tells a sampler which epoch begins.

    What accelerate wraps around it does not pass that on in a run of several processes that is
    taken up, and the first epoch's order would come again.
    """

    def __init__(self, sampler: Any) -> None:
        self._sampler = sampler

    def on_epoch_begin(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Tell it, before its first batch is asked for."""
        self._sampler.set_epoch(int(state.epoch or 0))


class KeepLast(TrainerCallback):
    """Keeps the last step's weights, before its checkpoint is written.

    The trainer would add a step to a run that is taken up from its last checkpoint.
    """

    def __init__(self, model: SentenceTransformer, path: Path) -> None:
        self._model = model
        self._path = path

    def on_step_end(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Keep them after the last step."""
        if state.global_step == state.max_steps and is_main():
            keep_trained(self._model, self._path)
