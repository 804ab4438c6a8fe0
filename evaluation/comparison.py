"""Two systems on the same queries: paired differences with interval, p-value and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError

SEED = 0
#: Resamples of the bootstrap and sign flips of the test; p comes in steps of 1 / (this + 1).
RESAMPLES = 9_999
CONFIDENCE = 0.95
#: Resampled values in memory at a time.
_BATCH_VALUES = 2_000_000
#: Differences below this are rounding, not wins.
_ROUNDING = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """How two systems differ in one measure.

    Args:
        measure: such as ``nDCG@10``.
        base: the mean of the base.
        trained: the mean of the trained model.
        difference: trained minus base.
        low: lower end of the 95 % bootstrap interval of the mean difference; None with one query.
        high: its upper end.
        p: two-sided paired randomisation test (signs flipped); 1 when no query differs.
        wins: queries on which the trained model is better.
        ties: queries without a difference.
        losses: queries on which it is worse.
    """

    measure: str
    base: float
    trained: float
    difference: float
    low: float | None
    high: float | None
    p: float
    wins: int
    ties: int
    losses: int


def compare(
    base: Mapping[str, Mapping[str, float]],
    trained: Mapping[str, Mapping[str, float]],
    seed: int = SEED,
) -> list[Difference]:
    """Compare two systems query by query, one result per measure.

    The queries stand for those that a user might have asked: interval and p-value speak of them,
    not of other training seeds. No correction is made for looking at several measures.

    Args:
        base: query id to measure to value.
        trained: the same queries and measures.
        seed: of the resampling; every measure starts from it, so the same resamples serve all.

    Raises:
        InputError: when the two do not cover the same queries, or none.
    """
    if not base or base.keys() != trained.keys():
        raise InputError(
            f"Two systems can only be compared on the same queries; one has {len(base):,},"
            f" the other {len(trained):,}."
        )
    measures = list(next(iter(base.values())))
    return [
        _difference(
            measure,
            np.array([base[query][measure] for query in base]),
            np.array([trained[query][measure] for query in base]),
            seed,
        )
        for measure in measures
    ]


def _difference(measure: str, base: Floats, trained: Floats, seed: int) -> Difference:
    change = trained - base
    change[np.abs(change) < _ROUNDING] = 0.0
    low, high = _interval(change, seed)
    return Difference(
        measure=measure,
        base=float(base.mean()),
        trained=float(trained.mean()),
        difference=float(change.mean()),
        low=low,
        high=high,
        p=_p_value(change, seed),
        wins=int((change > 0).sum()),
        ties=int((change == 0).sum()),
        losses=int((change < 0).sum()),
    )


def _interval(change: Floats, seed: int) -> tuple[float | None, float | None]:
    """The percentile interval: unlike BCa it stands differences that are mostly zero."""
    from scipy import stats

    if not change.any():
        return 0.0, 0.0
    if len(change) < 2:
        return None, None
    found = stats.bootstrap(
        (change,),
        np.mean,
        method="percentile",
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        batch=max(1, _BATCH_VALUES // len(change)),
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _p_value(change: Floats, seed: int) -> float:
    """Sign flips of the queries that differ; exact when there are few enough of them."""
    from scipy import stats

    # A zero stays zero whichever way it is flipped, so leaving it out changes only the cost.
    moved = change[change != 0]
    if len(moved) < 2:
        return 1.0
    found = stats.permutation_test(
        (moved,),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, _BATCH_VALUES // len(moved)),
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)
