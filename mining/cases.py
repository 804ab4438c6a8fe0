"""Candidates beside all known positives of their queries: what guards judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
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
        query_id: of each, shape (anchors,).
        own: PMID of each one's article, shape (anchors,); 0 where there is none.
        known: anchor to PMIDs: its own article and all its known positives, each once.
    """

    anchors: Sequence[Anchor]
    query_id: pa.StringArray
    own: Pmids
    known: Csr

    @classmethod
    def of(cls, anchors: Sequence[Anchor]) -> AnchorColumns:
        """The anchors' columns."""
        known = [anchor.known_pmids for anchor in anchors]
        index = np.repeat(np.arange(len(anchors)), [len(pmids) for pmids in known])
        pmids = np.array([pmid for own in known for pmid in own], np.int64)
        return cls(
            anchors,
            pa.array([anchor.query_id for anchor in anchors], pa.string()),
            np.array([anchor.anchor_pmid or 0 for anchor in anchors], np.int64),
            csr_of(index, pmids, len(anchors)),
        )

    def __len__(self) -> int:
        return len(self.anchors)


@dataclass(frozen=True)
class Cases:
    """Candidates of a batch of anchors, with the facts of every article involved.

    Args:
        anchors: the batch.
        anchor: index of each candidate's anchor, shape (candidates,), rising.
        start: PMID of the article from which the strategy found it, shape (candidates,).
        candidates: as found, in the order of their anchors.
        articles: holds every candidate, and the known articles of its anchor.
    """

    anchors: AnchorColumns
    anchor: Ints
    start: Pmids
    candidates: Candidates
    articles: Articles

    def __len__(self) -> int:
        return len(self.anchor)

    def take(self, rows: Ints | Mask) -> Cases:
        """Some of them, in their order."""
        return Cases(
            self.anchors, self.anchor[rows], self.start[rows], self.candidates.take(rows),
            self.articles,
        )  # fmt: skip

    @cached_property
    def _pairs(self) -> tuple[Ints, Pmids]:
        return self.anchors.known.rows(self.anchor)

    @property
    def pair(self) -> Ints:
        """Index of the candidate of each pair with a known positive; shape (pairs,), rising."""
        return self._pairs[0]

    @property
    def known(self) -> Pmids:
        """The known positive of each pair; shape (pairs,)."""
        return self._pairs[1]

    @cached_property
    def known_row(self) -> Ints:
        """The row of `articles` of each pair's known positive; shape (pairs,)."""
        return self.articles.rows(self.known)

    @cached_property
    def candidate_row(self) -> Ints:
        """The row of `articles` of each candidate; shape (candidates,)."""
        return self.articles.rows(self.candidates.pmid)

    @cached_property
    def own_year(self) -> NDArray[np.int16]:
        """The year of each candidate's anchor; 0 where it has no article or none is known."""
        rows = self.articles.rows(self.anchors.own[self.anchor])
        return np.where(rows >= 0, self.articles.year[rows], 0).astype(np.int16)

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


@dataclass(frozen=True)
class WeighedCases(Cases):
    """Candidates with the evidence of each against every known positive.

    Args:
        evidence: of each pair, shape (pairs,).
        reader: reads further evidence of these articles.
    """

    evidence: Evidence
    reader: EvidenceReader

    @cached_property
    def own(self) -> Ints:
        """The pair of each candidate with its own start; shape (candidates,)."""
        return np.flatnonzero(self.known == self.start[self.pair])

    @cached_property
    def largest_siml(self) -> NDArray[np.float64]:
        """Of each candidate its largest SimL with a known positive, NaN where it is unknown."""
        return self.largest(self.evidence.siml)


def build_cases(
    engine: Engine, anchors: AnchorColumns, anchor: Ints, start: Pmids, candidates: Candidates
) -> Cases:
    """Fetch the facts of candidates and of their anchors' known positives.

    Args:
        engine: the graph.
        anchors: the batch.
        anchor: index of each candidate's anchor, rising.
        start: PMID of the article from which each was found, among its anchor's known ones.
        candidates: them.
    """
    _, known = anchors.known.rows(anchor[np.flatnonzero(np.diff(anchor, prepend=-1))])
    articles = engine.articles(np.concatenate([known, candidates.pmid]))
    return Cases(anchors, anchor, start, candidates, articles)


def weigh(engine: Engine, cases: Cases) -> WeighedCases:
    """Read the evidence of cases, which costs far more than the facts."""
    rows = np.unique(np.concatenate([cases.known_row, cases.candidate_row]))
    articles = _some_articles(cases.articles, rows)
    reader = EvidenceReader(engine, articles)
    evidence = reader.of_pairs(cases.known, cases.candidates.pmid[cases.pair])
    return WeighedCases(
        cases.anchors, cases.anchor, cases.start, cases.candidates, articles, evidence, reader
    )


def _some_articles(articles: Articles, rows: Ints) -> Articles:
    """Those of some rows, which rise."""
    owner, entries = articles.headings.entries(rows)
    return replace(
        articles,
        pmid=articles.pmid[rows],
        known=articles.known[rows],
        year=articles.year[rows],
        retracted=articles.retracted[rows],
        title_key=articles.title_key[rows],
        headings=csr_of(owner, articles.headings.indices[entries], len(rows)),
        major=articles.major[entries],
        same_work=csr_of(*articles.same_work.rows(rows), len(rows)),
    )
