"""HiMulCon over MeSH: a contrast per depth, in which coarser pairs are never closer than finer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from citemesh.training.losses.label_similarity import labels_of
from citemesh.training.losses.objective import Targets
from citemesh.training.losses.similarity import cosine, dot, others
from citemesh.training.losses.supcon import even_shares, supervised_contrastive


@dataclass(frozen=True)
class LevelObjective:
    """Hierarchical multi-label contrastive loss, HiMulConE (Zhang et al., CVPR 2022).

    At depth d two documents are positives when they share a label at least that deep. The depths
    from the deepest that any two documents of the batch share up to 1 are the levels l = 1 .. L; a
    level's SupCon loss, but at least the greatest of the deeper levels, weighs 2^(1/l), and the
    sum is divided by L.

    Departures: a document has many headings, and these several tree numbers, so there is no single
    path of labels; sharing a label takes the place of an equal path. Duplicates of a level are not
    dropped before the next, since documents that share a label differ in others. L is that of the
    batch: published batches are drawn so that every level has positives. The published code
    divides by its columns of labels, one more than its levels.

    Args:
        temperature: of the softmax; published: 0.07.
    """

    temperature: float = 0.05

    def __call__(self, embeddings: Sequence[Tensor], targets: Targets) -> dict[str, Tensor]:
        """Part "levels"; 0, with gradients of 0, when no two documents share a label.

        Args:
            embeddings: of one column, the documents.
            targets: "labels": depths of their labels, 1 at the top, shape (rows, labels); 0 where
                a row has not the label.

        Raises:
            SettingsError: when the batch has no labels.
        """
        (documents,) = embeddings
        scores = cosine(documents, documents) / self.temperature
        total = greatest = 0 * scores.sum()
        levels = 0
        for positives in levels_of(labels_of(targets).detach()):
            levels += 1
            loss = supervised_contrastive(scores, even_shares(positives, scores.dtype))
            greatest = torch.maximum(greatest, loss)
            total = total + 2 ** (1 / levels) * greatest
        return {"levels": total / max(levels, 1)}


def levels_of(depths: Tensor) -> Iterator[Tensor]:
    """Who shares a label of at least each depth, deepest first, from the first that has a pair.

    Args:
        depths: of labels, shape (rows, labels); 0 where a row has not the label.

    Yields:
        Bool, shape (rows, rows), False on the diagonal.
    """
    deepest = math.ceil(depths.max().item()) if depths.numel() else 0
    for depth in range(deepest, 0, -1):
        has = (depths >= depth).to(depths.dtype)
        shared = (dot(has, has) > 0) & others(depths)
        if shared.any():
            yield shared
