"""`dense`: documents that an encoder places near the query.

Definition: the `top` documents by the similarity of their embedding (title and abstract) to the
query's, found exactly; `sample` draws from them in a fixed pseudo-random order, else they come
nearest first. `score` is the cosine, or the dot product for models made for it. The articles that
the query starts from are left out.
Source: BMRetriever draws from the top 100 of its own first stage (Xu et al., EMNLP 2024, §3.2);
nearest first is ANCE without its refreshing (Xiong et al., ICLR 2021, §3).
Parameters: `top`, documents in the window; `sample`, true or false. The model is `--model`.
Complexity: one dot product per query and document, beside encoding the corpus once per model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from citemesh.mining.anchors import Anchor
from citemesh.mining.found import FoundForAnchors
from citemesh.mining.strategies.windows import TOP, Windows, widest_start

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine
    from citemesh.mining.texts.indexes import Indexes


@dataclass(frozen=True)
class Dense:
    """Documents near the query in an encoder's space."""

    name: str = "dense"
    top: int = TOP
    sample: bool = True
    needs: ClassVar[frozenset[str]] = frozenset({"dense"})

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` documents for each anchor."""
        windows = dense_windows(indexes, anchors, self.top)
        return (windows.shuffled() if self.sample else windows).found(limit)


def dense_windows(indexes: Indexes, anchors: Sequence[Anchor], top: int) -> Windows:
    """The `top` documents nearest to each query, nearest first."""
    ranking = indexes.dense.nearest(
        [anchor.query for anchor in anchors], top + widest_start(anchors)
    )
    anchor = np.repeat(np.arange(len(anchors)), ranking.rows.shape[1])
    pmid = indexes.pmid[ranking.rows.ravel()]
    return Windows.of(anchors, anchor, pmid, ranking.scores.ravel()).first(top)
