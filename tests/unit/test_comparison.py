import itertools
import warnings
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
import pytest

from citemesh.errors import InputError
from citemesh.evaluation.comparison import Difference, compare
from citemesh.evaluation.measures import PerQuery


def values(numbers: Iterable[float]) -> PerQuery:
    return {f"q{i}": {"nDCG@10": float(number)} for i, number in enumerate(numbers)}


def one(base: Iterable[float], trained: Iterable[float]) -> Difference:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (difference,) = compare(values(base), values(trained))
    return difference


def interval(difference: Difference) -> tuple[float, float]:
    assert difference.low is not None
    assert difference.high is not None
    return difference.low, difference.high


@pytest.mark.parametrize("queries", [1, 2, 40])
def test_no_difference_at_all(queries):
    found = one([0.5] * queries, [0.5] * queries)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert (found.wins, found.ties, found.losses) == (0, queries, 0)


def test_rounding_is_no_win():
    assert one([0.1 + 0.2, 0.5], [0.3, 0.5]).ties == 2


def test_noise_is_not_taken_for_a_difference():
    random = np.random.default_rng(3)
    base = random.uniform(size=200)
    noise = random.normal(scale=0.1, size=200)
    found = one(base, base + noise - noise.mean())
    low, high = interval(found)
    assert low < 0 < high
    assert found.p > 0.9


def test_a_clear_difference_is_found():
    random = np.random.default_rng(4)
    base = random.uniform(0, 0.5, size=100)
    found = one(base, base + random.normal(0.2, 0.1, size=100))
    low, high = interval(found)
    assert 0.15 < low < found.difference < high < 0.25
    assert found.p <= 0.001
    assert found.difference == pytest.approx(found.trained - found.base)
    assert found.wins + found.ties + found.losses == 100
    assert found.wins > 90


def test_the_sign_says_who_is_better():
    better, worse = [0.9, 0.8, 0.9, 0.7], [0.1, 0.2, 0.3, 0.1]
    up, down = one(worse, better), one(better, worse)
    assert up.difference == -down.difference > 0
    assert (up.wins, up.losses) == (down.losses, down.wins) == (4, 0)
    assert up.p == down.p


def test_few_queries_get_the_exact_p_value():
    change = np.array([0.4, 0.1, -0.2, 0.3, 0.25, 0.0])
    flips = np.array(list(itertools.product([1, -1], repeat=5)))
    sums = (flips * change[:5]).sum(axis=1)
    expected = 2 * (sums >= change.sum() - 1e-9).mean()
    assert one(np.full(6, 0.5), 0.5 + change).p == pytest.approx(expected)


def test_one_query_has_no_interval():
    found = one([0.1], [0.9])
    assert (found.low, found.high, found.p) == (None, None, 1.0)


def test_a_constant_difference_gives_a_point():
    found = one([0.25] * 8, [0.5] * 8)
    assert found.low == found.high == found.difference == 0.25


def test_the_same_seed_gives_the_same_numbers():
    random = np.random.default_rng(5)
    base, trained = random.uniform(size=50), random.uniform(size=50)
    assert asdict(one(base, trained)) == asdict(one(base, trained))


def test_under_no_difference_p_values_are_spread_evenly():
    """About 5 % of null comparisons fall under 0.05, and intervals cover 0 about as often."""
    random = np.random.default_rng(6)
    names = [f"m{i}" for i in range(60)]
    table = random.normal(scale=0.1, size=(2, 30, len(names)))
    base, trained = (
        {f"q{i}": dict(zip(names, row, strict=True)) for i, row in enumerate(side)}
        for side in table
    )
    found = compare(base, trained)
    assert sum(difference.p < 0.05 for difference in found) <= 8
    assert sum(low <= 0 <= high for low, high in map(interval, found)) >= 50


def test_only_the_same_queries_can_be_compared():
    with pytest.raises(InputError, match="same queries"):
        compare(values([0.1, 0.2]), values([0.1]))
    with pytest.raises(InputError, match="same queries"):
        compare({}, {})
