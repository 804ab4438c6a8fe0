"""The sample of an audit's page, and what its labels say of all negatives."""

import random
from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from citemesh.errors import InputError, SettingsError
from citemesh.mining.audit import verdicts
from citemesh.mining.audit.labels.estimates import StratumLabels, estimate
from citemesh.mining.audit.page import sample as sample_module
from citemesh.mining.audit.page.allocation import allocate
from citemesh.mining.audit.page.sample import draw_sample
from citemesh.mining.audit.page.settings import PageSettings
from tests.audit_pages import MadeUp, many, verdict, write_audit

STRATA = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), st.integers(1, 60), min_size=1
)


@given(STRATA, st.integers(0, 300))
def test_an_allocation_fills_the_page_and_a_greater_one_takes_nothing_away(strata, more):
    names, sizes = list(strata), list(strata.values())
    total = len(names) + more
    shares = allocate(names, sizes, total)
    assert sum(shares) == min(total, sum(sizes))
    assert all(1 <= share <= size for share, size in zip(shares, sizes, strict=True))
    greater = allocate(names, sizes, total + 1)
    assert all(a <= b for a, b in zip(shares, greater, strict=True))


@given(STRATA, st.integers(0, 300))
def test_strata_have_five_each_before_strategies_have_equal_parts(strata, more):
    names, sizes = list(strata), list(strata.values())
    shares = allocate(names, sizes, 5 * len(names) + more)
    assert all(share >= min(size, 5) for share, size in zip(shares, sizes, strict=True))
    parts: Counter[str] = Counter()
    caps: Counter[str] = Counter()
    floors: Counter[str] = Counter()
    for (strategy, _), share, size in zip(names, shares, sizes, strict=True):
        parts[strategy] += share
        caps[strategy] += size
        floors[strategy] += min(size, 5)
    for one in parts:
        for other in parts:
            if parts[one] > floors[one] and parts[other] < caps[other]:
                assert parts[one] <= parts[other] + 1


def test_within_a_strategy_strata_share_by_size():
    names = [("a", "x"), ("a", "y"), ("b", "x")]
    assert allocate(names, [900, 90, 10_000], 200) == [91, 9, 100]


def test_more_strata_than_negatives_are_refused():
    with pytest.raises(InputError, match="--sample 2"):
        allocate([("a", "x"), ("a", "y")], [9, 9], 1)


@pytest.fixture
def folder(tmp_path):
    write_audit(tmp_path / "audit", many(400))
    return tmp_path / "audit"


def pmids(sample):
    return [row["negative_pmid"] for row in sample.rows]


def test_a_draw_is_that_of_its_seed_and_a_greater_one_holds_it(folder):
    small, same = draw_sample(folder, PageSettings(40)), draw_sample(folder, PageSettings(40))
    assert (small.strata, pmids(small)) == (same.strata, pmids(same))
    assert len(set(pmids(small))) == 40
    assert set(pmids(small)) < set(pmids(draw_sample(folder, PageSettings(90))))
    assert set(pmids(small)) != set(pmids(draw_sample(folder, PageSettings(40, seed=1))))


def test_small_batches_draw_the_same(folder, monkeypatch):
    whole = pmids(draw_sample(folder, PageSettings(40)))
    in_sevens = partial(verdicts.verdict_batches, rows=7)
    monkeypatch.setattr(sample_module, "verdict_batches", in_sevens)
    assert pmids(draw_sample(folder, PageSettings(40))) == whole


def test_strata_count_all_and_rows_name_theirs(folder):
    sample = draw_sample(folder, PageSettings(40))
    assert sum(stratum.size for stratum in sample.strata) == 400
    assert len(sample.strata) == 8
    for number, stratum in enumerate(sample.strata):
        own = [row for row in sample.rows if row["stratum"] == number]
        assert len(own) == stratum.drawn
        assert {(row["strategy"], row["verdict"]) for row in own} == {
            (stratum.strategy, stratum.verdict)
        }
    # Whoever stops early has seen every stratum.
    assert len({row["stratum"] for row in sample.rows[:8]}) == 8


def test_every_negative_is_drawn_as_often_as_its_neighbours(folder):
    drawn: Counter[int] = Counter()
    first: Counter[int] = Counter()
    for seed in range(300):
        sample = draw_sample(folder, PageSettings(80, seed))
        drawn.update(pmids(sample))
        first.update(
            {row["stratum"]: row["negative_pmid"] for row in reversed(sample.rows)}.values()
        )
    # 10 of 50 in each stratum: 60 of 300 on average, standard deviation 7; of the first 6 and 2.4.
    assert len(drawn) == 400
    assert min(drawn.values()) > 30 and max(drawn.values()) < 95
    assert max(first.values()) < 20 and len(first) > 380


def test_only_what_was_asked_for_is_drawn(folder):
    asked = PageSettings(10, verdicts=("clean", "reject"), strategies=("sibling",))
    sample = draw_sample(folder, asked)
    assert [(s.strategy, s.verdict) for s in sample.strata] == [
        ("sibling", "reject"), ("sibling", "clean"),
    ]  # fmt: skip
    assert {row["verdict"] for row in sample.rows} == {"clean", "reject"}


