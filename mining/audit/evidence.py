"""All that the graph says of pairs of a known positive and a negative, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import find_sorted
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.engine import Articles, Engine
from citemesh.mining.evidence import major_headings
from citemesh.mining.pairs.array_pairs import ArrayPairs
from citemesh.mining.pairs.cypher_pairs import CypherPairs
from citemesh.mining.pairs.kinds import PairChains, PairReader

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Pairs whose evidence is read at once: bounds the memory, whatever the known positives are.
PAIRS = 50_000


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """Evidence of pairs, all of shape (pairs,); a NaN is unknown. docs/audit.md has the meanings.

    Args:
        cites: the first, a known positive, cites the second.
        cited_by: the second cites the first.
        shared_references, shared_citers: articles that both cite, and that cite both.
        references_similarity, citers_similarity: their Salton cosine, shared / sqrt(n m), the
            citation between the two left out of n and m.
        chains: articles that one cites and that cite the other.
        same_work: two forms of one work, or a notice and what it is about (SAME_WORK).
        same_title: titles that differ in case only.
        shared_headings, shared_major, qualifier_conflicts: topical headings (`PairHeadings`).
        siml, ic_cosine, lin: MeSH similarity (`PairSimilarity`).
        tree_distance: steps between the nearest major headings; `NO_DISTANCE` where unrelated.
        query_cosine: of the query and the second, by an encoder; NaN without one.
        positive_cosine: of the first and the second, by an encoder.
    """

    cites: Mask
    cited_by: Mask
    shared_references: Ints
    shared_citers: Ints
    references_similarity: Floats
    citers_similarity: Floats
    chains: Ints
    same_work: Mask
    same_title: Mask
    shared_headings: Ints
    shared_major: Ints
    qualifier_conflicts: Ints
    siml: Floats
    ic_cosine: Floats
    lin: Floats
    tree_distance: Ints
    query_cosine: Floats
    positive_cosine: Floats

    @classmethod
    def together(cls, parts: Sequence[PairEvidence]) -> Self:
        """Several one after another; one at least."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def __len__(self) -> int:
        return len(self.cites)

    def take(self, rows: NDArray[Any]) -> PairEvidence:
        """Some pairs, by a mask or by their numbers."""
        return PairEvidence(*(getattr(self, f.name)[rows] for f in fields(self)))


def pair_reader(engine: Engine) -> PairReader:
    """Who answers for pairs with an engine.

    Raises:
        TypeError: for an engine that is neither Cypher nor arrays.
    """
    if isinstance(engine, ArrayEngine):
        return ArrayPairs(engine)
    if isinstance(engine, CypherEngine):
        return CypherPairs(engine)
    raise TypeError(f"No pairs are read with {engine.name}.")


def read_evidence(
    engine: Engine, reader: PairReader, articles: Articles, first: Pmids, second: Pmids
) -> PairEvidence:
    """What the graph says of pairs.

    Args:
        engine: the graph.
        reader: `pair_reader` of it.
        articles: holds both sides of every pair.
        first: known positives, shape (pairs,).
        second: negatives.
    """
    citations = engine.pair_citations(first, second)
    chains, headings = reader.chains(first, second), reader.headings(first, second)
    similarity = reader.similarity(first, second)
    cites, cited_by = citations.cites, citations.cited_by
    references, citers = _degrees(chains, cites, cited_by)
    one, other = articles.rows(first), articles.rows(second)
    unknown = np.full(len(first), np.nan)
    return PairEvidence(
        cites=cites,
        cited_by=cited_by,
        shared_references=citations.shared_references,
        shared_citers=citations.shared_citers,
        references_similarity=_salton(citations.shared_references, *references),
        citers_similarity=_salton(citations.shared_citers, *citers),
        chains=chains.chains,
        same_work=_same_work(articles, one, other),
        same_title=(articles.title_key[one] == articles.title_key[other])
        & (articles.title_key[one] != 0),
        shared_headings=headings.shared,
        shared_major=headings.shared_major,
        qualifier_conflicts=headings.qualifier_conflicts,
        siml=similarity.siml,
        ic_cosine=similarity.ic_cosine,
        lin=similarity.lin,
        tree_distance=engine.mesh.distance(major_headings(articles), one, other),
        query_cosine=unknown,
        positive_cosine=unknown,
    )


def _degrees(
    chains: PairChains, cites: Mask, cited_by: Mask
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """References and citers of either side without the citation between the two."""
    references = (chains.first_references - cites, chains.second_references - cited_by)
    citers = (chains.first_citers - cited_by, chains.second_citers - cites)
    return (
        (references[0].astype(np.float64), references[1].astype(np.float64)),
        (citers[0].astype(np.float64), citers[1].astype(np.float64)),
    )


def _salton(shared: Ints, first: Floats, second: Floats) -> Floats:
    """Shared / sqrt(first x second); NaN where one side has none: unknown, not zero."""
    both = first * second
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(both > 0, shared / np.sqrt(both), np.nan))


def _same_work(articles: Articles, one: NDArray[np.int64], other: NDArray[np.int64]) -> Mask:
    owner, works = articles.same_work.rows(np.arange(len(articles.pmid)))
    keys = np.sort(owner << 32 | works)
    found: Mask = find_sorted(keys, one << 32 | articles.pmid[other]) >= 0
    return found
