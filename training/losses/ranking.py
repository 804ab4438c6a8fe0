"""The ranking loss: a query's positive against its negatives and the other rows' documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812  # its usual name
from torch import Tensor

from citemesh.training.losses.label_similarity import LabelSimilarity, labels_of
from citemesh.training.losses.objective import Targets
from citemesh.training.losses.regression import siml_regression
from citemesh.training.losses.similarity import cosine, dot


@dataclass(frozen=True)
class RankingObjective:
    """InfoNCE over negatives and batch (van den Oord et al., 2018; Henderson et al., 2017).

    The same as sentence-transformers' MultipleNegativesRankingLoss, but that documents can be
    masked: known positives of a query in other rows, or documents with strong evidence, are then
    no negatives of it.

    Args:
        scale: similarities are multiplied by it; 1 / temperature.
        similarity: of a query and a document.
        hardness: weight of a row's own negatives by their similarity: hardness * similarity,
            without gradient, is added to their scores (EmbeddingGemma, Schechter Vera et al.,
            2025: 5).
        siml_weight: weight of the regression of the cosines of positives on their SimL.
        beta: SimL up to which the regression leaves a pair out.
    """

    scale: float = 20.0
    similarity: Literal["cosine", "dot"] = "cosine"
    hardness: float = 0.0
    siml_weight: float = 0.0
    beta: float = 0.3

    def __call__(self, embeddings: Sequence[Tensor], targets: Targets) -> dict[str, Tensor]:
        """Parts "ranking" and, with a siml_weight, "siml".

        Args:
            embeddings: of anchors, positives, and any number of columns of negatives.
            targets: "masked", if given: bool, shape (rows, documents), True where a document is no
                negative of a query; what it says of a row's own positive does not count. "labels",
                for "siml": of the rows' positives, shape (rows, labels).

        Raises:
            SettingsError: when siml_weight asks for labels that the batch has not.
        """
        queries, *documents = embeddings
        scores = self._scores(queries, torch.cat(documents), targets.get("masked"))
        own = torch.arange(len(queries), device=queries.device)
        parts = {"ranking": F.cross_entropy(scores, own)}
        if self.siml_weight > 0:
            labels = LabelSimilarity.of(labels_of(targets))
            regression = siml_regression(documents[0], labels, self.beta)
            parts["siml"] = self.siml_weight * regression
        return parts

    def _scores(self, queries: Tensor, documents: Tensor, masked: Tensor | None) -> Tensor:
        """Shape (rows, documents): column by column, the positives first."""
        similarity = (cosine if self.similarity == "cosine" else dot)(queries, documents)
        scores = self.scale * similarity
        rows = torch.arange(len(queries), device=queries.device)
        own = rows[:, None] == torch.arange(len(documents), device=queries.device) % len(queries)
        positive = own.clone()
        positive[:, len(queries) :] = False
        if self.hardness > 0:
            scores = scores + self.hardness * similarity.detach() * (own & ~positive)
        if masked is not None:
            scores = scores.masked_fill(masked & ~positive, -torch.inf)
        return scores
