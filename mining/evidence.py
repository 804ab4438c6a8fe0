"""What the graph says of pairs of articles; guards, audit and training all judge by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, csr_of
from citemesh.mining.engine import Articles, Engine, PairCitations
from citemesh.mining.mesh_columns import as_matrix, count_shared


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of pairs of articles; all of shape (pairs,). docs/data-model.md has the fields.

    Args:
        citations: shared references and citers, and citations either way.
        shared_headings: topical descriptors that both have.
        shared_major: descriptors that are major in both.
        siml: SimL; NaN when one of them has no topical heading: unknown, not zero.
    """

    citations: PairCitations
    shared_headings: NDArray[np.int32]
    shared_major: NDArray[np.int32]
    siml: NDArray[np.float64]


class EvidenceReader:
    """Evidence of pairs among some articles.

    Args:
        engine: asked for citations of pairs.
        articles: holds both sides of every pair.
    """

    def __init__(self, engine: Engine, articles: Articles) -> None:
        self._engine = engine
        self.articles = articles
        #: Article to its major topical descriptors.
        self.major = major_headings(articles)
        descriptors = len(engine.mesh.uis)
        self._headings = as_matrix(articles.headings, descriptors)
        self._major = as_matrix(self.major, descriptors)
        self._expanded = engine.mesh.expanded(articles.headings)

    def of_pairs(self, first: Pmids, second: Pmids) -> Evidence:
        """Evidence of pairs, shape (pairs,) each."""
        one, other = self.articles.rows(first), self.articles.rows(second)
        return Evidence(
            citations=self._engine.pair_citations(first, second),
            shared_headings=count_shared(self._headings, one, other),
            shared_major=count_shared(self._major, one, other),
            siml=self._engine.mesh.siml(self._expanded, one, other),
        )

    def tree_distance(self, first: Pmids, second: Pmids) -> NDArray[np.int32]:
        """Steps in the tree between the major headings of pairs; `NO_DISTANCE` where unrelated."""
        one, other = self.articles.rows(first), self.articles.rows(second)
        return self._engine.mesh.distance(self.major, one, other)


def major_headings(articles: Articles) -> Csr:
    """Article, by its row, to its major topical descriptors."""
    owner, entries = articles.headings.entries(np.arange(len(articles.pmid)))
    major = articles.major[entries]
    kept = articles.headings.indices[entries[major]]
    return csr_of(owner[major], kept, len(articles.pmid))
