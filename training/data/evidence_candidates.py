"""Documents around papers in which strong evidence is to be expected: few for each, all bounded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.candidates import places_within
from citemesh.mining.strategies.base import GraphStrategy
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.shared import Cocited, Coupled

Ints = NDArray[np.int64]
#: Documents from each source.
PER_SOURCE = 50
#: Major headings, the rarest ones, whose documents are looked at.
_HEADINGS = 2
_ANY = 1 << 31
#: One shared reference or citer is no strong evidence.
_BY_CITATIONS: tuple[GraphStrategy, ...] = (
    Cited(), Cocited(low=2, high=_ANY), Coupled(low=2, high=_ANY)
)  # fmt: skip


def evidence_candidates(engine: ArrayEngine, starts: Pmids) -> tuple[Ints, Pmids]:
    """Documents that papers cite, that share citers or references, or a rare major heading.

    Args:
        engine: the graph.
        starts: the papers, shape (n,); those that the graph has not find nothing.

    Returns:
        Index of the start, rising, and PMID of the document, each pair once.
    """
    found = [(c.start, c.pmid) for s in _BY_CITATIONS for c in [s.look(engine, starts, PER_SOURCE)]]
    found.append(_by_rare_headings(engine, starts))
    pairs = np.unique(np.concatenate([start << 32 | pmid for start, pmid in found]))
    start, pmid = pairs >> 32, pairs & 0xFFFFFFFF
    other = pmid != starts[start]
    return start[other], pmid[other]


def _by_rare_headings(engine: ArrayEngine, starts: Pmids) -> tuple[Ints, Pmids]:
    """Documents that have a start's rarest major headings as major ones.

    Of a long list a run that begins at a pseudo-random place of the start's own.
    """
    snapshot, lists = engine.snapshot, engine.snapshot.major_documents
    places = snapshot.positions(starts)
    known = np.flatnonzero(places >= 0)
    owner, entries = snapshot.headings.entries(places[known])
    headings = snapshot.headings.indices[entries]
    kept = snapshot.headings_major[entries] & engine.mesh.topical[headings]
    owner, headings = known[owner[kept]], headings[kept]
    sizes = lists.indptr[headings + 1] - lists.indptr[headings]
    order = np.lexsort((headings, sizes, owner))
    order = order[places_within(owner[order]) < _HEADINGS]
    owner, headings, sizes = owner[order], headings[order], sizes[order]
    counts = np.minimum(sizes, PER_SOURCE // _HEADINGS)
    topic = np.repeat(np.arange(len(owner)), counts)
    begin = (snapshot.h[places[owner]] * sizes) >> 31
    within = (begin[topic] + places_within(topic)) % sizes[topic]
    found = lists.indices[lists.indptr[headings[topic]] + within]
    return owner[topic], snapshot.pmid[found]
