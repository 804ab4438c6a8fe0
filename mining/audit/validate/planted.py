"""Planted positives: citations whose edge is hidden, and copies of papers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.corpus import Corpus
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score.calibrate import PRIOR
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.audit.score.features import GRAPH_FEATURES
from citemesh.mining.audit.score.learn import MAX_CITATIONS, learn
from citemesh.mining.audit.score.open_scorer import PaperEvidence
from citemesh.mining.audit.score.pair_sample import KINDS, PairSample, sample_pairs
from citemesh.mining.audit.score.scorers import LIKELY_FROM
from citemesh.mining.audit.validate.copies import DUPLICATE, VERSION, planted_copies
from citemesh.mining.audit.validate.measures import Calibration, calibration, planted_among

#: Shares of planted positives among negatives.
SHARES = (0.1, 0.2)
_DRAWS = 50
#: Hidden citations from which weights are learnt anew in five parts; below, the given ones are
#: tested.
MIN_PLANTED = 100
COMBINER = "combiner"


@dataclass(frozen=True)
class Planted:
    """How well planted positives are found.

    Args:
        citations: how many citations between documents were hidden.
        negatives: kind of negatives to how many there are.
        found: what was planted, evidence, kind of negatives and share → precision and recall.
        calibration: of probabilities over hidden citations and all negatives.
        copies: kind of copy → how many were planted, rejected, and rejected or likely.
    """

    citations: int
    negatives: dict[str, int]
    found: list[dict[str, Any]]
    calibration: Calibration
    copies: list[dict[str, Any]]


def find_planted(engine: ArrayEngine, corpus: Corpus, given: Combiner) -> Planted:
    """Hide citations, and plant copies, among sibling, same-major and random pairs.

    For hidden citations the weights are learnt anew for each of five parts of the pairs, from pairs
    of other papers (`learn.folds`); with too few citations, the given ones are tested instead. SimL
    and the IC cosine alone stand beside them. Copies are judged by the given weights, which learnt
    from no copy.
    """
    sample = sample_pairs(engine, MAX_CITATIONS, documents=True)
    evidence = PaperEvidence(engine, corpus).read(sample.first, sample.first, sample.second)
    log_odds = given.log_odds(evidence)
    if sample.positive.sum() >= MIN_PLANTED and sample.mixed:
        unseen = learn(sample, evidence, tuple(GRAPH_FEATURES)).unseen
        told = ~np.isnan(unseen)
        if sample.take(told).mixed:
            sample, evidence, log_odds = sample.take(told), evidence.take(told), unseen[told]
    rows = [
        row
        for place in range(1, len(KINDS))
        for name, score in (
            (COMBINER, log_odds),
            ("siml", np.nan_to_num(evidence.siml)),
            ("ic_cosine", np.nan_to_num(evidence.ic_cosine)),
        )
        for row in _rows("citation", name, KINDS[place], score, sample.positive,
                         (sample.kind == 0) | (sample.kind == place))
    ]  # fmt: skip
    copies = [planted_copies(engine, kind) for kind in (DUPLICATE, VERSION)]
    for made in copies:
        rows += _copy_rows(made.kind, given, made.evidence, evidence, sample)
    return Planted(
        int(sample.positive.sum()),
        {kind: int((sample.kind == place).sum()) for place, kind in enumerate(KINDS) if place},
        rows,
        _calibration(given, log_odds, sample.positive),
        [_judged(made.kind, given, made.evidence) for made in copies],
    )


def _calibration(
    combiner: Combiner, log_odds: NDArray[np.float64], truth: NDArray[np.bool_]
) -> Calibration:
    """Of probabilities for queries with one known positive, where `PRIOR` of the pairs are planted.

    Citations are drawn at random until they make up that share.
    """
    planted, others = np.flatnonzero(truth), np.flatnonzero(~truth)
    wanted = min(len(planted), round(len(others) * PRIOR / (1 - PRIOR)))
    chosen = np.random.default_rng(0).choice(planted, wanted, replace=False)
    rows = np.concatenate([chosen, others])
    probability = combiner.probability(log_odds[rows], np.ones(len(rows), np.int64))
    return calibration(probability, truth[rows])


def _rows(
    planted: str, name: str, among: str, score: NDArray[np.float64], truth: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
) -> list[dict[str, Any]]:  # fmt: skip
    return [
        {"planted": planted, "evidence": name, "among": among, "share": share,
         **asdict(planted_among(score[chosen], truth[chosen], share, _DRAWS))}
        for share in SHARES
    ]  # fmt: skip


def _copy_rows(
    kind: str, combiner: Combiner, copies: PairEvidence, others: PairEvidence, sample: PairSample
) -> list[dict[str, Any]]:
    score = np.concatenate([combiner.log_odds(copies), combiner.log_odds(others)])
    truth = np.arange(len(score)) < len(copies)
    kinds = np.concatenate([np.full(len(copies), -1), sample.kind])
    return [
        row
        for place in range(1, len(KINDS))
        for row in _rows(kind, COMBINER, KINDS[place], score, truth,
                         truth | (kinds == place))
    ]  # fmt: skip


def _judged(kind: str, combiner: Combiner, copies: PairEvidence) -> dict[str, Any]:
    rejected = copies.same_work | copies.same_title
    probability = combiner.probability(combiner.log_odds(copies), np.ones(len(copies), np.int64))
    likely = rejected | (probability >= LIKELY_FROM)
    return {
        "planted": kind, "pairs": len(copies), "rejected": int(rejected.sum()),
        "rejected or likely": int(likely.sum()),
    }  # fmt: skip
