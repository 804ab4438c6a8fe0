"""Windows of documents ranked for queries, and what strategies of the text take from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids, order_key
from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates, places_within
from citemesh.mining.found import FoundForAnchors

#: BMRetriever draws its negatives from the top 100 (Xu et al., EMNLP 2024, §3.2).
TOP = 100


@dataclass(frozen=True, slots=True)
class Windows:
    """Documents ranked for the queries of anchors.

    Args:
        start: PMID of the article that each anchor starts from, shape (anchors,); 0 without one.
        anchor: index of each row's anchor, shape (n,), rising.
        pmid: the documents, shape (n,), in their anchor's order.
        score: shape (n,).
    """

    start: Pmids
    anchor: NDArray[np.int64]
    pmid: Pmids
    score: NDArray[np.float32]

    @classmethod
    def of(
        cls, anchors: Sequence[Anchor], anchor: NDArray[np.int64], pmid: Pmids, score: Any
    ) -> Windows:
        """Windows without the articles that an anchor starts from.

        An anchor with nothing to start from gets nothing: no evidence could be given.
        """
        start = np.array([next(iter(a.start_pmids), 0) for a in anchors], np.int64)
        starts = np.array(
            [index << 32 | own for index, a in enumerate(anchors) for own in a.start_pmids],
            np.int64,
        )
        kept = (start[anchor] > 0) & ~np.isin(anchor << 32 | pmid, starts)
        return cls(start, anchor[kept], pmid[kept], np.asarray(score)[kept])

    def first(self, limit: int) -> Windows:
        """At most `limit` rows of each anchor."""
        return self._take(np.flatnonzero(places_within(self.anchor) < limit))

    def shuffled(self) -> Windows:
        """In the order of the pseudo-random key of start and document."""
        key = (order_key(self.start[self.anchor]) + order_key(self.pmid)) % (1 << 31)
        return self._take(np.lexsort((self.pmid, key, self.anchor)))

    def found(self, limit: int) -> FoundForAnchors:
        """The first `limit` of each anchor as candidates."""
        some = self.first(limit)
        more = np.bincount(self.anchor, minlength=len(self.start)) > limit
        candidates = Candidates.of(some.anchor, some.pmid, score=some.score)
        return FoundForAnchors(some.anchor, self.start[some.anchor], candidates, more)

    def _take(self, rows: NDArray[np.int64]) -> Windows:
        return Windows(self.start, self.anchor[rows], self.pmid[rows], self.score[rows])


def widest_start(anchors: Sequence[Anchor]) -> int:
    """The most articles that any of the anchors starts from: so many a window may lose."""
    return max((len(anchor.start_pmids) for anchor in anchors), default=0)
