"""From articles to anchors: what a strategy finds for a query that starts from several articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates, places_within

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine
    from citemesh.mining.strategies.base import GraphStrategy

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FoundForAnchors:
    """What a strategy found for anchors.

    Args:
        anchor: index of each candidate's anchor, shape (candidates,), rising.
        start: PMID of the article from which it was found.
        candidates: them.
        more: which anchors may have more; shape (anchors,).
    """

    anchor: Ints
    start: Ints
    candidates: Candidates
    more: NDArray[np.bool_]


def find_for(
    engine: Engine, strategy: GraphStrategy, anchors: Sequence[Anchor], limit: int
) -> FoundForAnchors:
    """Candidates of anchors: those of their starts in turn, each once, at most `limit`."""
    return spread_over(anchors, lambda starts: engine.find(strategy, starts, limit), limit)


def spread_over(
    anchors: Sequence[Anchor], find: Callable[[Pmids], Candidates], limit: int
) -> FoundForAnchors:
    """Candidates of anchors from those of their starts, each start asked once.

    Args:
        anchors: them.
        find: gives up to `limit` candidates for each start.
        limit: per anchor.
    """
    pairs = [(index, pmid) for index, a in enumerate(anchors) for pmid in a.start_pmids]
    anchor, start = np.array(pairs, np.int64).reshape(-1, 2).T
    starts, which = np.unique(start, return_inverse=True)
    found = find(starts)
    bounds = np.searchsorted(found.start, np.arange(len(starts) + 1))
    counts = np.diff(bounds)[which]
    pair = np.repeat(np.arange(len(start)), counts)
    ranks = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(bounds[which], counts) + ranks
    in_turn = np.lexsort((pair, ranks, anchor[pair]))
    pair, rows = pair[in_turn], rows[in_turn]
    _, first = np.unique(anchor[pair] << 32 | found.pmid[rows], return_index=True)
    first.sort()
    pair, rows = pair[first], rows[first]
    some = places_within(anchor[pair]) < limit
    more = np.zeros(len(anchors), bool)
    more[anchor[counts >= limit]] = True
    return FoundForAnchors(
        anchor[pair[some]], start[pair[some]], found.take(rows[some]), more
    )  # fmt: skip
