"""How many of a miner's candidates are relevant, before and after the auditor took its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from citemesh.mining.audit.validate.candidates import CANDIDATES, candidates_of
from citemesh.mining.audit.validate.judged_set import JudgedQuery
from citemesh.mining.audit.validate.measures import bootstrap_interval
from citemesh.mining.audit.validate.rules import Floats, Judge
from citemesh.progress import progress_bar

#: Shares of the candidates that are kept, the least suspicious first.
KEPT = (1.0, 0.5, 0.25)


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


def leftovers(judge: Judge, queries: Sequence[JudgedQuery]) -> list[Leftover]:
    """The shares for every kind of candidates, rule and share kept; queries are pooled."""
    numbers = 1 + max(query.number for query in queries)
    parts: dict[tuple[str, str], list[Floats]] = {}
    truths: dict[str, list[Floats]] = {kind: [] for kind in CANDIDATES}
    owners: dict[str, list[Floats]] = {kind: [] for kind in CANDIDATES}
    with progress_bar("Judging candidates", total=len(queries), unit="query") as bar:
        for query in queries:
            known = np.array(query.known, np.int64)
            rows = {kind: candidates_of(judge.engine, kind, known) for kind in CANDIDATES}
            every = np.unique(np.concatenate(list(rows.values())))
            scores = judge.scores(query, every)
            relevant = np.isin(every, list(query.relevant)).astype(np.float64)
            for kind, pmids in rows.items():
                places = np.searchsorted(every, pmids)
                truths[kind].append(relevant[places])
                owners[kind].append(np.full(len(pmids), float(query.number)))
                for rule, values in scores.items():
                    parts.setdefault((kind, rule), []).append(values[places])
            bar.update()
    return [
        _leftover(kind, rule, kept, np.concatenate(values), np.concatenate(truths[kind]),
                  np.concatenate(owners[kind]), numbers)
        for (kind, rule), values in parts.items()
        for kept in KEPT
    ]  # fmt: skip


def _leftover(
    kind: str, rule: str, kept: float, score: Floats, truth: Floats, owner: Floats, queries: int
) -> Leftover:
    chosen = np.argsort(score, kind="stable")[: round(len(score) * kept)]
    own = owner[chosen].astype(np.int64)
    asked = np.unique(owner.astype(np.int64))
    hits = np.bincount(own, weights=truth[chosen], minlength=queries)[asked].astype(np.float64)
    counts = np.bincount(own, minlength=queries)[asked].astype(np.float64)
    share = float(truth[chosen].mean()) if len(chosen) else float("nan")
    return Leftover(kind, rule, kept, share, *bootstrap_interval(hits, counts), len(score))
