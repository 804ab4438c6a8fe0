"""Exact search: the nearest documents of each query, in blocks, ties settled as by trec_eval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError

#: Queries that are compared with one block of documents at a time: bounds the memory.
_QUERY_BLOCK = 256
_ROW_BITS = np.int64(32)
_ROW_MASK = np.int64(0xFFFFFFFF)
_LOWEST = np.iinfo(np.int64).min

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """The best documents of each query, best first; k = min(top_k, documents).

    Args:
        rows: (Q, k) row numbers of documents.
        scores: (Q, k) dot products.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


def search(
    queries: NDArray[np.float32],
    documents: NDArray[np.float32],
    top_k: int,
    block: int = 16384,
    order: NDArray[np.uint32] | None = None,
) -> Ranking:
    """Find the `top_k` documents with the highest dot product, exactly.

    A score and the place of the document's id in the order of ids are packed into one integer,
    score first. These integers are all different, so a plain partition of them gives the same
    answer for every block size, ties included.

    Args:
        queries: (Q, d).
        documents: (N, d), a memory map as well; read once from start to end.
        top_k: how many documents per query.
        block: documents at a time; memory is O(Q * top_k + 256 * block).
        order: (N,) rows in ascending order of document id. Of equal scores the greater id comes
            first, as in trec_eval. None: the ids are taken to ascend with the rows.

    Raises:
        InputError: when a score is not a finite number.
    """
    count = len(documents)
    row_at = np.arange(count, dtype=np.uint32) if order is None else order
    place = np.empty(count, dtype=np.uint32)
    place[row_at] = np.arange(count, dtype=np.uint32)
    kept = min(top_k, count)
    best: Keys = np.full((len(queries), kept), _LOWEST)
    for start in range(0, count, block):
        part = np.asarray(documents[start : start + block])
        for first in range(0, len(queries), _QUERY_BLOCK):
            chunk = slice(first, first + _QUERY_BLOCK)
            keys = _pack(queries[chunk] @ part.T, place[start : start + block])
            best[chunk] = _merge(best[chunk], keys)
    best = np.sort(best, axis=1)[:, ::-1]
    return Ranking(row_at[best & _ROW_MASK].astype(np.int64), _unpack_scores(best))


def _pack(scores: NDArray[np.float32], place: NDArray[np.uint32]) -> Keys:
    """(Q, B) scores and (B,) places of ids → integers that sort by score, then by id."""
    if not np.isfinite(scores).all():
        raise InputError("An embedding holds NaN or infinite numbers, so nothing can be ranked.")
    scores += np.float32(0.0)  # -0.0 becomes 0.0: equal numbers need equal bits
    keys = _ordered(scores.view(np.int32)).astype(np.int64)
    keys <<= _ROW_BITS
    keys |= place
    return keys


def _ordered(bits: NDArray[np.int32]) -> NDArray[np.int32]:
    """The bits of floats ↔ integers in the same order (its own inverse)."""
    # IEEE 754 orders positive floats as their bits do and negative ones the other way round.
    return bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))


def _merge(best: Keys, keys: Keys) -> Keys:
    """The k greatest of each row of two key matrices, unsorted."""
    both = np.concatenate([best, keys], axis=1)
    cut = keys.shape[1]
    merged: Keys = np.partition(both, cut, axis=1)[:, cut:] if cut < both.shape[1] else best
    return merged


def _unpack_scores(keys: Keys) -> NDArray[np.float32]:
    return _ordered((keys >> _ROW_BITS).astype(np.int32)).view(np.float32)
