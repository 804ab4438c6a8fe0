"""`band`: documents of a band of ranks around the start in a space made of citations.

Definition: documents with the ranks `low` to `high` by their cosine to the start in a space of the
citation graph (citation_space.py), nearest first; `score` is that cosine. Articles without a
citation have no place, and so neither candidates nor a rank.
Source: SciNCL (Ostendorff et al., EMNLP 2022, §3): the gap between the positives' ranks (20-25)
and the hard negatives' (3998-4000 of 52.6 million) keeps them apart. Its space was learned by
PyTorch-BigGraph; this one is a randomised SVD.
Parameters: `low` and `high`, ranks from 1; 0 for those of `scaled_band`. `dims`, numbers per
article; `seed`, of the random projection.
Complexity: one dot product per start and document with a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from citemesh.errors import SettingsError
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates, places_within
from citemesh.mining.found import FoundForAnchors, spread_over
from citemesh.mining.texts.citation_space import CitationSpace

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine
    from citemesh.mining.texts.indexes import Indexes

#: SciNCL's graph, and the first rank of its hard negatives there.
SCINCL_ARTICLES, SCINCL_LOW = 52_600_000, 3_998
#: The last rank of SciNCL's positives.
SCINCL_POSITIVES = 25
#: Ranks in the band when it is scaled: guards drop many, and the three of SciNCL would not do.
WIDTH = 100


@dataclass(frozen=True)
class Band:
    """Documents of a band of ranks in the citation space."""

    name: str = "band"
    low: int = 0
    high: int = 0
    dims: int = 64
    seed: int = 0
    needs: ClassVar[frozenset[str]] = frozenset({"space"})

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` documents for each anchor."""
        space = indexes.space
        low, high = self.ranks(len(space.pmid))
        return spread_over(anchors, lambda starts: in_band(space, starts, low, high, limit), limit)

    def ranks(self, articles: int) -> tuple[int, int]:
        """First and last rank of the band among so many articles with a place.

        Raises:
            SettingsError: for a band without a rank in it.
        """
        low, high = scaled_band(articles)
        low = self.low or low
        high = self.high or max(high, low + WIDTH - 1)
        if not 1 <= low <= high or self.dims < 1:
            raise SettingsError(
                f"The band {low}:{high} in {self.dims} dimensions holds no rank.",
                "Give, for example: --set band.low=26 --set band.high=125",
            )
        return low, high


def scaled_band(articles: int) -> tuple[int, int]:
    """SciNCL's band in a graph of another size.

    Its ranks lie 76 millionths of its graph away. In a graph of n articles that is the rank
    0.000076 n; in a small one that would be among the positives, so the band begins behind the
    last of SciNCL's positives, rank 25, at the earliest.
    """
    low = max(SCINCL_POSITIVES + 1, round(SCINCL_LOW * articles / SCINCL_ARTICLES))
    return low, low + WIDTH - 1


def in_band(space: CitationSpace, starts: Pmids, low: int, high: int, limit: int) -> Candidates:
    """Documents of the ranks `low` to `high` around each start, at most `limit`."""
    known, ranking = space.nearest(starts, high + 1)
    owner = np.repeat(known, ranking.rows.shape[1])
    pmid = space.pmid[ranking.rows.ravel()]
    other = pmid != starts[owner]
    owner, pmid, score = owner[other], pmid[other], ranking.scores.ravel()[other]
    rank = places_within(owner) + 1
    inside = (rank >= low) & (rank <= min(high, low + limit - 1))
    return Candidates.of(owner[inside], pmid[inside], score=score[inside])
