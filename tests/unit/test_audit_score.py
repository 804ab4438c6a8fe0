"""The score of the evidence: what it may see, what it learns from, and its rules."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score.calibrate import Calibrator
from citemesh.mining.audit.score.combiner import Combiner, read_combiner, shipped_combiner
from citemesh.mining.audit.score.features import (
    FEATURES,
    TRANSFERRED_FEATURES,
    feature_matrix,
)
from citemesh.mining.audit.score.learn import MIN_CITATIONS, folds, learn
from citemesh.mining.audit.score.open_scorer import given_combiner
from citemesh.mining.audit.score.pair_sample import PairSample
from citemesh.mining.audit.score.scorers import (
    MUCH,
    NOTHING,
    SOMETHING,
    CombinerScorer,
    RuleScorer,
)
from tests.unit.test_audit_evidence import evidence_of, graphs

#: Probabilities are those of the log-odds as they are.
PLAIN = Calibrator(1.0, 0.0, 0.0)
ONE = Combiner(("log_chains",), (1.0,), 0.0, PLAIN, "made up", {"citation": 3}, {"auc": 0.5})


@given(papers=graphs(), data=st.data())
def test_no_feature_sees_the_citation_between_the_two(papers, data):
    """With it, without it, both ways: the same numbers for the pair, seen from either side."""
    pmids = [paper.pmid for paper in papers]
    a, b = data.draw(st.permutations(pmids))[:2]
    seen = set()
    for linked in ((), ((a, b),), ((b, a),), ((a, b), (b, a))):
        graph = [
            replace(p, cites=p.cites - {a, b} | {to for one, to in linked if one == p.pmid})
            if p.pmid in (a, b) else p
            for p in papers
        ]  # fmt: skip
        found = evidence_of(graph, [(a, b), (b, a)])
        assert found.cites.tolist() == [(a, b) in linked, (b, a) in linked]
        seen.add(feature_matrix(found, tuple(FEATURES)).tobytes())
    assert len(seen) == 1


@given(papers=graphs())
def test_features_are_numbers_whatever_is_unknown(papers):
    pmids = [paper.pmid for paper in papers]
    found = evidence_of(papers, [(pmids[0], other) for other in (*pmids, 99_999_999)])
    matrix = feature_matrix(found, tuple(FEATURES))
    assert matrix.shape == (len(pmids) + 1, len(FEATURES))
    assert np.isfinite(matrix).all()
    # A pair of which nothing is known has no evidence at all.
    assert not matrix[-1].any()


def planted(pairs=600, papers=400, seed=1):
    """Pairs of which `chains` tells citations apart, `siml` nothing, and the rest is constant."""
    chance = np.random.default_rng(seed)
    first = chance.integers(1, papers, pairs) * 7
    kind = np.repeat(np.arange(4, dtype=np.int8), pairs // 4)
    chains = np.where(kind == 0, 3, 0) + chance.integers(0, 4, pairs)
    sample = PairSample(first.astype(np.int64), chance.integers(1, papers, pairs) * 7 + 3, kind)
    return sample, evidence(pairs, chains=chains.astype(np.int32), siml=chance.random(pairs))


def evidence(pairs, **columns):
    """Evidence of nothing, but for some columns."""
    kinds = {"cites": bool, "cited_by": bool, "same_work": bool, "same_title": bool}
    floats = ("references_similarity", "citers_similarity", "siml", "ic_cosine", "lin",
              "query_cosine", "positive_cosine")  # fmt: skip
    made = {
        name: np.full(pairs, np.nan) if name in floats else np.zeros(pairs, kinds.get(name, int))
        for name in PairEvidence.__slots__
    }
    return PairEvidence(**(made | columns))


def test_folds_share_no_paper_and_test_every_pair_once():
    sample, _ = planted(papers=2_000)
    tested = np.zeros(len(sample.kind), int)
    for train, test in folds(sample):
        tested += test
        assert train.sum() > test.sum() > 0
        sides = [sample.take(rows) for rows in (train, test)]
        papers = [{*side.first.tolist(), *side.second.tolist()} for side in sides]
        assert not papers[0] & papers[1]
    assert (tested == 1).all()


def test_a_planted_signal_is_found_and_what_tells_nothing_is_not():
    sample, known = planted()
    features = ("siml", "log_chains", "shares_major")
    learnt = learn(sample, known, features)
    assert learnt.features == features
    assert learnt.weights[1] > 3
    assert abs(learnt.weights[0]) < learnt.weights[1] / 4
    assert learnt.weights[2] == 0.0  # constant: nothing to learn, and no NaN
    assert learnt.quality["auc"] > 0.95
    # Each part is judged by weights of other papers only.
    for train, test in folds(sample):
        others = learn(sample.take(train), known.take(train), features)
        np.testing.assert_allclose(learnt.unseen[test], others.log_odds(known.take(test)))


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_weights_are_in_the_units_of_the_evidence(scale):
    sample, known = planted(pairs=200)
    weights = [
        learn(sample, replace(known, siml=known.siml * by), ("siml", "log_chains")).weights
        for by in (1.0, scale)
    ]
    assert weights[1][0] * scale == pytest.approx(weights[0][0], rel=0.01, abs=1e-3)
    assert weights[1][1] == pytest.approx(weights[0][1], rel=0.01)


def test_where_every_citation_meets_one_paper_nothing_is_tested():
    """The hub is on both sides of every split: weights are learnt, and no quality is claimed."""
    sample, known = planted()
    hub = replace(sample, second=np.where(sample.positive, 5, sample.second))
    learnt = learn(hub, known, ("siml", "log_chains"))
    assert np.isnan(learnt.unseen).all()
    assert learnt.quality == {}
    assert learnt.weights[1] > 3


def test_json_round_trip(tmp_path):
    ONE.write(tmp_path / "scorer.json")
    assert given_combiner(tmp_path / "scorer.json") == ONE
    scorer = CombinerScorer(ONE, 0.7, 0.1)
    assert read_combiner(json.dumps(scorer.as_json()), "x") == ONE


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"features": ["siml", "moon_phase"], "weights": [1, 1]}, "another version"),
        ({"format": 1, "calibrator": None}, "another version"),
        ({"weights": [1, 2]}, "another version"),
        ({"weights": [float("nan")]}, "no finite number"),
        ({"intercept": float("inf")}, "no finite number"),
        ({"calibrator": {"slope": float("nan"), "known": 0, "intercept": 0}}, "no finite number"),
        ({"calibrator": {"slope": 1}}, "holds no weights"),
        ({"calibrator": {"slope": "1", "known": 0, "intercept": 0}}, "holds no weights"),
        ({"weights": ["much"]}, "holds no weights"),
        ({"features": None}, "holds no weights"),
    ],
)
def test_weights_that_mean_something_else_are_refused(changed, words):
    with pytest.raises(InputError, match=rf"w\.json.*{words}"):
        read_combiner(json.dumps(ONE.as_json() | changed), "w.json")


@pytest.mark.parametrize("text", [b"", b"[]", b"3", b"{}", b"\xff\xfe\x00", b'{"features": []}'])
def test_what_is_no_weights_is_refused(tmp_path, text):
    (tmp_path / "w.json").write_bytes(text)
    with pytest.raises(InputError, match=r"w\.json holds no weights of evidence"):
        given_combiner(tmp_path / "w.json")
    rules = json.dumps(RuleScorer().as_json())
    with pytest.raises(InputError, match="holds no weights of evidence"):
        read_combiner(rules, "rules.json")


def test_the_weights_of_the_package_rest_on_what_transfers():
    shipped = shipped_combiner()
    assert shipped.features == TRANSFERRED_FEATURES
    assert shipped.pairs["citation"] >= MIN_CITATIONS
    alike = evidence(1, siml=np.array([0.9]), ic_cosine=np.array([0.9]),
                     shared_references=np.array([5]), shared_headings=np.array([4]))  # fmt: skip
    strong, none = (probability_of(shipped, own)[0] for own in (alike, evidence(1)))
    assert strong > 0.9
    assert none < 0.1


def probability_of(combiner, known, positives=1):
    return combiner.probability(combiner.log_odds(known), np.full(len(known), positives))


def test_levels_begin_at_their_probabilities():
    known = evidence(60, chains=np.arange(60, dtype=np.int32))
    combiner = replace(ONE, intercept=-3.0)
    probability = probability_of(combiner, known)
    scorer = CombinerScorer(combiner, probability[30], probability[10])
    scores = scorer.score(known, np.ones(60, np.int64))
    assert scores.level.tolist() == [NOTHING] * 10 + [SOMETHING] * 20 + [MUCH] * 30
    np.testing.assert_array_equal(scores.probability, probability)
    extreme = probability_of(replace(ONE, weights=(1e6,), intercept=-1e3), known)
    assert (extreme[0], extreme[-1]) == (pytest.approx(0, abs=1e-20), 1.0)


@pytest.mark.parametrize(
    ("columns", "level"),
    [
        ({}, NOTHING),
        ({"shared_references": 1}, NOTHING),
        ({"shared_references": 2}, SOMETHING),
        ({"shared_references": 3}, MUCH),
        ({"shared_citers": 1}, SOMETHING),
        ({"shared_citers": 2}, MUCH),
        ({"siml": 0.3}, NOTHING),
        ({"siml": 0.3001}, SOMETHING),
        ({"siml": 0.5499}, SOMETHING),
        ({"siml": 0.55}, MUCH),
        ({"shared_major": 1}, SOMETHING),
        ({"chains": 1}, SOMETHING),
        ({"shared_headings": 9, "ic_cosine": 1.0}, NOTHING),
        ({"cites": True, "cited_by": True}, NOTHING),
    ],
)
def test_rules_at_their_borders(columns, level):
    known = evidence(1, **{name: np.array([value]) for name, value in columns.items()})
    scores = RuleScorer().score(known, np.ones(1, np.int64))
    assert scores.level.tolist() == [level]
    assert np.isnan(scores.probability).all()


@given(
    one=st.tuples(*[st.integers(0, 4)] * 4, st.floats(0, 1)),
    more=st.tuples(*[st.integers(0, 2)] * 4, st.floats(0, 0.5)),
)
def test_more_evidence_is_never_less(one, more):
    assume(one[-1] + more[-1] <= 1)
    names = ("shared_references", "shared_citers", "shared_major", "chains", "siml")
    columns = {
        name: np.array([a, a + b]) for name, a, b in zip(names, one, more, strict=True)
    }  # fmt: skip
    scores = RuleScorer().score(evidence(2, **columns), np.ones(2, np.int64))
    assert scores.strength[1] >= scores.strength[0]
    assert scores.level[1] >= scores.level[0]
