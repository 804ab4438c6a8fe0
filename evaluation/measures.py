"""Measures by trec_eval (pytrec_eval), averaged over all judged queries."""

from __future__ import annotations

import math
from collections.abc import Mapping

from citemesh.errors import InputError

#: Names as in ir_measures → what pytrec_eval calls them in its results.
MEASURES: dict[str, str] = {
    "nDCG@10": "ndcg_cut_10",
    "R@10": "recall_10",
    "R@100": "recall_100",
    "AP": "map",
    "RR": "recip_rank",
    "P@10": "P_10",
}
#: The same as pytrec_eval is asked for them.
_ASKED = frozenset({"ndcg_cut.10", "recall.10,100", "map", "recip_rank", "P.10"})

#: query id → measure → value
PerQuery = dict[str, dict[str, float]]


def evaluate_run(
    qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> PerQuery:
    """Measure a run for every judged query, in the order of the qrels.

    A query without results counts 0; pytrec_eval leaves such queries out, which would raise the
    mean. A query without relevant documents counts 0 as well, as in trec_eval. Of equal scores
    (as 32-bit floats) the greater document id ranks first.

    Args:
        qrels: query id to document id to grade; a grade of 0 or less is not relevant.
        run: query id to document id to score; queries that are not judged are ignored.

    Raises:
        InputError: for a score that is NaN or infinite.
    """
    import pytrec_eval

    _check_scores(run)
    grades = {query: dict(documents) for query, documents in qrels.items()}
    answered = {query: dict(run[query]) for query in grades if run.get(query)}
    found = pytrec_eval.RelevanceEvaluator(grades, _ASKED).evaluate(answered)
    nothing = dict.fromkeys(MEASURES.values(), 0.0)
    return {
        query: {name: float(found.get(query, nothing)[key]) for name, key in MEASURES.items()}
        for query in grades
    }


def mean(per_query: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure over all queries.

    Raises:
        InputError: when there is no query.
    """
    if not per_query:
        raise InputError("There is no judged query to average over.")
    return {
        name: math.fsum(values[name] for values in per_query.values()) / len(per_query)
        for name in MEASURES
    }


def _check_scores(run: Mapping[str, Mapping[str, float]]) -> None:
    for query, documents in run.items():
        for document, score in documents.items():
            if not math.isfinite(score):
                raise InputError(
                    f"The score of document {document!r} for query {query!r} is {score}.",
                    "A run needs finite numbers; look at the model that gave it.",
                )
