"""The settings of a training run, and the refusal of settings under which nothing is learned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import SettingsError
from citemesh.precision import PRECISIONS


@dataclass(frozen=True)
class Schedule:
    """How many optimizer steps a run takes.

    Args:
        total_steps: all steps.
        warmup_steps: steps in which the learning rate climbs in a line from 0; then it falls in a
            line to 0 at the end.
        save_steps: steps between two checkpoints.
    """

    total_steps: int
    warmup_steps: int
    save_steps: int


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that a user can choose about a training run.

    Args:
        base_model: a sentence-transformers model, as a folder or by its name on the Hugging Face
            hub.
        data: the folder of an export.
        steps: optimizer steps; instead of `epochs`.
        epochs: passes over the export; 1 when neither is given, as in the sentence-transformers
            training guide.
        batch_size: rows per step (MedCPT's code: 32); every other row of the batch adds its
            documents to a query's negatives.
        learning_rate: the peak (sentence-transformers' and MedCPT's default: 2e-5).
        warmup_steps: None is a tenth of all steps, rounded down (sentence-transformers training
            guide).
        weight_decay: AdamW's (sentence-transformers' `fit` and BiCA: 0.01).
        max_seq_length: tokens per text in training; None is what the model was made for. The
            saved model keeps its own.
        scale: what cosines are multiplied with in the loss; 20 is a temperature of 0.05
            (sentence-transformers' default, SimCSE).
        seed: of dropout and of the order of rows (transformers' default: 42).
        precision: ``bf16`` computes in bfloat16 and keeps the weights in float32; ``auto`` does
            so where the hardware has bfloat16.
        save_steps: steps between two checkpoints; None is a fifth of the run, at most 500
            (transformers' default).

    Raises:
        SettingsError: for a value outside its range.
    """

    base_model: str
    data: Path
    steps: int | None = None
    epochs: float | None = None
    batch_size: int = 32
    learning_rate: float = 2e-5
    warmup_steps: int | None = None
    weight_decay: float = 0.01
    max_seq_length: int | None = None
    scale: float = 20.0
    seed: int = 42
    precision: str = "auto"
    save_steps: int | None = None

    def __post_init__(self) -> None:
        if self.steps is not None and self.epochs is not None:
            raise SettingsError("Steps and epochs were both given.", "Give one of them.")
        if self.precision not in PRECISIONS:
            raise SettingsError(
                f"The precision {self.precision!r} is unknown.",
                f"Use one of {', '.join(PRECISIONS)}.",
            )
        if self.batch_size < 2:
            raise SettingsError(
                f"The batch size is {self.batch_size}; it must be 2 or more,"
                " since the other rows of a batch are a query's negatives."
            )
        for name in ("steps", "epochs", "learning_rate", "max_seq_length", "scale", "save_steps"):
            _check(name, getattr(self, name), zero_allowed=False)
        for name in ("warmup_steps", "weight_decay", "seed"):
            _check(name, getattr(self, name), zero_allowed=True)
        if self.seed >= 2**32:
            raise SettingsError(f"The seed {self.seed} is too large.", "Give one below 2^32.")

    def schedule(self, rows: int) -> Schedule:
        """Work out the steps of a run over an export.

        Args:
            rows: rows of the export. Only full batches are used: a smaller one would have fewer
                negatives per query.

        Raises:
            SettingsError: when the rows fill no batch, or when the warm-up is as long as the whole
                run: the run would end before its learning rate is reached (BiCA's published code
                takes 20 steps under a warm-up of 10,000).
        """
        if rows < self.batch_size:
            raise SettingsError(
                f"The export has {rows} rows, which do not fill one batch of {self.batch_size}.",
                "Give a smaller --batch-size or export more rows.",
            )
        total = self.steps or math.ceil((self.epochs or 1.0) * (rows // self.batch_size))
        warmup = total // 10 if self.warmup_steps is None else self.warmup_steps
        if warmup >= total:
            raise SettingsError(
                f"The warm-up takes {warmup} steps and the whole training {total}: the learning"
                f" rate would never reach {self.learning_rate:g}.",
                f"Give fewer --warmup-steps (at most {total - 1}) or train longer.",
            )
        return Schedule(total, warmup, self.save_steps or min(500, math.ceil(total / 5)))


def _check(name: str, value: float | None, *, zero_allowed: bool) -> None:
    if value is None or (math.isfinite(value) and (value > 0 or (zero_allowed and value == 0))):
        return
    bound = "0 or more" if zero_allowed else "more than 0"
    raise SettingsError(f"The setting {name.replace('_', ' ')} is {value}; it must be {bound}.")
