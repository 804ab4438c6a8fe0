"""Which documents become anchors: those that pass some tests, and of them a sample by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids, PmidSet, order_key

#: Says of PMIDs, shape (n,), which may be anchors, shape (n,).
Test = Callable[[Pmids], NDArray[np.bool_]]


def chosen_documents(corpus: Corpus, tests: Sequence[Test], limit: int | None) -> PmidSet:
    """The documents that pass every test.

    Args:
        corpus: the documents.
        tests: asked in their order, each only of what passed those before.
        limit: at most this many documents, those with the smallest ``h``; all when None.
    """
    chosen, first = PmidSet(), np.empty(0, np.int64)
    for documents in corpus.stream(["pmid"]):
        pmids = documents["pmid"].to_numpy()
        if limit is not None and len(first) == limit:
            # What comes too late by its key need not be asked about.
            pmids = pmids[order_key(pmids) < order_key(first[-1:])]
        for passes in tests:
            pmids = pmids[passes(pmids)]
        if limit is None:
            chosen.add(pmids)
        else:
            first = np.concatenate([first, pmids])
            first = first[np.argsort(order_key(first))][:limit]
    chosen.add(first)
    return chosen


def not_denied(deny: PmidSet) -> Test:
    """Documents that are in no evaluation set."""
    return lambda pmids: ~deny.contains(pmids)
