"""A run from its first step to its best weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.training_args import BatchSamplers
from transformers import PrinterCallback, TrainerCallback

from citemesh.errors import CitemeshError, SettingsError
from citemesh.progress import progress_bar
from citemesh.training.batches.collator import TargetCollator
from citemesh.training.checkpoints import PartialRun, step_of
from citemesh.training.data.dev_task import DevTask
from citemesh.training.data.opened import TrainingData
from citemesh.training.dev import DevFiles, DevWatch, is_patience_spent, load_best
from citemesh.training.log import LogLine, read_dev_log, read_log
from citemesh.training.losses.choose import objective_of
from citemesh.training.losses.objective import EmbeddingLoss
from citemesh.training.models.merge import BasePull
from citemesh.training.models.open import column_prompts
from citemesh.training.recipes.checks import Schedule
from citemesh.training.recipes.settings import Settings
from citemesh.training.watch import TrainingWatch, out_of_memory_in_words
from citemesh.training.watched_trainer import KeepLast, WatchedTrainer
from citemesh.training.weights import (
    load_trained,
    relative_weight_change,
    weight_snapshot,
)


@dataclass(frozen=True)
class TrainingOutcome:
    """What a run did.

    Args:
        steps: optimizer steps.
        rows_seen: rows that went through the model, repeats counted.
        unique_anchors: different queries among them.
        duplicates: papers that stood in a batch more than once, each repeat counted.
        masked: pairs of a query and another row's document that were no negatives.
        max_learning_rate: the highest rate that the optimizer applied.
        final_loss: the loss in the last step.
        max_grad_norm: the longest gradient, before clipping.
        best_step: the step whose weights were kept by the dev part; the last without one.
    """

    steps: int
    rows_seen: int
    unique_anchors: int
    duplicates: int
    masked: int
    max_learning_rate: float
    final_loss: float
    max_grad_norm: float
    best_step: int


@dataclass(frozen=True)
class Run:
    """A run that is ready to go.

    Args:
        settings: the recipe's, with the user's changes.
        schedule: the steps that follow from them.
        data: what it trains on.
        partial: where checkpoints and logs go.
        dev: what checkpoints are chosen by; None for none.
        bf16: whether to compute in bfloat16.
    """

    settings: Settings
    schedule: Schedule
    data: TrainingData
    partial: PartialRun
    dev: DevTask | None
    bf16: bool


def run_training(model: SentenceTransformer, run: Run, checkpoint: Path | None) -> TrainingOutcome:
    """Train a model in place, and bring it to its best weights.

    Args:
        model: the base model, with adapters where the settings ask for them.
        run: what to do.
        checkpoint: where to go on; None to begin.

    Raises:
        CitemeshError: when the loss is no longer a number, memory does not suffice, or the data's
            texts repeat so much that they do not fill the batches.
    """
    partial, total = run.partial, run.schedule.total_steps
    if checkpoint and step_of(checkpoint) >= total:
        load_trained(model, partial.last)  # killed between the last step and the final name
    else:
        with out_of_memory_in_words():
            _train(model, run, checkpoint)
    files = DevFiles(partial.dev_log, partial.best)
    log = read_log(partial.log)
    ended = is_patience_spent(read_dev_log(files.log), run.settings.patience)
    if not log or (log[-1].step < total and not ended):
        raise CitemeshError(
            f"Only {log[-1].step if log else 0} of {total} steps could be made: texts repeat, or"
            " labels overlap, so much that batches cannot be filled.",
            "Give a smaller --set batch_size=N, or fewer --set zero_overlap_negatives=N.",
        )
    return _outcome(log, load_best(model, files))


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
            "Give a smaller --set max_seq_length=N.",
        )


def _outcome(log: list[LogLine], best_step: int | None) -> TrainingOutcome:
    return TrainingOutcome(
        steps=log[-1].step,
        rows_seen=log[-1].rows_seen,
        unique_anchors=log[-1].unique_anchors,
        duplicates=sum(line.duplicates for line in log),
        masked=sum(line.masked for line in log),
        max_learning_rate=max(line.learning_rate for line in log),
        final_loss=log[-1].loss,
        max_grad_norm=max(line.grad_norm for line in log),
        best_step=log[-1].step if best_step is None else best_step,
    )


def _train(model: SentenceTransformer, run: Run, checkpoint: Path | None) -> None:
    settings, schedule, data = run.settings, run.schedule, run.data
    before = weight_snapshot(model)
    prompts = column_prompts(
        settings, data.columns, {name: text or "" for name, text in model.prompts.items()}
    )
    with progress_bar("Training", schedule.total_steps, unit="step") as bar:
        watch = TrainingWatch(
            run.partial.log, bar, data.facts, lambda: relative_weight_change(before, model),
            schedule.eval_steps,
        )  # fmt: skip
        callbacks: list[TrainerCallback] = [watch, KeepLast(model, run.partial.last)]
        if settings.base_pull:
            callbacks.insert(0, BasePull(before, model, settings.base_pull, schedule))
        if run.dev is not None:
            files = DevFiles(run.partial.dev_log, run.partial.best)
            callbacks.append(DevWatch(
                model, run.dev, files, schedule.eval_steps, settings.patience, bf16=run.bf16
            ))  # fmt: skip
        trainer = WatchedTrainer(
            model=model,
            args=_arguments(settings, schedule, data, run.partial.checkpoints, bf16=run.bf16),
            train_dataset=data.texts,
            data_collator=TargetCollator(
                preprocess_fn=model.preprocess, prompts=prompts, targets=data.targets
            ),
            loss=EmbeddingLoss(model, objective_of(settings), settings.mini_batch_size),
            callbacks=callbacks,
        )
        trainer.watch = watch
        trainer.sampler = data.sampler
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)


def _arguments(
    settings: Settings, schedule: Schedule, data: TrainingData, checkpoints: Path, *, bf16: bool
) -> SentenceTransformerTrainingArguments:
    cuda, own = torch.cuda.is_available(), data.sampler
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(checkpoints),
        max_steps=schedule.total_steps,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=schedule.warmup_steps,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        bf16=bf16,
        # Outside CUDA transformers refuses bf16 unless told that the CPU is meant.
        use_cpu=not cuda and (bf16 or not torch.backends.mps.is_available()),
        seed=settings.seed,
        batch_sampler=own if isinstance(own, BatchSamplers) else BatchSamplers.BATCH_SAMPLER,
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
    # By both of its names: it changes within transformers 5, and the old one is warned about.
    for name in ("gradient_checkpointing", "activation_checkpointing"):
        setattr(arguments, name, settings.gradient_checkpointing)
    return arguments
