"""The documents one and two citations away from anchors, each once, with the path to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, find_sorted
from citemesh.mining.anchors import Anchor

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Documents around the articles that an anchor starts from; all of shape (documents,).

    Args:
        pmid: sorted, each once, the starts left out.
        start: the start with the smallest PMID from which the path begins.
        hops: 1 where a start cites it, else 2.
        between: of two hops, the cited document between with the smallest PMID; else 0.
        paths: how many starts cite it, or how many cited documents do.
    """

    pmid: Pmids
    start: Pmids
    hops: NDArray[np.int64]
    between: Pmids
    paths: NDArray[np.int64]

    @property
    def cited(self) -> NDArray[np.bool_]:
        """Which of them a start cites."""
        cited: NDArray[np.bool_] = self.hops == 1
        return cited

    def take(self, rows: NDArray[np.bool_]) -> Neighbourhood:
        """Some of them."""
        return Neighbourhood(
            self.pmid[rows], self.start[rows], self.hops[rows], self.between[rows],
            self.paths[rows],
        )  # fmt: skip


def neighbourhoods(engine: Engine, anchors: Sequence[Anchor]) -> Iterator[Neighbourhood]:
    """The neighbourhood of each anchor; the graph is asked twice for all of them."""
    starts = np.unique(np.array([p for a in anchors for p in a.start_pmids], np.int64))
    cited = engine.references(starts)
    middles = np.unique(cited.indices).astype(np.int64)
    further = engine.references(middles)
    for anchor in anchors:
        yield around(
            np.unique(np.array(anchor.start_pmids, np.int64)), starts, cited, middles, further
        )


def around(own: Pmids, starts: Pmids, cited: Csr, middles: Pmids, further: Csr) -> Neighbourhood:
    """The neighbourhood of some starts.

    Args:
        own: the starts, sorted.
        starts: all starts, sorted.
        cited: their references.
        middles: all that they cite, sorted.
        further: the references of these.
    """
    begun, one = cited.rows(find_sorted(starts, own))
    near, first, ways = np.unique(one, return_index=True, return_counts=True)
    near_start = own[begun[first]]
    middle, two = further.rows(find_sorted(middles, near))
    far, first_far, far_ways = np.unique(two, return_index=True, return_counts=True)
    passed = middle[first_far]
    pmid = np.concatenate([near, far])
    hops = np.repeat([1, 2], [len(near), len(far)])
    start = np.concatenate([near_start, near_start[passed]])
    between = np.concatenate([np.zeros(len(near), np.int64), near[passed]])
    paths = np.concatenate([ways, far_ways])
    # Of a document found both ways the shorter path counts, which comes first.
    _, rows = np.unique(pmid, return_index=True)
    rows = rows[~np.isin(pmid[rows], own)]
    return Neighbourhood(pmid[rows], start[rows], hops[rows], between[rows], paths[rows])
