"""Precision, recall and calibration of scores against the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """How well scores tell planted positives from negatives; NaN where there is nothing to tell.

    Args:
        precision: at a recall of one half, ties counted against it.
        recall: the greatest at a precision of .9; 0 where none has that.
    """

    precision: float
    recall: float


def found_among(score: Floats, truth: Mask) -> Found:
    """Precision at recall .5, and recall at precision .9.

    Args:
        score: larger for what is rather positive, shape (n,).
        truth: shape (n,).
    """
    positives = int(truth.sum())
    if not positives:
        return Found(float("nan"), float("nan"))
    thresholds = np.unique(score[truth])[::-1]
    ordered, planted = np.sort(score), np.sort(score[truth])
    taken = len(ordered) - np.searchsorted(ordered, thresholds)
    hits = len(planted) - np.searchsorted(planted, thresholds)
    precision, recall = hits / taken, hits / positives
    half = int(np.argmax(recall >= 0.5))
    enough = recall[precision >= 0.9]
    return Found(float(precision[half]), float(enough.max(initial=0.0)))


def planted_among(score: Floats, truth: Mask, share: float, draws: int, seed: int = 0) -> Found:
    """`Found` where positives are a given share, averaged over random draws of that share.

    Args:
        score: of all pairs, shape (n,).
        truth: which are positives.
        share: of positives in each draw.
        draws: how many.
        seed: of the draws.
    """
    positives, negatives = np.flatnonzero(truth), np.flatnonzero(~truth)
    wanted = min(len(positives), round(len(negatives) * share / (1 - share)))
    others = min(len(negatives), round(wanted * (1 - share) / share))
    if not wanted:
        return Found(float("nan"), float("nan"))
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        rows = np.concatenate([
            chance.choice(positives, wanted, replace=False),
            chance.choice(negatives, others, replace=False),
        ])  # fmt: skip
        found.append(found_among(score[rows], truth[rows]))
    return Found(*(float(np.mean([getattr(f, name) for f in found]))
                   for name in ("precision", "recall")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether probabilities mean what they say.

    Args:
        bins: least probability, mean probability, share of positives and pairs of each bin.
        error: expected calibration error: the mean gap between both, by pairs.
        brier: Brier's score.
    """

    bins: list[tuple[float, float, float, int]]
    error: float
    brier: float


def calibration(probability: Floats, truth: Mask, bins: int = 10) -> Calibration:
    """Reliability of probabilities in bins of equal width."""
    if not len(truth):
        return Calibration([], float("nan"), float("nan"))
    place = np.minimum((probability * bins).astype(int), bins - 1)
    rows = []
    for number in np.unique(place):
        own = place == number
        rows.append((number / bins, float(probability[own].mean()), float(truth[own].mean()),
                     int(own.sum())))  # fmt: skip
    error = sum(abs(mean - share) * count for _, mean, share, count in rows) / len(truth)
    return Calibration(rows, error, float(np.mean((probability - truth) ** 2)))


def bootstrap_interval(
    numerators: Floats, denominators: Floats, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of a share that is summed over queries, by drawing queries.

    Efron's percentile bootstrap (1979): pairs of one query belong together.

    Args:
        numerators: of each query, shape (queries,).
        denominators: of each query.
        draws: how many.
        seed: of the draws.
    """
    if not len(numerators) or not denominators.sum():
        return float("nan"), float("nan")
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(numerators), (draws, len(numerators)))
    below = denominators[drawn].sum(axis=1)
    shares = numerators[drawn].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)
