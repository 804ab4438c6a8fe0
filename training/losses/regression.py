"""Regression of the cosine of two documents on the similarity of their labels."""

from __future__ import annotations

from torch import Tensor

from citemesh.training.losses.label_similarity import LabelSimilarity
from citemesh.training.losses.similarity import cosine


def siml_regression(embeddings: Tensor, labels: LabelSimilarity, beta: float) -> Tensor:
    """Mean over pairs i < j of (cosine - SimL)², without weakly associated pairs.

    The paper says only that beta filters weak associations (BioHiCL, Lan et al., 2026, §Method).
    We read it so: pairs with SimL > beta and pairs with SimL = 0 are kept, those between are left
    out, as are pairs of which one has no labels.

    Args:
        embeddings: shape (rows, dimension).
        labels: of the same rows.
        beta: SimL up to which an association is weak.

    Returns:
        A number; 0, with gradients of 0, when no pair is kept.
    """
    kept = (labels.positives(beta) | labels.zero_overlap()).triu(diagonal=1)
    error = (cosine(embeddings, embeddings) - labels.siml).square()
    return error.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)