def test_what_cannot_be_drawn_is_refused_in_words(tmp_path):
    write_audit(tmp_path, MadeUp([verdict(1), verdict(2, strategy="sibling", verdict="reject")]))
    with pytest.raises(InputError, match=r"no negatives of strategy dense.*cited, sibling"):
        draw_sample(tmp_path, PageSettings(strategies=("cited", "dense")))
    with pytest.raises(InputError, match="1 sibling reject"):
        draw_sample(tmp_path, PageSettings(strategies=("sibling",), verdicts=("clean",)))
    write_audit(tmp_path, MadeUp([]))
    with pytest.raises(InputError, match="no negatives"):
        draw_sample(tmp_path, PageSettings())
    for wrong in ({"sample": 0}, {"sample": 5_001}, {"seed": -1}, {"verdicts": ("good",)}):
        with pytest.raises(SettingsError):
            PageSettings(**wrong)


def test_more_than_a_page_holds_is_sampled(tmp_path, monkeypatch):
    monkeypatch.setattr("citemesh.mining.audit.page.settings.MAX_ITEMS", 30)
    write_audit(tmp_path, many(100))
    sample = draw_sample(tmp_path, PageSettings(sample=None))
    assert len(sample.rows) == 30
    assert sum(stratum.size for stratum in sample.strata) == 100


@pytest.mark.parametrize(("labelled", "relevant"), [(20, 0), (20, 3), (5, 5), (200, 90)])
def test_one_great_stratum_has_wilsons_interval(labelled, relevant):
    found = estimate([StratumLabels(10**12, labelled, relevant)])
    wanted = binomtest(relevant, labelled).proportion_ci(method="wilson")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert found.rate == pytest.approx(relevant / labelled)


def test_strata_count_by_their_size_and_one_labelled_whole_is_known():
    one = StratumLabels(900, 900, 90)
    found = estimate([one, StratumLabels(100, 100, 50)])
    assert found is not None
    assert (found.low, found.rate, found.high) == pytest.approx((0.14, 0.14, 0.14))
    part = estimate([one, StratumLabels(100, 50, 25)])
    alone = estimate([StratumLabels(100, 50, 25)])
    assert part is not None and alone is not None
    assert part.high - part.low == pytest.approx((alone.high - alone.low) / 10)


def test_a_stratum_without_labels_leaves_the_rate_open():
    assert estimate([StratumLabels(9, 3, 1), StratumLabels(9, 0, 0)]) is None
    assert estimate([]) is None
    for wrong in [(0, 0, 0), (5, 6, 1), (5, 3, 4), (5, 3, -1)]:
        with pytest.raises(ValueError, match="impossible"):
            StratumLabels(*wrong)


#: Size, relevant ones and labels of each stratum: 200 negatives of an audit, a few of a small one,
#: rare false negatives, common ones, half of all labelled.
POPULATIONS = {
    "usual": [(5, 4, 3), (50, 30, 9), (200, 60, 13), (1000, 50, 25)],
    "few labels": [(50, 25, 5), (300, 60, 5), (1000, 20, 10)],
    "rare": [(40, 12, 8), (200, 10, 12), (2000, 20, 30)],
    "common": [(500, 450, 20), (500, 475, 20)],
    "half": [(40, 20, 20), (40, 8, 20), (100, 5, 50)],
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_intervals_hold_what_they_promise(name):
    """Simulated: draw labels again and again, and count the intervals that hold the true rate."""
    strata, draws = POPULATIONS[name], 4_000
    truth = sum(k for _, k, _ in strata) / sum(size for size, _, _ in strata)
    chance = np.random.default_rng(0)
    relevant = [chance.hypergeometric(k, size - k, n, draws) for size, k, n in strata]
    held, rates = 0, []
    for counts in zip(*relevant, strict=True):
        labels = [
            StratumLabels(size, n, int(x)) for (size, _, n), x in zip(strata, counts, strict=True)
        ]
        found = estimate(labels)
        assert found is not None and 0 <= found.low <= found.rate + 1e-12
        assert found.rate <= found.high + 1e-12 and found.high <= 1
        held += found.low - 1e-12 <= truth <= found.high + 1e-12
        rates.append(found.rate)
    assert 0.93 <= held / draws <= 0.99
    assert np.mean(rates) == pytest.approx(truth, abs=3 * np.std(rates) / draws**0.5)


@given(st.randoms(use_true_random=False))
def test_an_interval_holds_its_rate(chance: random.Random):
    strata = []
    for _ in range(chance.randint(1, 6)):
        size = chance.randint(1, 1000)
        labelled = chance.randint(1, size)
        strata.append(StratumLabels(size, labelled, chance.randint(0, labelled)))
    found = estimate(strata)
    assert found is not None
    assert 0 <= found.low <= found.rate + 1e-9 <= found.high + 2e-9 <= 1 + 2e-9
