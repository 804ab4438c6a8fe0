"""Refusing settings that are out of range or exclude each other, and runs that cannot learn."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from citemesh.errors import SettingsError

if TYPE_CHECKING:
    from citemesh.training.recipes.settings import Settings

#: Numbers for which 0 would mean that nothing happens.
_ABOVE_ZERO = ("epochs", "learning_rate", "max_grad_norm", "scale")
#: Numbers that are shares.
_SHARES = (
    "warmup_share", "evidence_positives", "mask_probability", "merge_weight", "base_pull",
    "beta", "lora_dropout",
)  # fmt: skip


@dataclass(frozen=True)
class Schedule:
    """How many optimizer steps a run takes.

    Args:
        total_steps: all steps.
        warmup_steps: steps in which the learning rate climbs in a line from 0; then it falls in a
            line to 0 at the end.
        save_steps: steps between two checkpoints.
        eval_steps: steps between two evaluations.
    """

    total_steps: int
    warmup_steps: int
    save_steps: int
    eval_steps: int


def check_settings(settings: Settings) -> None:
    """Look at every value by itself, then at those that must fit together.

    Raises:
        SettingsError: with the setting's name, for the first that is wrong.
    """
    types = get_type_hints(type(settings))
    for field in fields(settings):
        value = getattr(settings, field.name)
        _check_choice(field.name, value, types[field.name])
        _check_number(field.name, value, field.metadata["least"])
    _check_together(settings)


def schedule_of(settings: Settings, rows: int, processes: int = 1) -> Schedule:
    """Work out the steps of a run.

    Args:
        settings: of the run.
        rows: of the data. Only full batches are used: a smaller one would have fewer negatives.
        processes: that train together, each with batches of its own.

    Raises:
        SettingsError: when the rows fill no batch, or when the warm-up is as long as the whole
            run: it would end before its learning rate is reached, as BiCA's published code does
            (20 steps under a warm-up of 10,000).
    """
    per_step = settings.batch_size * processes
    if rows < per_step:
        raise SettingsError(
            f"The data has {rows} rows, which do not fill one batch of {per_step}.",
            "Give a smaller --set batch_size=N or more rows.",
        )
    total = settings.steps or math.ceil((settings.epochs or 1.0) * (rows // per_step))
    warmup = settings.warmup_steps
    if warmup is None:
        warmup = int(total * settings.warmup_share)
    if warmup >= total and not settings.endless_warmup:
        raise SettingsError(
            f"The warm-up takes {warmup} steps and the whole training {total}: the learning"
            f" rate would never reach {settings.learning_rate:g}.",
            f"Give --set warmup_steps=N (at most {total - 1}) or train longer.",
        )
    fifth = math.ceil(total / 5)
    return Schedule(
        total, warmup, settings.save_steps or min(500, fifth), settings.eval_steps or fifth
    )


def _check_choice(name: str, value: Any, hint: Any) -> None:
    if get_origin(hint) is Literal and value not in get_args(hint):
        raise SettingsError(
            f"The setting {name} is {value!r}.", f"It can be: {', '.join(get_args(hint))}."
        )


def _check_number(name: str, value: Any, least: float | None) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if not math.isfinite(value):
        raise SettingsError(f"The setting {name} is {value}; it must be a finite number.")
    if name in _ABOVE_ZERO and value <= 0:
        raise SettingsError(f"The setting {name} is {value}; it must be more than 0.")
    if least is not None and value < least:
        raise SettingsError(f"The setting {name} is {value}; it must be {least:g} or more.")
    if name in _SHARES and value > 1:
        raise SettingsError(f"The setting {name} is {value}; it is a share, 1 at most.")


def _check_together(settings: Settings) -> None:
    if settings.steps is not None and settings.epochs is not None:
        raise SettingsError("Steps and epochs were both given.", "Give one of them.")
    if settings.seed >= 2**32:
        raise SettingsError(f"The seed {settings.seed} is too large.", "Give one below 2^32.")
    if settings.base_pull == 1:
        raise SettingsError("The setting base_pull is 1: nothing would be learned.")
    if settings.merge_weight == 0:
        raise SettingsError("The setting merge_weight is 0: the base itself would be saved.")
    labelled = settings.loss != "ranking"
    if labelled != (settings.source == "documents"):
        raise SettingsError(
            f"The loss {settings.loss} does not train on {settings.source}.",
            "biohicl, mulsupcon and himulcon train on documents, ranking on export or titles.",
        )
    if labelled and settings.similarity == "dot":
        raise SettingsError(
            f"The loss {settings.loss} compares cosines with labels.", "Set similarity=cosine."
        )
    if settings.loss == "himulcon" and settings.label_weights != "depth":
        raise SettingsError("The levels of himulcon are depths.", "Set label_weights=depth.")
    if settings.batches == "composed" and not labelled:
        raise SettingsError(
            "Batches are composed by MeSH, for losses over labels.", "Set batches=no_duplicates."
        )
    if settings.batches == "composed":
        _check_composed(settings.batch_size, settings.zero_overlap_negatives)
    if settings.source != "export" and (settings.in_batch_mask == "evidence" or settings.exploded):
        raise SettingsError(
            f"in_batch_mask=evidence and exploded=true are for exports, not {settings.source}."
        )
    if settings.group_by_length and settings.in_batch_mask == "none" and not labelled:
        raise SettingsError(
            "Batches by length may hold a text twice, which needs a mask.",
            "Set in_batch_mask=known or group_by_length=false.",
        )
    if settings.exploded and settings.negatives == 0:
        raise SettingsError("Rows without negatives cannot be exploded.")


def _check_composed(batch_size: int, negatives: int) -> None:
    if batch_size % 2 or negatives > batch_size - 2:
        raise SettingsError(
            f"Batches of {batch_size} cannot be composed of pairs with {negatives} documents"
            " without a label in common.",
            "Give an even --set batch_size=N, and zero_overlap_negatives two below it at most.",
        )
