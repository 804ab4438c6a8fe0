"""Staying near the base: averaging with it, and a pull towards it while training.

sentence-transformers' `merge_models` is not used: it needs mergekit, and holds the base, the
trained model and their average in memory at once; this holds the two weights of one parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from citemesh.training.recipes.checks import Schedule


@torch.no_grad()
def average(base: Mapping[str, torch.Tensor], model: torch.nn.Module, weight: float) -> None:
    """Average a trained model with its base, in place (Wortsman et al., 2022, WiSE-FT, eq. 1).

    A model with LoRA adapters is averaged by `merged(model, weight)`: the mean of two factors is
    not the factor of a mean.

    Args:
        base: the base's weights by name, on any device; those that are left out stay trained.
        model: the trained model.
        weight: of the trained model, 0 to 1; the base has the rest. Whole numbers, such as
            position ids, stay as they are.

    Raises:
        KeyError: when the base has weights that the model has not.
    """
    weights, done = _weights(model), set()
    for name, old in base.items():
        trained = weights[name]
        if trained.is_floating_point() and trained not in done:
            trained.lerp_(old.to(trained.device, trained.dtype), 1.0 - weight)
            done.add(trained)  # by identity: tied weights have several names


class BasePull(TrainerCallback):
    """Pulls the weights towards the base after each optimizer step.

    The penalty on the distance to the base of L2-SP (Li, Grandvalet & Davoine, 2018), decoupled
    from the gradient as AdamW decouples weight decay (Loshchilov & Hutter, 2019, section 3): after
    a step ``w`` becomes ``w - p (w - base)``. What is left of a distance, 1 - p, is
    ``(1 - share) ** (rate / sum of all rates)``: a step takes back the more, the more it could
    have learned, and a whole run with gradients of 0 takes back exactly the share.

    Args:
        base: the weights to pull to, by name, in main memory. Of a LoRA run these are the adapters
            at their start, which change nothing of the base.
        model: that is trained.
        share: of the distance to the base that a whole run takes back, 0 to 1.
        schedule: warm-up and length of the run.
    """

    def __init__(
        self,
        base: Mapping[str, torch.Tensor],
        model: torch.nn.Module,
        share: float,
        schedule: Schedule,
    ) -> None:
        self._base = base
        self._weights = _weights(model)
        self._share = share
        self._sum = sum(linear_rates(schedule))

    @torch.no_grad()
    def on_optimizer_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Pull, by the rate that the optimizer has just applied."""
        group = kwargs["optimizer"].param_groups[0]
        pull = self.pull_of(float(group["lr"] / group["initial_lr"]))
        if pull > 0:
            for name, base in self._base.items():
                weight = self._weights[name]
                weight.lerp_(base.to(weight.device, weight.dtype, non_blocking=True), pull)

    def pull_of(self, rate: float) -> float:
        """The share of the distance that one step takes back.

        Args:
            rate: the step's learning rate, as a share of the highest.
        """
        return float(1.0 - (1.0 - self._share) ** (rate / self._sum)) if rate else 0.0


def linear_rates(schedule: Schedule) -> list[float]:
    """The learning rate of every step, as a share of the highest.

    transformers' `get_linear_schedule_with_warmup`: up in a line from 0, down in a line to 0.
    """
    warmup, total = schedule.warmup_steps, schedule.total_steps
    return [
        step / warmup if step < warmup else (total - step) / max(1, total - warmup)
        for step in range(total)
    ]


def _weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Parameters and buffers, by all of their names."""
    parameters = dict(model.named_parameters(remove_duplicate=False))
    return {**parameters, **dict(model.named_buffers(remove_duplicate=False))}
