"""Batches of texts of similar length, so that little of what is computed is padding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.base.sampler import DefaultBatchSampler

if TYPE_CHECKING:
    from datasets import Dataset

#: Batches that are sorted together, as transformers' `get_length_grouped_indices` has it.
_TOGETHER = 50
#: Rows whose texts are read at once.
_READ = 10_000


class LengthGroups(DefaultBatchSampler):
    """Rows shuffled, then sorted by length in groups of 50 batches, whose order is shuffled again.

    A text may stand in a batch twice: masks by id take care of that. The order depends on seed and
    epoch only.

    Args:
        dataset: the rows.
        batch_size: rows per batch; an incomplete batch is left out.
        drop_last, valid_label_columns, generator: as the library hands them over; not used.
        seed: of the order.
        lengths: of each row's texts, shape (rows,).
    """

    def __init__(
        self, dataset: Dataset, batch_size: int, drop_last: bool = True,
        valid_label_columns: list[str] | None = None, generator: torch.Generator | None = None,
        seed: int = 0, *, lengths: NDArray[np.int64],
    ) -> None:  # fmt: skip
        super().__init__(dataset, batch_size, drop_last, valid_label_columns, generator, seed)
        self.lengths = lengths

    def __len__(self) -> int:
        """Batches per epoch."""
        return len(self.lengths) // int(self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of an epoch."""
        size = int(self.batch_size)
        chance = np.random.default_rng([self.seed, int(self.epoch)])
        order = chance.permutation(len(self.lengths))[: len(self) * size]
        for begin in range(0, len(order), size * _TOGETHER):
            group = order[begin : begin + size * _TOGETHER]
            group = group[np.argsort(self.lengths[group], kind="stable")].reshape(-1, size)
            yield from chance.permutation(group).tolist()


def text_lengths(texts: Dataset, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """Characters of all texts of each row, shape (rows,)."""
    import pyarrow.compute as pc

    lengths = [np.zeros(0, np.int64)]
    for batch in texts.select_columns(list(columns)).with_format("arrow").iter(_READ):
        counts = [pc.utf8_length(batch[name]).to_numpy() for name in columns]
        lengths.append(np.sum(counts, axis=0, dtype=np.int64))
    return np.concatenate(lengths)
