"""The citation space and the band of ranks in it."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import SettingsError
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.mining.anchors import Anchor
from citemesh.mining.strategies.band import Band, in_band, scaled_band
from citemesh.mining.texts.citation_space import (
    CitationSpace,
    citation_matrix,
    citation_vectors,
)

PMIDS = np.arange(10, 50)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """Places of 40 documents; whole numbers, some of them the same."""
    folder = tmp_path_factory.mktemp("space")
    np.save(folder / "pmid.npy", PMIDS)
    random = np.random.default_rng(3)
    np.save(folder / "vectors.npy", random.integers(-2, 3, size=(40, 3)).astype(np.float32))
    return CitationSpace(folder)


def ranked(space, start):
    """The other documents, nearest first, of equal ones the smaller PMID first."""
    scores = space.vectors @ space.vectors[start - 10]
    order = sorted(range(40), key=lambda row: (-scores[row], row))
    return [row + 10 for row in order if row + 10 != start]


@settings(max_examples=100)
@given(st.integers(1, 45), st.integers(0, 45), st.integers(1, 50))
def test_a_band_holds_its_ranks_in_their_order(space, low, width, limit):
    starts = np.array([5, 13, 20, 49, 1000])
    found = in_band(space, starts, low, low + width, limit)
    for index, start in enumerate(starts.tolist()):
        own = found.pmid[found.start == index].tolist()
        if start in (5, 1000):  # no place in the space
            assert own == []
        else:
            assert own == ranked(space, start)[low - 1 : low + width][:limit]
    assert (np.diff(found.start) >= 0).all()


def test_anchors_with_several_starts_take_from_each_in_turn(space):
    indexes = cast(Any, type("Held", (), {"space": space}))
    anchors = [
        Anchor("a", "", None, (13, 5, 20)),
        Anchor("b", "", 7, (7,)),
        Anchor("c", "", 20, ()),
    ]
    band = Band(low=3, high=6)
    found = band.find(cast(Any, None), indexes, anchors, 3)
    first, second = ranked(space, 13)[2:], ranked(space, 20)[2:]
    assert found.candidates.pmid[found.anchor == 0].tolist()[:2] == [first[0], second[0]]
    assert (found.anchor == 1).sum() == 0
    assert found.candidates.pmid[found.anchor == 2].tolist() == second[:3]
    assert set(found.start[found.anchor == 0].tolist()) == {13, 20}
    assert found.more.tolist() == [True, False, True]
    everything = band.find(cast(Any, None), indexes, anchors, 100)
    assert (everything.anchor == 2).sum() == 4
    assert not everything.more.any()


def test_the_scaled_band_is_scincls_in_its_own_graph_and_never_among_its_positives():
    assert scaled_band(52_600_000)[0] == 3998
    sizes = [0, 1, 1000, 100_000, 1_000_000, 41_000_000]
    lows = [scaled_band(size)[0] for size in sizes]
    assert lows == sorted(lows)
    assert min(lows) == 26
    assert lows[-1] > 3000
    assert all(high - low == 99 for low, high in map(scaled_band, sizes))


@pytest.mark.parametrize(
    ("given", "ranks"),
    [
        ({}, (26, 125)),
        ({"low": 5}, (5, 125)),
        ({"low": 500}, (500, 599)),
        ({"low": 5, "high": 5}, (5, 5)),
        ({"high": 30}, (26, 30)),
    ],
)
def test_what_is_set_holds_and_the_rest_is_scaled(given, ranks):
    assert Band(**given).ranks(1000) == ranks


@pytest.mark.parametrize("wrong", [{"low": 9, "high": 8}, {"high": 3}, {"low": -4}, {"dims": 0}])
def test_a_band_without_a_rank_is_refused(wrong):
    with pytest.raises(SettingsError, match="holds no rank"):
        replace(Band(), **wrong).ranks(1000)


def cliques(sizes):
    """Groups in which every article cites every earlier one."""
    begins = np.cumsum(sizes) - sizes
    pairs = [
        (first + i, first + j)
        for first, size in zip(begins.tolist(), sizes, strict=True)
        for i in range(size)
        for j in range(i)
    ]
    owner, cited = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    return csr_of(owner, cited, sum(sizes))


def test_the_matrix_is_symmetric_and_leaves_out_what_has_no_citation():
    cites = csr_of(np.array([0, 1, 4]), np.array([1, 0, 1]), 6)
    matrix, places = citation_matrix(cites)
    assert places.tolist() == [0, 1, 4]
    assert matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_who_is_tied_lies_closer_than_who_is_not():
    sizes = [2] * 60 + [6] * 10 + [25]  # far more groups than dimensions
    matrix, places = citation_matrix(cliques(sizes))
    vectors = citation_vectors(matrix, 16, seed=0)
    group = np.repeat(np.arange(len(sizes)), sizes)[places]
    cosines = vectors @ vectors.T
    same = group[:, None] == group[None, :]
    assert cosines[same].min() > 0.99
    assert np.abs(cosines[~same]).mean() < 0.5
    nearest = np.where(np.eye(len(group), dtype=bool), -2, cosines).argmax(axis=1)
    assert (group[nearest] == group).mean() > 0.9


def test_the_space_is_the_same_for_a_seed_and_another_for_another():
    matrix, _ = citation_matrix(cliques([5, 4, 7, 3, 9, 6]))
    once = citation_vectors(matrix, 3, seed=1)
    assert (citation_vectors(matrix, 3, seed=1) == once).all()
    assert not np.allclose(citation_vectors(matrix, 3, seed=2), once)
    assert np.allclose(np.linalg.norm(once, axis=1), 1, atol=1e-5)
    assert once.dtype == np.float32


def test_fewer_articles_than_dimensions_are_placed_too():
    pair = sp.csr_array(np.array([[0, 1], [1, 0]], np.float32))
    vectors = citation_vectors(pair, 64, seed=0)
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)
