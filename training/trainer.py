"""The training loop: sentence-transformers' trainer, counted, watched and without its card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.data_collator import SentenceTransformerDataCollator
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.training_args import BatchSamplers
from transformers import PrinterCallback

from citemesh.errors import CitemeshError, SettingsError
from citemesh.progress import progress_bar
from citemesh.training.checkpoints import PartialRun, step_of
from citemesh.training.models.base import load_model
from citemesh.training.settings import Schedule, TrainingSettings
from citemesh.training.watch import (
    TrainingWatch,
    read_log,
    relative_weight_change,
    weight_snapshot,
)

if TYPE_CHECKING:
    from datasets import Dataset

_ROWS = "citemesh_rows"


@dataclass(frozen=True)
class TrainingOutcome:
    """What a run did.

    Args:
        steps: optimizer steps.
        rows_seen: rows that went through the model, repeats counted.
        relative_weight_change: ‖after - before‖ / ‖before‖ over all trained weights.
        max_learning_rate: the highest rate that the optimizer applied.
        final_loss: the loss in the last step.
    """

    steps: int
    rows_seen: int
    relative_weight_change: float
    max_learning_rate: float
    final_loss: float


class _CountingCollator(SentenceTransformerDataCollator):
    """Adds the number of rows to a batch: token tensors do not show it for every kind of model."""

    def __call__(self, features: list[dict[str, Any]]) -> dict[str, Any]:
        return {**super().__call__(features), _ROWS: len(features)}


class _CountingTrainer(SentenceTransformerTrainer):
    """Counts the rows that are trained on, and collects no texts for a model card."""

    data_collator_class = _CountingCollator
    watch: TrainingWatch

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Leave it out: it quotes training texts in the README of every checkpoint."""

    def training_step(self, model: Any, inputs: dict[str, Any], *rest: Any) -> torch.Tensor:
        """Count the batch, then train on it."""
        self.watch.rows_seen += inputs.pop(_ROWS) * self.args.world_size
        return super().training_step(model, inputs, *rest)


def run_training(
    model: SentenceTransformer,
    texts: Dataset,
    settings: TrainingSettings,
    schedule: Schedule,
    partial: PartialRun,
    checkpoint: Path | None,
    *,
    bf16: bool,
) -> TrainingOutcome:
    """Train a model in place.

    Args:
        model: the base model.
        texts: anchor, positive and negatives, in this order and nothing else.
        settings: the user's choice.
        schedule: the steps that follow from it.
        partial: where checkpoints and the log go.
        checkpoint: where to go on; None to begin.
        bf16: whether to compute in bfloat16.

    Raises:
        CitemeshError: when the loss is no longer a number, or the export's texts repeat so much
            that they do not fill the batches.
    """
    before = weight_snapshot(model)
    own_length = model.max_seq_length
    model.max_seq_length = settings.max_seq_length or own_length
    if checkpoint and step_of(checkpoint) >= schedule.total_steps:
        # Killed between the last step and the final name; the trainer would add a step.
        model.load_state_dict(load_model(str(checkpoint)).state_dict())
    else:
        _train(model, texts, settings, schedule, partial, checkpoint, bf16=bf16)
    # Evaluated at its base's length, so that the two differ in their weights alone.
    model.max_seq_length = own_length
    log = read_log(partial.log)
    if not log or log[-1].step < schedule.total_steps:
        raise CitemeshError(
            f"Only {log[-1].step if log else 0} of {schedule.total_steps} steps could be made: the"
            " export's texts repeat so much that they do not fill the batches.",
            "Give a smaller --batch-size.",
        )
    return TrainingOutcome(
        steps=log[-1].step,
        rows_seen=log[-1].rows_seen,
        relative_weight_change=relative_weight_change(before, model),
        max_learning_rate=max(line.learning_rate for line in log),
        final_loss=log[-1].loss,
    )


def check_length(model: SentenceTransformer, tokens: int | None) -> None:
    """Refuse to train on longer texts than a model has positions for; None is its own length.

    Raises:
        SettingsError: when the model takes fewer tokens.
    """
    config = getattr(model.transformers_model, "config", None)
    positions = getattr(config, "max_position_embeddings", None)
    if tokens is not None and positions is not None and tokens > positions:
        raise SettingsError(
            f"Texts of {tokens} tokens were asked for, but the model takes {positions} at most.",
            "Give a smaller --max-seq-length.",
        )


def _train(
    model: SentenceTransformer,
    texts: Dataset,
    settings: TrainingSettings,
    schedule: Schedule,
    partial: PartialRun,
    checkpoint: Path | None,
    *,
    bf16: bool,
) -> None:
    with progress_bar("Training", schedule.total_steps, unit="step") as bar:
        watch = TrainingWatch(partial.log, bar)
        trainer = _CountingTrainer(
            model=model,
            args=_arguments(settings, schedule, partial.checkpoints, bf16=bf16),
            train_dataset=texts,
            loss=MultipleNegativesRankingLoss(model, scale=settings.scale),
            callbacks=[watch],
        )
        trainer.watch = watch
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)


def _arguments(
    settings: TrainingSettings, schedule: Schedule, checkpoints: Path, *, bf16: bool
) -> SentenceTransformerTrainingArguments:
    cuda = torch.cuda.is_available()
    return SentenceTransformerTrainingArguments(
        output_dir=str(checkpoints),
        max_steps=schedule.total_steps,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=schedule.warmup_steps,
        weight_decay=settings.weight_decay,
        max_grad_norm=1.0,  # transformers' default, and BiCA's
        bf16=bf16,
        # Outside CUDA transformers refuses bf16 unless told that the CPU is meant.
        use_cpu=not cuda and (bf16 or not torch.backends.mps.is_available()),
        seed=settings.seed,
        # A row's own positive, repeated in its batch, would be one of its negatives.
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        dataloader_drop_last=True,
        dataloader_pin_memory=cuda,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would put an old loss in the place of a broken one
        save_strategy="steps",
        save_steps=schedule.save_steps,
        save_total_limit=2,  # the older one is there for a newest one cut short
        report_to="none",
        disable_tqdm=True,
    )
