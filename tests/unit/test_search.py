from typing import Any

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from citemesh.encoding.search import search
from citemesh.errors import InputError

Array = NDArray[Any]


@st.composite
def cases(draw):
    """Small whole numbers: dot products are exact, and ties are common."""
    dimension = draw(st.integers(1, 4))
    values = st.integers(-2, 2)
    queries = draw(hnp.arrays(np.float32, (draw(st.integers(1, 4)), dimension), elements=values))
    documents = draw(hnp.arrays(np.float32, (draw(st.integers(1, 12)), dimension), elements=values))
    ids = draw(st.permutations(range(len(documents))))
    return queries, documents, np.array(ids)


def full_sort(
    queries: Array, documents: Array, ids: Array, top_k: int
) -> tuple[list[list[int]], Array]:
    scores = queries @ documents.T + np.float32(0)
    return [
        sorted(range(len(ids)), key=lambda row: (-line[row], -ids[row]))[:top_k] for line in scores
    ], scores


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(1, 20), st.integers(1, 13))
def test_equals_a_full_sort_for_every_block_size(case, top_k, block):
    queries, documents, ids = case
    order = np.argsort(ids).astype(np.uint32)
    rows, scores = full_sort(queries, documents, ids, top_k)
    found = search(queries, documents, top_k, block=block, order=order)
    assert found.rows.tolist() == rows
    assert (found.scores == np.take_along_axis(scores, found.rows, axis=1)).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_equals_a_full_sort_on_real_numbers(seed, block):
    random = np.random.default_rng(seed)
    queries = random.normal(size=(3, 8)).astype(np.float32)
    documents = random.normal(size=(50, 8)).astype(np.float32)
    found = search(queries, documents, 10, block=block)
    exact = queries @ documents.T
    # A block's shape can change the last bit of a sum, so scores are compared, not rows.
    assert np.allclose(found.scores, -np.sort(-exact, axis=1)[:, :10], rtol=1e-5, atol=1e-5)
    assert np.allclose(np.take_along_axis(exact, found.rows, axis=1), found.scores, atol=1e-5)


def test_more_queries_than_one_block_of_them():
    random = np.random.default_rng(1)
    queries = random.integers(-3, 4, size=(600, 5)).astype(np.float32)
    documents = random.integers(-3, 4, size=(40, 5)).astype(np.float32)
    rows, _ = full_sort(queries, documents, np.arange(40), 7)
    assert search(queries, documents, 7, block=16).rows.tolist() == rows


def test_a_memory_map_is_searched(tmp_path):
    documents = np.eye(6, dtype=np.float32)
    np.save(tmp_path / "d.npy", documents)
    mapped = np.load(tmp_path / "d.npy", mmap_mode="r")
    assert search(documents, mapped, 1, block=4).rows.ravel().tolist() == [0, 1, 2, 3, 4, 5]


def test_minus_zero_ties_with_zero():
    documents = np.array([[0.0], [-0.0], [0.0]], dtype=np.float32)
    found = search(np.array([[-1.0]], dtype=np.float32), documents, 3)
    assert found.rows.tolist() == [[2, 1, 0]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_cannot_be_ranked_are_refused(bad):
    documents = np.ones((5, 2), dtype=np.float32)
    documents[3, 1] = bad
    with pytest.raises(InputError, match="NaN or infinite"):
        search(np.ones((1, 2), dtype=np.float32), documents, 2)


def test_ties_fall_as_in_trec_eval():
    """For every document as the only relevant one, trec_eval sees it at the rank that we gave."""
    names = ["10", "9", "a", "B", "é", "100", "Z", "aa"]
    order = np.argsort(np.array([name.encode() for name in names])).astype(np.uint32)
    documents = np.ones((len(names), 2), dtype=np.float32)
    documents[[2, 5]] *= 2
    found = search(np.ones((1, 2), dtype=np.float32), documents, len(names), block=3, order=order)
    run = {
        names[row]: float(score) for row, score in zip(found.rows[0], found.scores[0], strict=True)
    }
    for rank, row in enumerate(found.rows[0], start=1):
        grades = {name: int(name == names[row]) for name in names}
        judge = pytrec_eval.RelevanceEvaluator({"q": grades}, {"recip_rank"})
        assert judge.evaluate({"q": run})["q"]["recip_rank"] == pytest.approx(1 / rank)
