"""MulSupCon: one contrast per document and label, with all others that have the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from citemesh.training.losses.label_similarity import labels_of
from citemesh.training.losses.objective import Targets
from citemesh.training.losses.similarity import cosine, dot, others
from citemesh.training.losses.supcon import supervised_contrastive


@dataclass(frozen=True)
class MulSupConObjective:
    """Multi-label supervised contrastive loss (MulSupCon, Zhang & Wu, AAAI 2024).

    For every document and each of its labels: the mean over the others with this label of -log
    softmax of the cosine over all others. These are averaged, each with the weight of its label;
    with equal weights that is the published mean over all of them.

    Departures: labels weigh, by depth or information content; documents of the same batch take the
    place of the published queue of keys, so a document and label without another that has the
    label is left out.

    Args:
        temperature: of the softmax; published: 0.1.
    """

    temperature: float = 0.05

    def __call__(self, embeddings: Sequence[Tensor], targets: Targets) -> dict[str, Tensor]:
        """Part "mulsupcon".

        Args:
            embeddings: of one column, the documents.
            targets: "labels": weights of their labels, shape (rows, labels).

        Raises:
            SettingsError: when the batch has no labels.
        """
        (documents,) = embeddings
        scores = cosine(documents, documents) / self.temperature
        weights = positive_weights(labels_of(targets).detach())
        return {"mulsupcon": supervised_contrastive(scores, weights)}


def positive_weights(labels: Tensor) -> Tensor:
    """What each document weighs among the positives of each, summed over labels.

    The contrasts of a document have the same softmax, so their sum needs no row per label: memory
    grows with the batch squared, not with its labels.

    Args:
        labels: weights, shape (rows, labels); 0 where a row has not the label.

    Returns:
        Shape (rows, rows), 0 on the diagonal: Σ over shared labels of weight / number of others
        that have the label.
    """
    has = labels > 0
    other_holders = (has.sum(dim=0) - 1).clamp(min=1)
    weights = dot(labels / other_holders, has.to(labels.dtype))
    return weights.masked_fill(~others(labels), 0)
