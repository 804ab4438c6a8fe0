import math

import pytest
import pytrec_eval

from citemesh.errors import InputError
from citemesh.evaluation.measures import MEASURES, evaluate_run, mean

QRELS = {"q1": {"a": 2, "b": 1, "c": 0}, "q2": {"a": 1}, "q3": {"c": 1}}


def test_hand_computed_values():
    # Ranks: c (0), a (2), x (not judged), b (1).
    values = evaluate_run(QRELS, {"q1": {"c": 4.0, "a": 3.0, "x": 2.0, "b": 1.0}})["q1"]
    gained = 2 / math.log2(3) + 1 / math.log2(5)
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert values["nDCG@10"] == pytest.approx(gained / ideal)
    assert values["R@10"] == values["R@100"] == 1.0
    assert values["AP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert values["RR"] == pytest.approx(1 / 2)
    assert values["P@10"] == pytest.approx(2 / 10)


def test_a_query_without_results_counts_zero_in_the_mean():
    run = {"q1": {"a": 2.0, "b": 1.0}, "q2": {}}
    values = evaluate_run(QRELS, run)
    assert list(values) == ["q1", "q2", "q3"]
    assert set(values["q2"].values()) == set(values["q3"].values()) == {0.0}
    assert mean(values)["RR"] == pytest.approx(1 / 3)


def test_an_empty_run_is_all_zero():
    assert set(mean(evaluate_run(QRELS, {})).values()) == {0.0}


def test_equals_pytrec_eval_when_nothing_is_missing():
    run = {
        query: {f"d{i}": float((i * 37 + shift) % 101) for i in range(200)} | {"a": 50.5}
        for shift, query in enumerate(QRELS)
    }
    asked = {"ndcg_cut", "recall", "map", "recip_rank", "P"}
    theirs = pytrec_eval.RelevanceEvaluator(QRELS, asked).evaluate(run)
    for query, values in evaluate_run(QRELS, run).items():
        assert values == {name: theirs[query][key] for name, key in MEASURES.items()}


def test_of_equal_scores_the_greater_id_ranks_first():
    run = {"q": dict.fromkeys(["10", "9", "8"], 1.0)}
    ranks = [1 / evaluate_run({"q": {name: 1}}, run)["q"]["RR"] for name in ("9", "8", "10")]
    assert ranks == [1, 2, 3]


def test_scores_that_differ_beyond_32_bits_are_equal():
    run = {"q": {"a": 1.0 + 1e-12, "b": 1.0}}
    assert evaluate_run({"q": {"a": 1}}, run)["q"]["RR"] == 0.5


def test_a_query_without_relevant_documents_counts_zero():
    values = evaluate_run({"q": {"a": 0}, "p": {"a": -1}}, {"q": {"a": 1.0}, "p": {"a": 1.0}})
    assert set(values["q"].values()) | set(values["p"].values()) == {0.0}


def test_queries_that_are_not_judged_are_ignored():
    assert list(evaluate_run({"q": {"a": 1}}, {"q": {"a": 1.0}, "other": {"a": 1.0}})) == ["q"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_scores_that_are_no_finite_numbers_are_refused(bad):
    with pytest.raises(InputError, match="document 'b' for query 'q1'"):
        evaluate_run(QRELS, {"q1": {"a": 1.0, "b": bad}})


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(InputError, match="no judged query"):
        mean({})
