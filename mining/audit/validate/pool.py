"""Candidates of all judged queries together, with the truth and every rule's scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.audit.validate.candidates import CANDIDATES, candidates_of
from citemesh.mining.audit.validate.judged_set import JudgedQuery
from citemesh.mining.audit.validate.rules import Floats, Judge
from citemesh.progress import progress_bar


@dataclass(frozen=True)
class Pool:
    """Candidates of one kind.

    Args:
        relevant: which were judged relevant, shape (rows,); unjudged counts as not relevant.
        query: number of each one's query.
        known: how many known positives that has.
        scores: rule to scores, larger for rather relevant.
    """

    relevant: NDArray[np.bool_]
    query: NDArray[np.int64]
    known: NDArray[np.int64]
    scores: dict[str, Floats]


def pool_candidates(judge: Judge, queries: Sequence[JudgedQuery]) -> dict[str, Pool]:
    """Kind of candidates to all of them, as miners would draw them (`candidates_of`)."""
    parts: dict[str, list[Pool]] = {kind: [] for kind in CANDIDATES}
    with progress_bar("Judging candidates", total=len(queries), unit="query") as bar:
        for query in queries:
            known = np.array(query.known, np.int64)
            rows = {kind: candidates_of(judge.engine, kind, known) for kind in CANDIDATES}
            every = np.unique(np.concatenate(list(rows.values())))
            scores = judge.scores(query, every)
            relevant = np.isin(every, list(query.relevant))
            for kind, pmids in rows.items():
                places = np.searchsorted(every, pmids)
                parts[kind].append(Pool(
                    relevant[places], np.full(len(pmids), query.number),
                    np.full(len(pmids), len(known)),
                    {rule: values[places] for rule, values in scores.items()},
                ))  # fmt: skip
            bar.update()
    return {kind: _together(own) for kind, own in parts.items()}


def _together(parts: Sequence[Pool]) -> Pool:
    return Pool(
        np.concatenate([part.relevant for part in parts]),
        np.concatenate([part.query for part in parts]),
        np.concatenate([part.known for part in parts]),
        {rule: np.concatenate([part.scores[rule] for part in parts]) for rule in parts[0].scores},
    )
