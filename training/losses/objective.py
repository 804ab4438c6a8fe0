"""Losses as functions of embeddings and targets, embedded with or without gradient caching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import torch
from sentence_transformers.base.losses.gradcache import CachedLossMixin
from sentence_transformers.base.losses.merged_forward import embed_columns
from torch import Tensor, nn

#: What a loss knows of a batch beside its texts: names to tensors (`BatchTargets`).
Targets = Mapping[str, Tensor]


class Objective(Protocol):
    """A loss as a function: no model, no state."""

    def __call__(self, embeddings: Sequence[Tensor], targets: Targets) -> dict[str, Tensor]:
        """Parts of the loss by name; the loss is their sum.

        Args:
            embeddings: of each text column, shape (rows, dimension).
            targets: of the batch.
        """


class EmbeddingLoss(CachedLossMixin, nn.Module):
    """An objective over what a model embeds, as sentence-transformers' trainer wants it.

    Args:
        model: the model that is trained.
        objective: the loss.
        mini_batch_size: texts embedded at once, by gradient caching (Gao et al., 2021, GradCache);
            None embeds the whole batch at once.
    """

    def __init__(
        self, model: nn.Module, objective: Objective, mini_batch_size: int | None = None
    ) -> None:
        super().__init__()
        self.model = model
        self.objective = objective
        if mini_batch_size is not None:
            self.mini_batch_size = mini_batch_size
        self.mini_batch_num_tokens = None
        self.show_progress_bar = False
        self.uses_gradient_cache = mini_batch_size is not None

    def forward(
        self, sentence_features: Iterable[dict[str, Tensor]], labels: Targets | None
    ) -> dict[str, Tensor] | Tensor:
        """The loss of a batch; its parts, which the trainer logs, without gradient caching."""
        if self.uses_gradient_cache:
            # The library hands labels on to `calculate_loss` as they are.
            loss: Tensor = self.forward_cached(list(sentence_features), labels)  # type: ignore[arg-type]
            return loss
        return self.objective(embed_columns(self.model, sentence_features), labels or {})

    def calculate_loss(  # type: ignore[override]  # targets, not one tensor of labels
        self,
        reps: list[list[Tensor]],
        labels: Targets | None = None,
        *,
        with_backward: bool = False,
    ) -> Tensor:
        """The loss of cached embeddings: of each column a list of mini-batches."""
        parts = self.objective([torch.cat(column) for column in reps], labels or {})
        loss = torch.stack(list(parts.values())).sum()
        if with_backward:
            loss.backward()  # type: ignore[no-untyped-call]
            loss = loss.detach()
        return loss

    def get_config_dict(self) -> dict[str, Any]:
        """For the trainer's model card, which is not written."""
        return {"gradient_cache": self.uses_gradient_cache}
