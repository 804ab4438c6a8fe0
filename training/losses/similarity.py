"""Similarities of embeddings and of label vectors, in float32 whatever autocast says."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # its usual name
from torch import Tensor


def dot(first: Tensor, second: Tensor) -> Tensor:
    """Dot products of all rows of one with all rows of the other.

    Autocast would multiply in bfloat16, whose steps are 0.004 below 1: with scale 20, scores would
    be off by several hundredths.

    Args:
        first: shape (rows, dimension).
        second: shape (others, dimension).

    Returns:
        Shape (rows, others), float32, or float64 if one of them is.
    """
    with torch.autocast(first.device.type, enabled=False):
        return _at_least_float32(first) @ _at_least_float32(second).T


def cosine(first: Tensor, second: Tensor) -> Tensor:
    """Cosines of all rows of one with all rows of the other; 0 with a row of zeros.

    Args:
        first: shape (rows, dimension).
        second: shape (others, dimension).

    Returns:
        Shape (rows, others), float32, or float64 if one of them is.
    """
    return dot(
        F.normalize(_at_least_float32(first), dim=-1),
        F.normalize(_at_least_float32(second), dim=-1),
    )


def others(rows: Tensor) -> Tensor:
    """True for every two different rows: bool, shape (rows, rows)."""
    return ~torch.eye(len(rows), dtype=torch.bool, device=rows.device)


def floor_of(scores: Tensor) -> float:
    """A number that stands for minus infinity under exp, and gives gradients of 0 instead of NaN.

    A softmax over nothing but minus infinity has no gradient; a quarter of the smallest number
    leaves room for scores to be added to it and taken from it.
    """
    return torch.finfo(scores.dtype).min / 4


def _at_least_float32(tensor: Tensor) -> Tensor:
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
