"""What strategies, guards and evidence ask of the graph, and the columns in which it answers.

Two engines answer alike: Cypher on the server, and arrays over the snapshot. Descriptors are
numbered by UI in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, find_sorted
from citemesh.mining.candidates import Candidates
from citemesh.mining.mesh_columns import MeshColumns

if TYPE_CHECKING:
    from citemesh.mining.strategies.base import GraphStrategy


@dataclass(frozen=True, slots=True)
class Articles:
    """What is known of some articles.

    Args:
        pmid: int64, shape (articles,), sorted, each once.
        known: bool, shape (articles,): whether the graph has the article.
        year: int16, shape (articles,); 0 where none is known.
        retracted: bool, shape (articles,).
        title_key: int64, shape (articles,): equal for equal titles; 0 where there is none.
        headings: article to positions of its topical descriptors (no check tags).
        major: bool, along `headings.indices`.
        same_work: article to PMIDs of the other forms of its work.
        indexing_method: str or None, shape (articles,): such as ``Automated``.
    """

    pmid: Pmids
    known: NDArray[np.bool_]
    year: NDArray[np.int16]
    retracted: NDArray[np.bool_]
    title_key: NDArray[np.int64]
    headings: Csr
    major: NDArray[np.bool_]
    same_work: Csr
    indexing_method: NDArray[np.object_]

    def rows(self, pmids: Pmids) -> NDArray[np.int64]:
        """Rows of articles that are among these, shape (n,)."""
        return find_sorted(self.pmid, pmids)


@dataclass(frozen=True, slots=True)
class PairCitations:
    """What the citation graph says of pairs of articles; all of shape (pairs,).

    Args:
        shared_references: articles that both cite.
        shared_citers: articles that cite both.
        cites: whether the first cites the second.
        cited_by: whether the second cites the first.
    """

    shared_references: NDArray[np.int32]
    shared_citers: NDArray[np.int32]
    cites: NDArray[np.bool_]
    cited_by: NDArray[np.bool_]


class Engine(Protocol):
    """A way to ask the graph."""

    @property
    def name(self) -> str:
        """``cypher`` or ``arrays``."""

    @property
    def mesh(self) -> MeshColumns:
        """The graph's MeSH tree."""

    def find(self, strategy: GraphStrategy, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` candidates for each start, the same in every engine."""

    def articles(self, pmids: Pmids) -> Articles:
        """What is known of articles; PMIDs may repeat and come in any order."""

    def pair_citations(self, first: Pmids, second: Pmids) -> PairCitations:
        """What the citation graph says of pairs."""

    def references(self, pmids: Pmids) -> Csr:
        """Each article to the PMIDs, sorted, of the documents that it cites."""
