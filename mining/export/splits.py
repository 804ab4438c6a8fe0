"""A dev part that shares no query and no paper with the training part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from citemesh.errors import InputError
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors import Anchor
from citemesh.mining.negatives import ANCHORS_FILE, Negative

TRAIN, DEV = "train", "dev"
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sides:
    """Which anchors are set apart.

    Args:
        is_dev: shape (anchors,), in the order of the mined set.
        dev_pmids: every paper that the dev part uses, as query, positive or negative.
    """

    is_dev: NDArray[np.bool_]
    dev_pmids: PmidSet

    def touches_dev(self, anchor: Anchor) -> bool:
        """Whether an anchor's own paper or a positive is used by the dev part."""
        return any(pmid in self.dev_pmids for pmid in anchor.known_pmids)


def choose_dev(groups: Ints, share: float, seed: int) -> NDArray[np.bool_]:
    """Whole groups of anchors, in random order, until their share is reached.

    Args:
        groups: the group of each anchor, shape (anchors,), as `anchor_groups` gives them.
        share: of the anchors; at least one is chosen.
        seed: of the order.

    Returns:
        Which anchors were chosen, shape (anchors,).

    Raises:
        InputError: when even the smallest group is larger than the share.
    """
    sizes = np.bincount(groups)
    wanted = max(1, round(share * len(groups)))
    chosen = np.zeros(len(sizes), bool)
    for group in np.random.default_rng(seed).permutation(len(sizes)).tolist():
        if sizes[group] <= wanted:
            chosen[group] = True
            wanted -= int(sizes[group])
        if not wanted:
            break
    if not chosen.any():
        raise InputError(
            f"No dev part of {wanted:,} anchors can be set apart: the smallest group of anchors "
            f"that share queries or papers has {sizes.min():,}.",
            "Ask for a larger share with --dev, or leave it out.",
        )
    return chosen[groups]


def anchor_groups(mined: Path) -> Ints:
    """Anchors that share a query's text, a paper of their own or a positive, directly or by others.

    Held are integers: hashes of the texts, and PMIDs. Negatives tie no groups: shared by chance, a
    few of them tie nearly all anchors into one.

    Args:
        mined: the folder of a mined set.

    Returns:
        The number of each anchor's group, shape (anchors,).
    """
    owners, keys, anchors = [], [], 0
    for batch in pq.ParquetFile(mined / ANCHORS_FILE).iter_batches(
        columns=["query", "anchor_pmid", "positive_pmids"]
    ):
        for owner, key in _ties(batch):
            owners.append(owner + anchors)
            keys.append(key)
        anchors += batch.num_rows
    owner = np.concatenate(owners)
    _, node = np.unique(np.concatenate(keys), return_inverse=True)
    size = anchors + int(node.max()) + 1
    ties = coo_array((np.ones(len(owner), np.int8), (owner, anchors + node)), shape=(size, size))
    _, label = connected_components(ties, directed=False)
    return np.unique(label[:anchors], return_inverse=True)[1]


def _ties(batch: pa.RecordBatch) -> Iterator[tuple[Ints, Ints]]:
    """Rows of a batch with what may tie them to others: PMIDs, and below zero hashes of texts."""
    rows = np.arange(batch.num_rows)
    yield rows, np.array([_text_key(text) for text in batch.column("query").to_pylist()], np.int64)
    own = batch.column("anchor_pmid")
    there = own.is_valid().to_numpy(zero_copy_only=False)
    yield rows[there], pc.drop_null(own).to_numpy(zero_copy_only=False)
    positives = batch.column("positive_pmids")
    yield (
        pc.list_parent_indices(positives).to_numpy(zero_copy_only=False).astype(np.int64),
        positives.flatten().to_numpy(zero_copy_only=False),
    )


def _text_key(text: str) -> int:
    digest = hashlib.blake2b(" ".join(text.casefold().split()).encode(), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "little") >> 1)


def dev_papers(
    mined: Iterable[tuple[Anchor, list[Negative]]], is_dev: NDArray[np.bool_], most: int | None
) -> PmidSet:
    """Every paper that the dev part uses.

    Args:
        mined: anchors with their negatives.
        is_dev: which of them are set apart, shape (anchors,).
        most: how many negatives of each are used; None for all.
    """
    papers = PmidSet()
    for (anchor, own), dev in zip(mined, is_dev.tolist(), strict=True):
        if dev:
            used = [*anchor.known_pmids, *(n.negative_pmid for n in own[:most])]
            papers.add(np.array(used, np.int64))
    return papers
