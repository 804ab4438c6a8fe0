"""How the auditor is measured: precision, recall, calibration, intervals, judged sets, frontier."""

import json
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.mining.audit.validate.frontier import (
    DROPPED,
    LIMITS,
    FrontierPoint,
    at_limit,
    at_usual_hardness,
    frontier,
)
from citemesh.mining.audit.validate.judged_set import MIN_GOOD, JudgedQuery, read_judged
from citemesh.mining.audit.validate.measures import (
    bootstrap_interval,
    calibration,
    found_among,
    planted_among,
)
from citemesh.mining.audit.validate.rules import RATIO


@given(rows=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=25))
def test_precision_and_recall_against_brute_force(rows):
    """Few scores, so that most are tied: what is tied is taken together."""
    score, truth = (np.array(side) for side in zip(*rows, strict=True))
    found = found_among(score.astype(float), truth)
    if not truth.any():
        assert np.isnan([found.precision, found.recall]).all()
        return
    cuts = []
    for threshold in sorted({own for own, _ in rows}, reverse=True):
        taken = [planted for own, planted in rows if own >= threshold]
        cuts.append((sum(taken) / len(taken), sum(taken) / truth.sum()))
    assert found.precision == next(p for p, recall in cuts if recall >= 0.5)
    assert found.recall == max((recall for p, recall in cuts if p >= 0.9), default=0)


def test_nine_of_ten_are_a_precision_of_nine_tenths():
    truth = np.array([True] * 8 + [False, True, False, True])
    found = found_among(-np.arange(12.0), truth)
    assert found.recall == 0.9
    assert found_among(-np.arange(12.0), truth & (np.arange(12) > 0)).recall == 0.0


def test_planted_positives_have_the_share_that_is_asked():
    """Of scores that tell nothing, the precision is the share."""
    chance = np.random.default_rng(0)
    truth = np.arange(4_000) < 2_000
    for share in (0.1, 0.2, 0.5):
        found = planted_among(chance.random(4_000), truth, share, draws=40)
        assert found.precision == pytest.approx(share, abs=0.03)
        assert planted_among(truth.astype(float), truth, share, draws=3).recall == 1.0
    again = [planted_among(truth + chance.random(4_000) * 0, truth, 0.1, draws=5) for _ in "ab"]
    assert again[0] == again[1]


@pytest.mark.parametrize("planted", [0, 40])
def test_nothing_is_planted_where_one_side_is_missing(planted):
    truth = np.arange(40) < planted
    found = planted_among(np.arange(40.0), truth, 0.1, draws=3)
    assert np.isnan([found.precision, found.recall]).all()


def test_probabilities_that_hold_are_calibrated_and_others_are_not():
    chance = np.random.default_rng(4)
    probability = chance.random(200_000)
    truth = chance.random(200_000) < probability
    good = calibration(probability, truth)
    assert good.error < 0.01
    assert good.brier == pytest.approx(1 / 6, abs=0.01)  # the variance of the draws
    assert sum(row[3] for row in good.bins) == 200_000
    assert len(good.bins) == 10
    assert calibration(probability**3, truth).error > 0.2
    # All in one bin, and wrong by .4 there; 1.0 belongs to the last bin.
    sure = calibration(np.ones(10), np.arange(10) < 6)
    assert sure.bins == [(0.9, 1.0, 0.6, 10)]
    assert sure.error == pytest.approx(0.4)
    assert np.isnan(calibration(np.empty(0), np.empty(0, bool)).error)


