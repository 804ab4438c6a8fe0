"""Hard and true: the share of false negatives against hardness, rule beside rule.

Of each query's nearest documents by an encoder a rule drops a share; the ten hardest that remain
would be its negatives. A rule is better when its curve lies below (docs/audit.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.encoding.embeddings import Embeddings
from citemesh.encoding.search import search
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.audit.validate.judged_set import JudgedQuery
from citemesh.mining.audit.validate.measures import bootstrap_interval
from citemesh.mining.audit.validate.rules import RATIO, Floats, Judge
from citemesh.progress import progress_bar

#: Nearest documents of a query from which negatives are taken (BMRetriever, Xu et al., 2024, §3.2).
WINDOW = 100
#: Negatives per query.
TAKEN = 10
#: Shares of the window that are dropped.
DROPPED = (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85)
#: Limits of the usual filter: a candidate whose cosine is above such a share of the best known
#: positive's is dropped. NV-Retriever takes 95 % (Moreira et al., 2024, §4).
LIMITS = (1.0, 0.95, 0.9, 0.8)
#: The usual filter's false negatives, at whose hardness rules are compared.
USUAL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A rule at one share dropped, averaged over queries.

    Args:
        rule: that drops.
        dropped: share of the window; None for a filter with a fixed limit.
        false_negatives: share judged relevant among the negatives taken.
        low, high: its 95 % interval over queries.
        hardness: mean cosine of query and negative.
    """

    rule: str
    dropped: float | None
    false_negatives: float
    low: float
    high: float
    hardness: float


def frontier(
    judge: Judge, queries: Sequence[JudgedQuery], encoded: Embeddings, documents: Embeddings,
    pmids: Pmids,
) -> list[FrontierPoint]:  # fmt: skip
    """The curve of every rule.

    Args:
        judge: scores by every rule.
        queries: judged.
        encoded: embeddings of the queries, (queries, dimension).
        documents: embeddings of all documents, (documents, dimension).
        pmids: of these, shape (documents,).
    """
    most = max(len(query.known) for query in queries)
    places = np.argsort(pmids)
    order = np.argsort(pmids)[::-1].astype(np.uint32)
    ranking = search(np.asarray(encoded), documents, WINDOW + most, order=order)
    taken: dict[tuple[str, float | None], list[tuple[float, float, float]]] = {}
    with progress_bar("Drawing the frontier", total=len(queries), unit="query") as bar:
        for number, query in enumerate(queries):
            near = pmids[ranking.rows[number]]
            apart = np.flatnonzero(~np.isin(near, query.known))[:WINDOW]
            near, cosine = near[apart], ranking.scores[number][apart].astype(np.float64)
            order_of = np.argsort(near)
            scores = judge.scores(query, near[order_of])
            relevant = np.isin(near[order_of], list(query.relevant)).astype(np.float64)
            for rule, score in scores.items():
                for share in DROPPED:
                    kept = np.argsort(score, kind="stable")[: round(len(score) * (1 - share))]
                    made = _taken(kept, cosine[order_of], relevant)
                    taken.setdefault((rule, share), []).append(made)
            known = documents[places[np.searchsorted(pmids, query.known, sorter=places)]]
            best = float((known @ encoded[number]).max())
            for limit in LIMITS:
                kept = np.flatnonzero(cosine[order_of] <= limit * best)
                made = _taken(kept, cosine[order_of], relevant)
                taken.setdefault((at_limit(limit), None), []).append(made)
            bar.update()
    numbers = np.array([query.number for query in queries])
    return [
        _point(rule, share, _by_query(np.array(rows), numbers))
        for (rule, share), rows in taken.items()
        if any(count for _, count, _ in rows)
    ]


def at_limit(limit: float) -> str:
    """The name of the usual filter with one of `LIMITS`."""
    return f"{RATIO} at {limit:.0%}"


def _taken(kept: NDArray[np.int64], cosine: Floats, relevant: Floats) -> tuple[float, float, float]:
    """Of what is kept the hardest: relevant ones, negatives, and the sum of their cosines."""
    hardest = kept[np.argsort(-cosine[kept], kind="stable")[:TAKEN]]
    return float(relevant[hardest].sum()), float(len(hardest)), float(cosine[hardest].sum())


def _by_query(rows: Floats, numbers: NDArray[np.int64]) -> Floats:
    """Sums over the halvings of each query."""
    _, which = np.unique(numbers, return_inverse=True)
    return np.stack([np.bincount(which, weights=column) for column in rows.T], axis=1)


def _point(rule: str, share: float | None, rows: Floats) -> FrontierPoint:
    hits, counts, cosines = rows.T
    return FrontierPoint(
        rule, share, float(hits.sum() / counts.sum()), *bootstrap_interval(hits, counts),
        float(cosines.sum() / counts.sum()),
    )  # fmt: skip


def at_usual_hardness(points: Sequence[FrontierPoint]) -> dict[str, float]:
    """The share of false negatives of each rule at the hardness where `RATIO` leaves a fifth.

    Linear between the points of a curve; a rule that is not as easy or as hard anywhere is left
    out.
    """
    curves: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        curves.setdefault(point.rule, []).append((point.hardness, point.false_negatives))
    usual = sorted(curves.get(RATIO, []), key=lambda pair: pair[1])
    shares = [share for _, share in usual]
    if not usual or not shares[0] <= USUAL_SHARE <= shares[-1]:
        return {}
    hardness = float(np.interp(USUAL_SHARE, shares, [hard for hard, _ in usual]))
    found = {}
    for rule, curve in curves.items():
        hard, share = zip(*sorted(curve), strict=True)
        if hard[0] <= hardness <= hard[-1]:
            found[rule] = float(np.interp(hardness, hard, share))
    return found
