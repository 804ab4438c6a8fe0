"""Walks around the start: the neighbourhood, the rules of the steps, and what chance turns."""

from typing import Any, cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.graph.snapshot.arrays import csr_of
from citemesh.mining.anchors import Anchor
from citemesh.mining.strategies.neighbourhoods import neighbourhoods
from citemesh.mining.strategies.walk import Walk
from tests.unit.text_index_samples import WordIndex


class References:
    """An engine that knows references only."""

    def __init__(self, cites):
        self.cites = cites

    def references(self, pmids):
        rows = [(i, p) for i, own in enumerate(pmids.tolist()) for p in self.cites.get(own, ())]
        owner, cited = np.array(rows, np.int64).reshape(-1, 2).T
        return csr_of(owner, cited, len(pmids))


def test_a_neighbourhood_holds_each_document_once_by_its_shortest_path():
    engine = References({1: [2, 3], 9: [3], 2: [1, 3, 4, 5], 3: [5, 9]})
    anchors = [Anchor("a", "", 1, (1,)), Anchor("b", "", None, (1, 9)), Anchor("c", "", 6, (6,))]
    one, both, nothing = neighbourhoods(cast(Any, engine), anchors)
    assert one.pmid.tolist() == [2, 3, 4, 5, 9]
    assert one.hops.tolist() == [1, 1, 2, 2, 2]
    assert one.between.tolist() == [0, 0, 2, 2, 3]
    assert one.paths.tolist() == [1, 1, 1, 2, 1]
    assert both.pmid.tolist() == [2, 3, 4, 5]
    assert both.paths.tolist() == [1, 2, 1, 2]
    assert set(both.start.tolist()) == {1}
    assert len(nothing.pmid) == 0


@st.composite
def walked(draw):
    """A neighbourhood of unit vectors, some of them equal, with its cited ones."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    documents = draw(st.integers(0, 25))
    vectors = random.integers(-2, 3, size=(documents, 3)) + 0.5
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cited = random.random(documents) < draw(st.sampled_from([0.0, 0.2, 1.0]))
    query = random.normal(size=3)
    return vectors, query / np.linalg.norm(query), cited


@settings(max_examples=200)
@given(walked(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 6), st.integers(0, 9))
def test_walks_follow_their_rules(case, starts, length, choices, seed):
    vectors, query, cited = case
    walk = Walk(starts=starts, length=length, choices=choices)
    met, scores = walk.met(vectors, query, cited, np.random.default_rng(seed))
    assert walk.met(vectors, query, cited, np.random.default_rng(seed))[0] == met
    assert len(set(met)) == len(met) <= starts * length + 1
    if not cited.any():
        assert met == []
        return
    near = sorted(np.flatnonzero(cited), key=lambda row: (-(vectors @ query)[row], row))[:starts]
    assert met[0] == near[0]
    assert set(near) <= set(met)
    drawn = [row for row, score in zip(met, scores, strict=True) if np.isnan(score)]
    assert drawn == (met[-1:] if len(met) > 1 and np.isnan(scores[-1]) else [])
    assert bool(drawn) or len(met) == len(vectors)  # one more is drawn while there is one
    _replay(walk, vectors, near, met[: len(met) - len(drawn)])


def _replay(walk, vectors, near, met):
    """Every step goes to one of the nearest that no walk has stepped on."""
    visited: list[int] = []
    for begin in near:
        if begin not in visited:
            assert met[len(visited)] == begin
            visited.append(begin)
        here = begin
        for _ in range(walk.length - 1):
            cosines = vectors @ vectors[here]
            left = [row for row in range(len(vectors)) if row not in visited]
            if not left:
                break
            nearest = sorted(left, key=lambda row: (-cosines[row], row))[: walk.choices]
            assert met[len(visited)] in nearest
            here = met[len(visited)]
            visited.append(here)
    assert visited == met


def test_the_seed_and_the_querys_id_turn_the_walk():
    pmids = list(range(100, 160))
    indexes = cast(Any, type("Held", (), {"dense": WordIndex(pmids)}))
    engine = References({999: pmids[:8], **dict.fromkeys(pmids[:8], pmids[8:])})
    anchors = [Anchor(str(n), "lung", 999, (999,)) for n in range(8)]

    def walks(walk, some):
        found = walk.find(cast(Any, engine), indexes, some, 100)
        return [found.candidates.pmid[found.anchor == i].tolist() for i in range(len(some))]

    once = walks(Walk(), anchors)
    assert walks(Walk(), anchors) == once
    assert [walks(Walk(), [anchor])[0] for anchor in anchors] == once
    assert len({tuple(own) for own in once}) > 4
    assert walks(Walk(seed=1), anchors) != once
    assert all(len(own) <= 10 for own in once)
    few = Walk().find(cast(Any, engine), indexes, anchors, 4)
    assert few.more.all()
    assert np.bincount(few.anchor).tolist() == [4] * 8