def test_the_interval_holds_the_share_and_shrinks_with_queries():
    chance = np.random.default_rng(1)
    widths = []
    for queries in (20, 200, 2_000):
        counts = chance.integers(1, 20, queries).astype(float)
        hits = chance.binomial(counts.astype(int), 0.3).astype(float)
        low, high = bootstrap_interval(hits, counts)
        assert low < hits.sum() / counts.sum() < high
        widths.append(high - low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_pairs_of_a_query_belong_together():
    """Ten queries of 100 equal pairs tell as much as ten pairs, not as a thousand."""
    hits = np.array([0.0, 1.0] * 5)
    assert bootstrap_interval(hits * 100, np.full(10, 100.0)) == bootstrap_interval(
        hits, np.ones(10)
    )
    assert np.isnan(bootstrap_interval(np.empty(0), np.empty(0))).all()
    assert np.isnan(bootstrap_interval(np.zeros(3), np.zeros(3))).all()
    # A query without candidates is no zero.
    assert bootstrap_interval(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == (1.0, 1.0)


def judged_folder(folder, grades):
    """A BEIR folder: query → PMID → grade."""
    (folder / "qrels").mkdir(parents=True)
    lines = [json.dumps({"_id": query, "text": f"Text {query}"}) for query in grades]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n")
    rows = [f"{q}\t{pmid}\t{grade}" for q, own in grades.items() for pmid, grade in own.items()]
    (folder / "qrels" / "test.tsv").write_text(
        "\n".join(["query-id\tcorpus-id\tscore", *rows]) + "\n"
    )
    return folder


def test_halves_of_what_is_good_and_each_halving_is_another(tmp_path):
    good = dict.fromkeys(range(100, 121), 2)
    folder = judged_folder(tmp_path / "judged", {
        "a": good | {1: 1, 2: 0, 3: 1}, "few": dict.fromkeys(range(50, 55), 2) | {57: 1},
    })  # fmt: skip
    documents = frozenset(range(200)) - {3, 120}
    found = read_judged(folder, (), 2, documents, splits=5)
    assert [(query.query_id, query.text) for query in found] == [("a", "Text a")] * 5
    assert len({query.number for query in found}) == 1
    for query in found:
        assert query.relevant == frozenset(range(100, 120)) | {1}  # 3 and 120 have no text here
        assert set(query.known) < query.relevant - {1}  # 1 is relevant, and not good enough
        assert len(query.known) == 10
        assert list(query.known) == sorted(query.known)
    assert len({query.known for query in found}) == 5
    assert read_judged(folder, (), 2, documents, splits=5) == found
    # Of each good document about half of the halvings know it.
    known = [pmid for query in found for pmid in query.known]
    assert len(set(known)) > 15
    both = read_judged(folder, (), 1, documents, splits=1)
    assert [query.query_id for query in both] == ["a", "few"]
    assert both[0].number != both[1].number


def test_too_few_good_documents_are_refused(tmp_path):
    folder = judged_folder(tmp_path / "judged", {"a": dict.fromkeys(range(1, MIN_GOOD), 3)})
    with pytest.raises(InputError, match="has 6 documents of grade 2 or above here"):
        read_judged(folder, (), 2, frozenset(range(50)), splits=2)
    folder = judged_folder(tmp_path / "more", {"a": dict.fromkeys(range(1, MIN_GOOD + 1), 3)})
    assert len(read_judged(folder, (), 3, frozenset(range(50)), splits=2)) == 2
    with pytest.raises(InputError, match="must be PMIDs of the loaded graph"):
        read_judged(folder, (), 3, frozenset(range(5)), splits=2)


class MadeUpJudge:
    """Rules that know the truth, the opposite, and the cosine."""

    def __init__(self, cosines):
        self.cosines = cosines

    def scores(self, query, candidates):
        assert sorted(candidates.tolist()) == candidates.tolist()
        assert not set(candidates.tolist()) & set(query.known)
        truth = np.isin(candidates, list(query.relevant)).astype(float)
        cosine = np.array([self.cosines[query.number][pmid] for pmid in candidates.tolist()])
        return {"truth": truth, "opposite": -truth, RATIO: cosine}


@pytest.fixture(scope="module")
def curve():
    """Four queries, each halved twice, of which the nearest documents are the relevant ones."""
    chance = np.random.default_rng(3)
    pmids = chance.permutation(np.arange(1, 301))
    documents = chance.normal(size=(300, 8)).astype(np.float32)
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    texts = chance.normal(size=(4, 8)).astype(np.float32)
    queries, encoded, cosines = [], [], []
    for number in range(4):
        cosine = documents @ texts[number]
        cosines.append(dict(zip(pmids.tolist(), cosine.tolist(), strict=True)))
        nearest = pmids[np.argsort(-cosine)]
        relevant = frozenset(nearest[:40:2].tolist())
        for half in (0, 1):
            known = tuple(sorted(nearest[half * 2 : 20 : 4].tolist()))
            queries.append(JudgedQuery(number, str(number), "", known, relevant))
            encoded.append(texts[number])
    judge = cast(Any, MadeUpJudge(cosines))
    return frontier(judge, queries, np.stack(encoded), documents, pmids)


def rule_of(curve, rule):
    return {point.dropped: point for point in curve if point.rule == rule}


def test_a_rule_that_knows_the_truth_leaves_none_when_it_drops_enough(curve):
    truth, opposite = rule_of(curve, "truth"), rule_of(curve, "opposite")
    assert list(truth) == list(DROPPED)
    # 15 of the hundred nearest are relevant and not known.
    for share in DROPPED:
        if share >= 0.15:
            assert truth[share].false_negatives == 0.0
        elif share > 0:
            assert 0 < truth[share].false_negatives < truth[0.0].false_negatives
    assert opposite[0.85].false_negatives == 1.0
    # All rules leave the same where they drop nothing.
    assert len({rule_of(curve, rule)[0.0].false_negatives for rule in ("truth", RATIO)}) == 1
    assert truth[0.0].low <= truth[0.0].false_negatives <= truth[0.0].high


def test_dropping_by_the_cosine_makes_it_easier(curve):
    ratio = rule_of(curve, RATIO)
    hardness = [ratio[share].hardness for share in DROPPED]
    assert hardness == sorted(hardness, reverse=True)
    assert hardness[0] > hardness[-1] + 0.3
    assert rule_of(curve, "truth")[0.5].hardness > ratio[0.5].hardness


def test_limits_of_the_usual_filter_leave_easier_ones_the_lower_they_are(curve):
    limits = [point for point in curve if point.dropped is None]
    assert [point.rule for point in limits] == [at_limit(limit) for limit in LIMITS]
    hardness = [point.hardness for point in limits]
    assert hardness == sorted(hardness, reverse=True)


def test_a_limit_that_leaves_nothing_has_no_point():
    """A known positive farther than all else: no negative is below it."""
    documents = np.array([[1, 0], [0.9, 0.1], [-1, 0]], np.float32)
    query = JudgedQuery(0, "0", "", (3,), frozenset({3}))
    judge = cast(Any, MadeUpJudge([{1: 1.0, 2: 0.9, 3: -1.0}]))
    points = frontier(judge, [query], np.array([[1, 0]], np.float32), documents, np.arange(1, 4))
    assert all(np.isfinite(point.hardness) for point in points)
    assert {point.rule for point in points} == {"truth", "opposite", RATIO}
    assert len([p for p in points if p.rule == RATIO and p.dropped == 0.0]) == 1


def point(rule, hardness, share):
    return FrontierPoint(rule, 0.0, share, 0, 0, hardness)


def test_rules_are_compared_at_the_hardness_of_the_usual_filter():
    points = [
        point(RATIO, 0.5, 0.3), point(RATIO, 0.4, 0.1),  # a fifth halfway, at .45
        point("x", 0.5, 0.1), point("x", 0.3, 0.0),
        point("too easy", 0.44, 0.0), point("too easy", 0.3, 0.0),
    ]  # fmt: skip
    found = at_usual_hardness(points)
    assert found == {RATIO: pytest.approx(0.2), "x": pytest.approx(0.075)}
    assert at_usual_hardness(points[1:]) == {}  # the filter never leaves a fifth
    assert at_usual_hardness(points[2:]) == {}
