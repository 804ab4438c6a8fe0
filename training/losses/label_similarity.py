"""SimL: how similar the MeSH labels of two documents are, and what follows for a pair."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from citemesh.errors import SettingsError
from citemesh.training.losses.objective import Targets
from citemesh.training.losses.similarity import cosine, others


@dataclass(frozen=True)
class LabelSimilarity:
    """SimL of all pairs of a batch (BioHiCL, Lan et al., 2026, §Method).

    Args:
        siml: cosine of weighted label vectors, in [0, 1], shape (rows, rows); 0 where not known.
        known: bool, shape (rows, rows): two different rows that both have labels. A document
            without labels has not been indexed: it has nothing in common with none, as far as is
            known.
    """

    siml: Tensor
    known: Tensor

    @classmethod
    def of(cls, labels: Tensor) -> LabelSimilarity:
        """SimL of a batch.

        Args:
            labels: weights of the labels, none negative, shape (rows, labels); 0 where a row has
                not the label.
        """
        labels = labels.detach()
        labelled = (labels > 0).any(dim=1)
        known = labelled[:, None] & labelled[None, :] & others(labels)
        return cls(cosine(labels, labels).clamp(0, 1), known)

    def positives(self, beta: float) -> Tensor:
        """Pairs with SimL > beta: bool, shape (rows, rows)."""
        return self.known & (self.siml > beta)

    def zero_overlap(self) -> Tensor:
        """Pairs without a label in common, SimL = 0: bool, shape (rows, rows)."""
        return self.known & (self.siml == 0)


def labels_of(targets: Targets) -> Tensor:
    """The labels of a batch, float, shape (rows, labels).

    Raises:
        SettingsError: when the batch comes without labels.
    """
    if "labels" not in targets:
        raise SettingsError(
            "The loss asks for MeSH labels, and the batch has none.",
            "Train on source=documents, or set loss=ranking with siml_weight=0.",
        )
    return targets["labels"]
