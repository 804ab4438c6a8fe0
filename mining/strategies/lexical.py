"""`lexical`: documents that share words with the query, as BM25 ranks them.

Definition: the `top` documents by BM25 of the query's text over title and abstract, best first;
the articles that the query starts from are left out. `score` is BM25.
Source: the hard negatives of Karpukhin et al. (DPR, EMNLP 2020, §3.2, "BM25").
Parameters: `top`, documents in the window.
Complexity: per query, the documents with each of its words, and one pass over all documents.
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
class Lexical:
    """Documents that share words with the query."""

    name: str = "lexical"
    top: int = TOP
    needs: ClassVar[frozenset[str]] = frozenset({"lexical"})

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` documents for each anchor."""
        deep = self.top + widest_start(anchors)
        found = [indexes.lexical.nearest(anchor.query, deep) for anchor in anchors]
        rows = np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in found)])
        windows = Windows.of(
            anchors,
            np.repeat(np.arange(len(anchors)), [len(rows) for rows, _ in found]),
            indexes.pmid[rows],
            np.concatenate([np.empty(0, np.float32), *(scores for _, scores in found)]),
        )
        return windows.first(self.top).found(limit)
