"""Composed batches: each document has one that is similar by MeSH, and some without a label shared.

In random batches of 64 about half of the documents have no positive by BioHiCL's threshold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from datasets import Dataset
from numpy.typing import NDArray
from sentence_transformers.base.sampler import DefaultBatchSampler

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.batches.pair_queue import PairQueue

#: How often pairs of a batch are exchanged before it is given up.
_ROUNDS = 16


@dataclass(frozen=True)
class Composition:
    """What batches are composed by.

    Args:
        labels: of the documents.
        pmids: of the documents, shape (rows,); may be mapped from disk.
        partners: each row to rows that are similar to it.
        zero_overlap_negatives: documents without a label in common that each document of a batch
            has in it.
    """

    labels: LabelVectors
    pmids: Pmids
    partners: Csr
    zero_overlap_negatives: int


class ComposedBatches(DefaultBatchSampler):
    """Batches of pairs, for the trainer's `get_batch_sampler`.

    The order depends on seed and epoch only: every process composes all batches and takes its own.
    Every document is the anchor of a pair at most once in an epoch. An epoch has as many batches
    as a plain one: what is lost where no batch could be composed is made good by documents that
    were only a partner so far. When these run out as well, the epoch is shorter.

    Args:
        dataset: the documents; a batch holds their numbers.
        batch_size: even, at least two above `zero_overlap_negatives` (`check_settings`).
        drop_last: not asked: all batches are full.
        valid_label_columns: not asked.
        generator: not asked.
        seed: of the order.
        composition: what batches are composed by.
    """

    def __init__(
        self, dataset: Dataset, batch_size: int, drop_last: bool = True,
        valid_label_columns: list[str] | None = None, generator: torch.Generator | None = None,
        seed: int = 0, *, composition: Composition,
    ) -> None:  # fmt: skip
        super().__init__(dataset, batch_size, drop_last, valid_label_columns, generator, seed)
        if len(dataset) != len(composition.partners):
            raise ValueError(f"{len(dataset)} rows, partners of {len(composition.partners)}")
        self.rows = len(dataset)
        self.composition = composition
        #: Epoch to the batches that were begun in it and could not be composed.
        self.skipped: dict[int, int] = {}

    def __len__(self) -> int:
        """How many batches an epoch has at most."""
        return self.rows // int(self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of the epoch."""
        epoch = int(self.epoch)
        self.skipped[epoch] = 0
        queue = PairQueue(self.composition.partners, np.random.default_rng([self.seed, epoch]))
        made = 0
        while made < len(self) and queue.bring_back():
            batch = self._compose(queue)
            if batch is None:
                self.skipped[epoch] += 1
            else:
                made += 1
                yield batch

    def _compose(self, queue: PairQueue) -> list[int] | None:
        """One batch; None, its pairs put back, when what the queue has does not make one."""
        pairs: list[tuple[int, int]] = []
        for _ in range(_ROUNDS):
            taken = {row for pair in pairs for row in pair}
            while len(pairs) < self.batch_size // 2 and (pair := queue.draw(taken)):
                pairs.append(pair)
                taken.update(pair)
            if len(pairs) < self.batch_size // 2:
                break
            batch = [row for pair in pairs for row in pair]
            lacking = self._lacking(np.array(batch)).reshape(-1, 2).any(axis=1)
            if not lacking.any():
                return batch
            # Who lacks a negative is one to few others: the rest lose little when it goes.
            for number in np.flatnonzero(lacking):
                queue.put_back(*pairs[number])
            pairs = [pairs[number] for number in np.flatnonzero(~lacking)]
        for pair in pairs:
            queue.put_back(*pair)
        return None

    def _lacking(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which documents of a batch have too few others without a label in common."""
        labels = self.composition.labels.matrix(self.composition.pmids[rows])
        labels.data[:] = 1
        apart: NDArray[np.int64] = ((labels @ labels.T).toarray() == 0).sum(axis=1)
        return apart < self.composition.zero_overlap_negatives
