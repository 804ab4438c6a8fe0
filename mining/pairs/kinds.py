"""Kinds of evidence about pairs of articles, beside `PairCitations`, and who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
#: Decimals kept of similarities: engines add in other orders, and differ in the last bits.
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class PairChains:
    """Chains of two citations, and what counts of shared papers are measured by; shape (pairs,).

    Args:
        chains: articles that one cites and that cite the other, either way.
        first_references, first_citers: how many the first has in the graph.
        second_references, second_citers: how many the second has.
    """

    chains: Ints
    first_references: Ints
    first_citers: Ints
    second_references: Ints
    second_citers: Ints


@dataclass(frozen=True, slots=True)
class PairHeadings:
    """Topical headings in common; shape (pairs,).

    Args:
        shared: descriptors that both have.
        shared_major: those that are major in both.
        qualifier_conflicts: those that both qualify without a qualifier in common.
    """

    shared: Ints
    shared_major: Ints
    qualifier_conflicts: Ints


@dataclass(frozen=True, slots=True)
class PairSimilarity:
    """Similarity of topical headings, in [0, 1]; NaN where one has none; shape (pairs,).

    Args:
        siml: cosine of headings and all above them, weighted by log(depth + 1) (BioHiCL,
            Lan et al., 2026, §Method), check tags left out.
        ic_cosine: the same cosine weighted by information content (Resnik, 1995).
        lin: best-match average of Lin's similarity (Lin, 1998) of headings.
    """

    siml: Floats
    ic_cosine: Floats
    lin: Floats

    @classmethod
    def of_sums(
        cls,
        counts: tuple[NDArray[np.int64], NDArray[np.int64]],
        depths: tuple[Floats, Floats, Floats],
        contents: tuple[Floats, Floats, Floats],
        best: tuple[Floats, Floats],
    ) -> PairSimilarity:
        """Similarities from the sums that engines give.

        Args:
            counts: topical headings of either.
            depths: squared weights of depth of the first, of the second, and of what both have.
            contents: squared information contents, likewise.
            best: similarity with the best heading of the other side, summed over either's headings.
        """
        known = (counts[0] > 0) & (counts[1] > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            lin = (best[0] + best[1]) / (counts[0] + counts[1])
        average = np.round(np.where(known, lin, np.nan), DECIMALS).astype(np.float64)
        return cls(_cosine(*depths), _cosine(*contents), average)


def _cosine(first: Floats, second: Floats, shared: Floats) -> Floats:
    both = first * second
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(both > 0, shared / np.sqrt(both), np.nan)
    return np.round(np.minimum(found, 1.0), DECIMALS).astype(np.float64)


class PairReader(Protocol):
    """Answers for pairs of articles; PMIDs that the graph has not share nothing."""

    def chains(self, first: Pmids, second: Pmids) -> PairChains:
        """Chains of two citations."""

    def headings(self, first: Pmids, second: Pmids) -> PairHeadings:
        """Topical headings in common."""

    def similarity(self, first: Pmids, second: Pmids) -> PairSimilarity:
        """Similarity of topical headings."""
