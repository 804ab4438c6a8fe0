"""Sampling in which every text has a seed of its own, whatever else is in its batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor


class GumbelNoise(LogitsProcessor):
    """Adds noise that makes the likeliest next token a sample of all (the Gumbel-max trick).

    With independent standard Gumbel noise g the greatest of logit / temperature + g is distributed
    as the softmax of logit / temperature (Maddison et al., "A* Sampling", NeurIPS 2014, §2). So a
    greedy search samples, each row from its own generator.

    Args:
        seeds: one per row of the batch.
        temperature: above 0.
    """

    def __init__(self, seeds: Sequence[int], temperature: float) -> None:
        # On the CPU: other devices have other streams of numbers.
        self._generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        self._temperature = temperature

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores of the next tokens with noise, shape (rows, vocabulary)."""
        uniform = torch.stack(
            [torch.rand(scores.shape[1], generator=own) for own in self._generators]
        )
        # rand gives 0 as well, whose logarithm is not finite.
        noise = -torch.log(-torch.log(uniform.clamp(1e-10, 1 - 1e-7)))
        return scores.float() / self._temperature + noise.to(scores.device)
