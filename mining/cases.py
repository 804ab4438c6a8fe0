"""Candidates beside all known positives of their queries: what guards judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, csr_of
from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates
from citemesh.mining.engine import Articles, Engine
from citemesh.mining.evidence import Evidence, EvidenceReader

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AnchorColumns:
    """The anchors of a batch.

    Args:
        anchors: them.
        known: anchor to PMIDs: its own article and all its known positives, each once.
        year: of the anchor's article, shape (anchors,); 0 where there is none or none is known.
    """

    anchors: Sequence[Anchor]
    known: Csr
    year: NDArray[np.int16]

    @classmethod
    def of(cls, anchors: Sequence[Anchor], articles: Articles) -> AnchorColumns:
        """The anchors' columns; `articles` holds the articles of all of them."""
        pairs = [
            (index, pmid) for index, anchor in enumerate(anchors) for pmid in anchor.known_pmids
        ]
        index, pmids = np.array(pairs, np.int64).reshape(-1, 2).T
        own = np.array([anchor.anchor_pmid or 0 for anchor in anchors], np.int64)
        rows = articles.rows(own)
        year = np.where(rows >= 0, articles.year[rows], 0).astype(np.int16)
        return cls(anchors, csr_of(index, pmids, len(anchors)), year)


@dataclass(frozen=True)
class Cases:
    """Candidates of a batch of anchors, with the evidence of each against every known positive.

    Args:
        anchors: the batch.
        anchor: index of each candidate's anchor, shape (candidates,), rising.
        start: PMID of the article from which the strategy found it, shape (candidates,).
        candidates: as found, in the order of their anchors.
        articles: holds every article involved.
        pair: index of the candidate of each pair, shape (pairs,), rising.
        known: the known positive of each pair, shape (pairs,).
        evidence: of each pair.
        own: the pair of each candidate with its own start, shape (candidates,).
        reader: reads further evidence of these articles.
    """

    anchors: AnchorColumns
    anchor: Ints
    start: Pmids
    candidates: Candidates
    articles: Articles
    pair: Ints
    known: Pmids
    evidence: Evidence
    own: Ints
    reader: EvidenceReader

    def __len__(self) -> int:
        return len(self.anchor)

    def any_pair(self, pairs: Mask) -> Mask:
        """Of which candidates any pair is marked; shape (candidates,)."""
        marked = np.zeros(len(self), bool)
        marked[self.pair[pairs]] = True
        return marked

    def largest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of each candidate the largest of its pairs' values, NaN left out; shape (candidates,)."""
        found = np.full(len(self), np.nan)
        np.fmax.at(found, self.pair, values)
        return found

    @cached_property
    def known_row(self) -> Ints:
        """The row of `articles` of each pair's known positive; shape (pairs,)."""
        return self.articles.rows(self.known)

    @cached_property
    def candidate_row(self) -> Ints:
        """The row of `articles` of each candidate; shape (candidates,)."""
        return self.articles.rows(self.candidates.pmid)

    @cached_property
    def largest_siml(self) -> NDArray[np.float64]:
        """Of each candidate its largest SimL with a known positive, NaN where it is unknown."""
        return self.largest(self.evidence.siml)


def build_cases(
    engine: Engine, anchors: Sequence[Anchor], anchor: Ints, start: Pmids, candidates: Candidates
) -> Cases:
    """Fetch what is known of candidates and their anchors' known positives.

    Args:
        engine: the graph.
        anchors: the batch.
        anchor: index of each candidate's anchor, rising.
        start: PMID of the article from which each was found, among its anchor's known ones.
        candidates: them.
    """
    all_known = [pmid for a in anchors for pmid in a.known_pmids]
    articles = engine.articles(np.concatenate([np.array(all_known, np.int64), candidates.pmid]))
    columns = AnchorColumns.of(anchors, articles)
    pair, known = columns.known.rows(anchor)
    reader = EvidenceReader(engine, articles)
    evidence = reader.of_pairs(known, candidates.pmid[pair])
    own = np.flatnonzero(known == start[pair])
    return Cases(columns, anchor, start, candidates, articles, pair, known, evidence, own, reader)
