"""BioHiCL's loss: cosines regressed on SimL, and label neighbours against unrelated documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch.nn.functional as F  # noqa: N812  # its usual name
from torch import Tensor

from citemesh.training.losses.label_similarity import LabelSimilarity, labels_of
from citemesh.training.losses.objective import Targets
from citemesh.training.losses.regression import siml_regression
from citemesh.training.losses.similarity import cosine, floor_of


@dataclass(frozen=True)
class BioHiclObjective:
    """Regression plus λ times a contrastive term (BioHiCL, Lan et al., 2026, §Method).

    Every document is an anchor; its positives p have SimL > beta, its negatives n SimL = 0. With s
    the cosine, t the temperature, and means over the anchors that have a positive:

    - literal: the mean over p of -log(SimL · exp(s_p) / Σ_n exp(s_n)), as printed: without
      temperature, and only for anchors with a negative, since the positive is not in the
      denominator. SimL is then a constant beside the similarities: it has no gradient.
    - weighted_outside: the mean over p of -SimL · log(e_p / (e_p + Σ_n e_n)), e = exp(s / t).
    - sum_inside: -log(Σ_p SimL · e_p / (Σ_p SimL · e_p + Σ_n e_n)).

    The last two are ours, in the printed one's spirit: in them SimL weighs.

    Args:
        beta: SimL above which two documents are positives of each other; the regression leaves
            out what is between 0 and it.
        contrastive_weight: λ.
        variant: form of the contrastive term.
        temperature: of the softmax; the literal variant has none.
    """

    beta: float = 0.3
    contrastive_weight: float = 0.1
    variant: Literal["literal", "weighted_outside", "sum_inside"] = "weighted_outside"
    temperature: float = 0.05

    def __call__(self, embeddings: Sequence[Tensor], targets: Targets) -> dict[str, Tensor]:
        """Parts "regression" and "contrastive"; 0, with gradients of 0, where no pair counts.

        Args:
            embeddings: of one column, the documents.
            targets: "labels": weights of their labels, shape (rows, labels).

        Raises:
            SettingsError: when the batch has no labels.
        """
        (documents,) = embeddings
        labels = LabelSimilarity.of(labels_of(targets))
        return {
            "regression": siml_regression(documents, labels, self.beta),
            "contrastive": self.contrastive_weight * self._contrastive(documents, labels),
        }

    def _contrastive(self, documents: Tensor, labels: LabelSimilarity) -> Tensor:
        scores = cosine(documents, documents)
        positives, negatives = labels.positives(self.beta), labels.zero_overlap()
        siml = labels.siml.to(scores.dtype)
        if self.variant == "literal":
            return _literal(scores, siml, positives, negatives)
        form = _weighted_outside if self.variant == "weighted_outside" else _sum_inside
        return form(scores / self.temperature, siml, positives, negatives)


def _literal(scores: Tensor, siml: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    positives = positives & negatives.any(dim=1, keepdim=True)
    loss = _log_sum(scores, negatives)[:, None] - scores - _log(siml, positives)
    return _mean_of_anchors(_mean_of_positives(loss, positives), positives)


def _weighted_outside(scores: Tensor, siml: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    # -log(e_p / (e_p + N)) = softplus(log N - s_p), which neither overflows nor cancels.
    loss = siml * F.softplus(_log_sum(scores, negatives)[:, None] - scores)
    return _mean_of_anchors(_mean_of_positives(loss, positives), positives)


def _sum_inside(scores: Tensor, siml: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    weighted = _log_sum(scores + _log(siml, positives), positives)
    loss = F.softplus(_log_sum(scores, negatives) - weighted)
    return _mean_of_anchors(loss, positives)


def _log(siml: Tensor, positives: Tensor) -> Tensor:
    return siml.masked_fill(~positives, 1).log()


def _log_sum(scores: Tensor, kept: Tensor) -> Tensor:
    """Log-sum-exp of what is kept of each row, shape (rows,); far below all scores if nothing."""
    return scores.masked_fill(~kept, floor_of(scores)).logsumexp(dim=1)


def _mean_of_positives(loss: Tensor, positives: Tensor) -> Tensor:
    """Shape (rows,)."""
    return loss.masked_fill(~positives, 0).sum(dim=1) / positives.sum(dim=1).clamp(min=1)


def _mean_of_anchors(loss: Tensor, positives: Tensor) -> Tensor:
    """A number; anchors without a positive contribute nothing and are not counted."""
    counted = positives.any(dim=1)
    return loss.masked_fill(~counted, 0).sum() / counted.sum().clamp(min=1)
