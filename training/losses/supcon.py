"""What supervised contrastive losses share: positives against all others of the batch."""

from __future__ import annotations

import torch
from torch import Tensor

from citemesh.training.losses.similarity import floor_of, others


def log_share_of_others(scores: Tensor) -> Tensor:
    """Log softmax of each row over the other rows (SupCon, Khosla et al., 2020, eq. 2).

    Args:
        scores: similarity over temperature, shape (rows, rows).

    Returns:
        Shape (rows, rows); 0 on the diagonal.
    """
    itself = ~others(scores)
    return scores.masked_fill(itself, floor_of(scores)).log_softmax(dim=1).masked_fill(itself, 0)


def even_shares(positives: Tensor, dtype: torch.dtype) -> Tensor:
    """Weights that give each anchor's positives an equal share of 1; rows without one stay 0.

    Args:
        positives: bool, shape (rows, rows).
        dtype: of the weights.
    """
    return positives.to(dtype) / positives.sum(dim=1, keepdim=True).clamp(min=1)


def supervised_contrastive(scores: Tensor, weights: Tensor) -> Tensor:
    """The weighted mean of -log softmax over the others; SupCon's own with `even_shares`.

    Anchors without a positive contribute nothing and are not counted, where SupCon's and
    HiMulCon's code divides by 0.

    Args:
        scores: similarity over temperature, shape (rows, rows).
        weights: of an anchor's positives, none negative, shape (rows, rows); 0 on the diagonal.

    Returns:
        A number; 0, with gradients of 0, when all weights are 0.
    """
    total = weights.sum()
    return -(weights * log_share_of_others(scores)).sum() / total.where(total > 0, 1)
