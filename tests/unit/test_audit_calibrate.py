"""From log-odds of pairs to probabilities for queries: reference lists stand for queries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.mining.audit.score.calibrate import (
    MIN_HIDDEN,
    PRIOR,
    ReferenceLists,
    fit_calibrator,
    reference_lists,
)
from citemesh.mining.audit.score.pair_sample import PairSample


def sample_of(cited, others):
    """A sample: paper → what it cites, paper → papers that it is not linked with."""
    rows = [(p, o, 0) for p, own in cited.items() for o in own]
    rows += [(p, o, 3) for p, own in others.items() for o in own]
    first, second, kind = np.array(rows, np.int64).reshape(-1, 3).T
    return PairSample(first, second, kind.astype(np.int8))


PAPERS = st.integers(1, 9)
LISTS = st.dictionaries(
    PAPERS, st.lists(st.integers(100, 120), max_size=8, unique=True), max_size=6
)
OTHERS = st.dictionaries(
    PAPERS, st.lists(st.integers(200, 220), max_size=14, unique=True), max_size=6
)


@given(cited=LISTS, others=OTHERS)
def test_one_reference_is_hidden_and_the_others_are_known(cited, others):
    found = reference_lists(sample_of(cited, others))
    items: dict[int, tuple[int, int, set[int]]] = {}
    for paper, known, candidate, item in zip(
        found.paper, found.known, found.candidate, found.item, strict=True
    ):
        items.setdefault(int(item), (int(paper), int(candidate), set()))[2].add(int(known))
    assert len(items) == len(found.hidden) == len(found.count)
    expected = {p: own for p, own in cited.items() if len(own) > 1}
    hidden: dict[int, list[int]] = {p: [] for p in expected}
    for item, (paper, candidate, known) in items.items():
        assert len(known) == found.count[item] == len(cited[paper]) - 1
        if found.hidden[item]:
            assert known == {*cited[paper]} - {candidate}
            hidden[paper].append(candidate)
        else:
            assert candidate in others[paper]
            assert known < {*cited[paper]}
    for paper, own in expected.items():
        assert hidden[paper] == own[:5]  # each of the first five in turn
        unlinked = sum(p == paper and not found.hidden[i] for i, (p, _, _) in items.items())
        assert unlinked == len(hidden[paper]) * min(len(others.get(paper, ())), 10)


def made_lists(chance, queries, known):
    """Items of queries with so many known positives, one hidden reference in ten."""
    hidden = np.arange(queries) % 10 == 0
    largest = np.where(hidden, 2.0, -2.0) + chance.normal(size=(known, queries)).max(axis=0)
    none = np.empty(0, np.int64)
    count = np.full(queries, known)
    return largest, ReferenceLists(none, none, none, none, hidden, count)


def both(one, other):
    return (
        np.concatenate([one[0], other[0]]),
        ReferenceLists(
            *(one[1].paper,) * 4,
            np.concatenate([one[1].hidden, other[1].hidden]),
            np.concatenate([one[1].count, other[1].count]),
        ),
    )


def test_the_largest_of_many_means_less_than_the_largest_of_few():
    chance = np.random.default_rng(0)
    truth = np.arange(4_000) % 4 == 0
    single = np.where(truth, 2.0, -2.0) + chance.normal(size=4_000), truth
    largest, lists = both(made_lists(chance, 4_000, 2), made_lists(chance, 4_000, 50))
    made = fit_calibrator(single, largest, lists)
    assert made is not None
    assert made.slope > 0
    few, many = made.log_odds(np.array([1.0, 1.0]), np.array([2, 50]))
    assert few > many
    # Calibrated for the prior, not for the share of citations in the sample.
    known = np.ones(4_000, np.int64)
    odds = made.log_odds(single[0], known)
    probability = 1 / (1 + np.exp(-odds))
    weight = np.where(truth, PRIOR / truth.mean(), (1 - PRIOR) / (1 - truth.mean()))
    assert np.average(probability, weights=weight) == pytest.approx(PRIOR, abs=0.03)


@pytest.mark.parametrize("case", ["too few lists", "evidence that misleads"])
def test_what_teaches_nothing_gives_no_calibration(case):
    chance = np.random.default_rng(1)
    queries = (MIN_HIDDEN - 1) * 10 if case == "too few lists" else 4_000
    largest, lists = made_lists(chance, queries, 3)
    truth = np.arange(400) % 2 == 0
    single = np.where(truth, 2.0, -2.0), truth
    if case != "too few lists":
        largest, single = -largest, (-single[0], truth)
    assert fit_calibrator(single, largest, lists) is None
