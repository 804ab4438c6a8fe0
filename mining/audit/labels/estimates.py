"""How many of a strategy's negatives are relevant, estimated from labels of a stratified sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: The normal distribution's 97.5 % quantile.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class StratumLabels:
    """What people said of one stratum's negatives.

    Args:
        size: negatives in the stratum.
        labelled: those with a label that is not "unsure", drawn at random from them.
        relevant: those of `labelled` that are relevant.
    """

    size: int
    labelled: int
    relevant: int

    def __post_init__(self) -> None:
        if not 0 <= self.relevant <= self.labelled <= self.size or not self.size:
            raise ValueError(f"impossible counts: {self}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of false negatives with its 95 % interval, all in [0, 1]."""

    rate: float
    low: float
    high: float


def estimate(strata: Sequence[StratumLabels]) -> Estimate | None:
    """Share of relevant negatives over strata, from labels of a random sample of each.

    The rate weighs each stratum's share by its size (Cochran, 1977, *Sampling Techniques*, §5.3).
    The interval is the stratified Wilson interval (Yan and Su, 2010, *Statistics in
    Biopharmaceutical Research* 2(3)) with these weights; instead of the strata's standard errors,
    nought where no label or every label says relevant, it takes half the widths of their own
    Wilson intervals. Samples count for more than their size as they come near the whole stratum
    (finite population correction, Cochran §2.6): a stratum labelled whole is known.

    Args:
        strata: all strata of a population.

    Returns:
        None while a stratum has no label.
    """
    if not strata or any(stratum.labelled == 0 for stratum in strata):
        return None
    total = sum(stratum.size for stratum in strata)
    weights = [stratum.size / total for stratum in strata]
    halves = [w * _wilson(s, Z)[1] for w, s in zip(weights, strata, strict=True)]
    # One z for all strata, smaller than Z: errors of strata add up as squares.
    z = Z * math.hypot(*halves) / sum(halves) if any(halves) else 0.0
    parts = [_wilson(stratum, z) for stratum in strata]
    middle = sum(w * centre for w, (centre, _) in zip(weights, parts, strict=True))
    half = sum(w * width for w, (_, width) in zip(weights, parts, strict=True))
    rate = sum(w * s.relevant / s.labelled for w, s in zip(weights, strata, strict=True))
    return Estimate(rate, max(0.0, middle - half), min(1.0, middle + half))


def _wilson(stratum: StratumLabels, z: float) -> tuple[float, float]:
    """Middle and half the width of Wilson's interval (Wilson, 1927) of one stratum."""
    share = stratum.relevant / stratum.labelled
    if stratum.labelled == stratum.size:
        return share, 0.0
    n = stratum.labelled * (stratum.size - 1) / (stratum.size - stratum.labelled)
    scale = 1 + z * z / n
    half = z / scale * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (share + z * z / (2 * n)) / scale, half
