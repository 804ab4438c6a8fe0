"""Batches of what is audited: anchors, and their negatives in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.anchors import Anchor


@dataclass(frozen=True, slots=True)
class AnchorNegatives:
    """An anchor with its negatives.

    Args:
        anchor: the anchor.
        pmid: of each negative, shape (n,).
        strategy: that found each, length n.
        rank: of each among the anchor's negatives of its strategy, from 1, shape (n,).
    """

    anchor: Anchor
    pmid: NDArray[np.int64]
    strategy: list[str]
    rank: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class AuditItems:
    """A batch of negatives; those of one anchor are never parted.

    Args:
        anchors: each with a negative at least.
        anchor: index of each negative's anchor, rising, shape (n,).
        negative_pmid: shape (n,).
        strategy: that found each, length n.
        rank: of each among its anchor's negatives of the strategy, from 1, shape (n,).
    """

    anchors: list[Anchor]
    anchor: NDArray[np.int64]
    negative_pmid: NDArray[np.int64]
    strategy: list[str]
    rank: NDArray[np.int32]


def in_batches(found: Iterable[AnchorNegatives], size: int) -> Iterator[AuditItems]:
    """Batches of at least `size` negatives, the last but for what is left.

    Args:
        found: anchors with their negatives; one without any is left out, since there is nothing to
            audit.
        size: negatives; a batch exceeds it by those of one anchor at most.
    """
    waiting: list[AnchorNegatives] = []
    count = 0
    for own in found:
        if not len(own.pmid):
            continue
        waiting.append(own)
        count += len(own.pmid)
        if count >= size:
            yield _batch(waiting)
            waiting, count = [], 0
    if waiting:
        yield _batch(waiting)


def _batch(found: list[AnchorNegatives]) -> AuditItems:
    return AuditItems(
        anchors=[own.anchor for own in found],
        anchor=np.repeat(np.arange(len(found)), [len(own.pmid) for own in found]),
        negative_pmid=np.concatenate([own.pmid for own in found]),
        strategy=[name for own in found for name in own.strategy],
        rank=np.concatenate([own.rank for own in found]),
    )
