"""How many of a miner's candidates are relevant, before and after the auditor took its share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from citemesh.mining.audit.validate.measures import (
    Calibration,
    bootstrap_interval,
    calibration,
    planted_among,
)
from citemesh.mining.audit.validate.pool import Pool
from citemesh.mining.audit.validate.rules import GRAPH, GRAPH_AND_TEXT, Judge

#: Shares of the candidates that are kept, the least suspicious first.
KEPT = (1.0, 0.5, 0.25)
#: Share of planted documents.
SHARE = 0.1
_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Leftover:
    """The share of relevant documents among what a rule keeps of one kind of candidates.

    Args:
        kind: of the candidates.
        rule: that orders them.
        kept: share of all candidates that is kept.
        relevant: share of these that was judged relevant; unjudged counts as not relevant.
        low, high: its 95 % interval over queries.
        rows: candidates of all queries together.
    """

    kind: str
    rule: str
    kept: float
    relevant: float
    low: float
    high: float
    rows: int


def leftovers(pools: Mapping[str, Pool]) -> list[Leftover]:
    """The shares for every kind of candidates, rule and share kept; queries are pooled."""
    return [
        _leftover(kind, rule, kept, pool)
        for kind, pool in pools.items()
        for rule in pool.scores
        for kept in KEPT
    ]


def _leftover(kind: str, rule: str, kept: float, pool: Pool) -> Leftover:
    score = pool.scores[rule]
    chosen = np.argsort(score, kind="stable")[: round(len(score) * kept)]
    asked, query = np.unique(pool.query, return_inverse=True)
    hits, counts = (
        np.bincount(query[chosen], weights=weights, minlength=len(asked)).astype(np.float64)
        for weights in (pool.relevant[chosen].astype(np.float64), None)
    )
    share = float(pool.relevant[chosen].mean()) if len(chosen) else float("nan")
    return Leftover(kind, rule, kept, share, *bootstrap_interval(hits, counts), len(score))


def planted_judged(pools: Mapping[str, Pool]) -> list[dict[str, Any]]:
    """Precision and recall where documents judged relevant are a tenth of each kind, by rule."""
    return [
        {"planted": "judged relevant", "evidence": rule, "among": kind, "share": SHARE,
         **asdict(planted_among(score, pool.relevant, SHARE, _DRAWS))}
        for kind, pool in pools.items()
        for rule, score in pool.scores.items()
    ]  # fmt: skip


def judged_calibration(pools: Mapping[str, Pool], judge: Judge) -> dict[str, Calibration]:
    """Of the auditor's probabilities over each kind of candidates as they come."""
    combiners = {GRAPH: judge.graph, GRAPH_AND_TEXT: judge.with_text}
    return {
        f"{rule}, {kind}": calibration(
            combiner.probability(pool.scores[rule], pool.known), pool.relevant
        )
        for kind, pool in pools.items()
        for rule, combiner in combiners.items()
        if combiner is not None
    }
