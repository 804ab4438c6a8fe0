"""`walk`: documents met on short walks among the papers around the start.

Definition: the neighbourhood are the documents that the start cites and those that they cite, each
once. From each of the `starts` cited ones nearest to the query a walk of `length` documents goes
on, at each step to one of the `choices` nearest to where it is, drawn by a softmax of their
cosines; no document is stepped on twice, whichever the walk. One more is drawn from the rest. They
come in the order in which they were met; `score` is the cosine to the document before, or to the
query for the first of a walk. `path` is the citation path, not the walk: a step goes to a similar
document of the neighbourhood, cited by the one before or not.
Source: BiCA (Sinha et al., AAAI-26, algorithm 1), whose neighbourhood holds copies of documents,
on which its walks step; here each is there once.
Parameters: `starts`, `length`, `choices`; `seed` of the draws, which the query's id turns. The
model is `--model`; BiCA used NeuML/pubmedbert-base-embeddings, on abstracts without titles.
Complexity: one dot product per step and document of the neighbourhood.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates, places_within
from citemesh.mining.found import FoundForAnchors
from citemesh.mining.strategies.neighbourhoods import neighbourhoods

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine
    from citemesh.mining.texts.indexes import Indexes

Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class Walk:
    """Documents met on walks among the papers around the start."""

    name: str = "walk"
    starts: int = 3
    length: int = 3
    choices: int = 5
    seed: int = 0
    needs: ClassVar[frozenset[str]] = frozenset({"dense"})

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` documents for each anchor, in the order in which they were met."""
        queries = indexes.dense.queries([anchor.query for anchor in anchors])
        columns: dict[str, list[Any]] = {name: [] for name in ("anchor", "score", *_COLUMNS)}
        for index, around in enumerate(neighbourhoods(engine, anchors)):
            rows = indexes.dense.rows(around.pmid)
            around = around.take(rows >= 0)
            vectors = _unit(indexes.dense.documents[rows[rows >= 0]])
            draws = np.random.default_rng((self.seed, _number(anchors[index].query_id)))
            met, scores = self.met(vectors, _unit(queries[index]), around.cited, draws)
            columns["anchor"].append(np.full(len(met), index))
            columns["score"].append(scores)
            for name in _COLUMNS:
                columns[name].append(getattr(around, name)[met])
        return _found(
            {k: np.concatenate([[], *v]) for k, v in columns.items()}, len(anchors), limit
        )

    def met(
        self, vectors: Vectors, query: Vectors, cited: NDArray[np.bool_], draws: np.random.Generator
    ) -> tuple[list[int], list[float]]:
        """Rows of a neighbourhood in the order in which walks meet them, each with its score.

        Args:
            vectors: unit vectors of the neighbourhood, (documents, dimension).
            query: unit vector of the query, (dimension,).
            cited: which documents the start itself cites, shape (documents,).
            draws: where chance comes from.
        """
        to_query = vectors @ query
        begins = _nearest(np.where(cited, to_query, -np.inf), self.starts)
        met: dict[int, float] = {}
        for begin in begins:
            met.setdefault(begin, float(to_query[begin]))
            here = begin
            for _ in range(self.length - 1):
                cosines = vectors @ vectors[here]
                cosines[list(met)] = -np.inf
                near = _nearest(cosines, self.choices)
                if not near:
                    break
                here = near[int(draws.choice(len(near), p=_softmax(cosines[near])))]
                met[here] = float(cosines[here])
        rest = np.setdiff1d(np.arange(len(vectors)), list(met))
        if met and len(rest):
            met[int(draws.choice(rest))] = np.nan
        return list(met), list(met.values())


_COLUMNS = ("pmid", "start", "hops", "between", "paths")


def _found(columns: dict[str, NDArray[Any]], anchors: int, limit: int) -> FoundForAnchors:
    anchor = columns.pop("anchor").astype(np.int64)
    start = columns.pop("start").astype(np.int64)
    found = Candidates.of(anchor, columns.pop("pmid"), **columns)
    some = places_within(anchor) < limit
    more = np.bincount(anchor, minlength=anchors) > limit
    return FoundForAnchors(anchor[some], start[some], found.take(some), more)


def _nearest(cosines: Vectors, count: int) -> list[int]:
    """The rows of the greatest, the greatest first, of equal ones the first; -inf is none."""
    order = np.argsort(-cosines, kind="stable")[:count]
    rows: list[int] = order[np.isfinite(cosines[order])].tolist()
    return rows


def _softmax(cosines: Vectors) -> Vectors:
    weights = np.exp(cosines)
    shares: Vectors = weights / weights.sum()
    return shares


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    """In float64, so that no rounding decides between two steps."""
    exact = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    unit: Vectors = exact / np.maximum(lengths, 1e-12)
    return unit


def _number(query_id: str) -> int:
    return zlib.crc32(query_id.encode())
