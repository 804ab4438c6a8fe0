"""Learning the weights: cross-validated by paper, then once on all pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import order_key
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score.features import feature_matrix
from citemesh.mining.audit.score.pair_sample import PairSample

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Citations between documents that a corpus must have to teach its own weights.
MIN_CITATIONS = 500
#: Citations that are learnt from at most: a dozen weights need no more.
MAX_CITATIONS = 5_000
#: The same where texts must be encoded: some six thousand documents.
MAX_CITATIONS_ENCODED = 1_000
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of features in their own units, and how well they did on pairs they never saw.

    Args:
        features: names.
        weights: of each.
        intercept: log-odds without any evidence.
        unseen: log-odds of each pair of the sample by weights that never saw it; NaN where
            citations or unlinked pairs of other papers are missing, as in a corpus in which every
            citation meets the same paper.
        quality: of these; empty where there are not both.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    unseen: Floats
    quality: dict[str, float]

    def log_odds(self, evidence: PairEvidence) -> Floats:
        """Log-odds of pairs, shape (pairs,)."""
        found: Floats = feature_matrix(evidence, self.features) @ np.array(self.weights)
        return found + self.intercept


def learn(sample: PairSample, evidence: PairEvidence, features: Sequence[str]) -> Weights:
    """Weights from a sample of pairs.

    Args:
        sample: the pairs, of both sides.
        evidence: of each; the direct citation is no feature.
        features: names of those to weigh.
    """
    matrix, truth = feature_matrix(evidence, features), sample.positive
    unseen = np.full(len(truth), np.nan)
    for train, test in folds(sample):
        if sample.take(train).mixed:
            weights, intercept = _fit(matrix[train], truth[train])
            unseen[test] = matrix[test] @ weights + intercept
    weights, intercept = _fit(matrix, truth)
    quality = _quality(sample.take(~np.isnan(unseen)), unseen[~np.isnan(unseen)])
    return Weights(tuple(features), tuple(weights.tolist()), intercept, unseen, quality)


def _quality(sample: PairSample, log_odds: Floats) -> dict[str, float]:
    """How well citations are told from unlinked pairs; empty where there are not both."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    if not sample.mixed:
        return {}
    truth = sample.positive
    return {
        "auc": float(roc_auc_score(truth, log_odds)),
        "average_precision": float(average_precision_score(truth, log_odds)),
    }


def folds(sample: PairSample) -> Iterator[tuple[Mask, Mask]]:
    """Pairs to learn from and to test on: no paper is on both sides.

    Yields:
        Two masks of shape (pairs,); every pair is tested once.
    """
    own = order_key(sample.first) % FOLDS
    for fold in range(FOLDS):
        test = own == fold
        papers = np.concatenate([sample.first[test], sample.second[test]])
        met = np.isin(sample.first, papers) | np.isin(sample.second, papers)
        yield ~met, test


def _fit(matrix: Floats, truth: Mask) -> tuple[Floats, float]:
    """Weights in the features' own units, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread[spread == 0] = 1.0
    # Standardised, so that the penalty means the same for each; C=1 is the library's default.
    model = LogisticRegression(max_iter=1_000).fit((matrix - mean) / spread, truth)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)
