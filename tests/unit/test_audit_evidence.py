"""What the arrays say of pairs of a known positive and a negative, against plain Python."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.graph.mesh.tree import tree_depth
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence, pair_reader, read_evidence
from citemesh.mining.mesh_columns import NO_DISTANCE
from tests.unit.mining_oracle import TREE, Oracle, Paper, snapshot_of

UIS = sorted(TREE.descriptors)
#: A PMID that no graph has.
UNKNOWN = 99_999_999
#: What `test_counts_and_marks` looks at.
COUNTS = (
    "cites", "cited_by", "shared_references", "shared_citers", "chains", "shared_headings",
    "shared_major", "same_work", "same_title", "tree_distance",
)  # fmt: skip


def evidence_of(papers, pairs):
    """Evidence of pairs of PMIDs."""
    engine = ArrayEngine(snapshot_of(papers))
    first, second = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    articles = engine.articles(np.concatenate([first, second]))
    return read_evidence(engine, pair_reader(engine), articles, first, second)


@st.composite
def graphs(draw):
    """Papers that cite each other both ways, in forms of one work, with few different titles."""
    pmids = draw(st.lists(st.integers(1, 50), min_size=2, max_size=8, unique=True))
    some = st.frozensets(st.sampled_from(pmids), max_size=5)
    return [
        Paper(
            pmid, cites=draw(some) - {pmid}, title=draw(st.sampled_from(["", "On X", "ON x", "Y"])),
            headings=draw(st.dictionaries(st.sampled_from(UIS), st.booleans(), max_size=3)),
            same_work=draw(some.filter(lambda own: len(own) < 2)) - {pmid},
        )
        for pmid in pmids
    ]  # fmt: skip


def all_pairs(papers):
    """Every ordered pair, of a paper with itself and of unknown ones too, in no order."""
    pmids = [*(paper.pmid for paper in papers), UNKNOWN]
    pairs = [(a, b) for a in pmids for b in pmids]
    return [pairs[n] for n in np.random.default_rng(len(pairs)).permutation(len(pairs))]


@given(papers=graphs())
def test_counts_and_marks(papers):
    oracle = Oracle(papers)
    pairs = all_pairs(papers)
    found = evidence_of(papers, pairs)
    for place, (a, b) in enumerate(pairs):
        row = tuple(getattr(found, name)[place] for name in COUNTS)
        if UNKNOWN in (a, b):
            assert row == (*(0,) * 9, NO_DISTANCE), (a, b)
            continue
        one, other = oracle.papers[a], oracle.papers[b]
        forth, back = oracle.cites, oracle.cited_by
        shared = oracle.topical(a) & oracle.topical(b)
        assert row == (
            b in forth[a], a in forth[b], len(forth[a] & forth[b]), len(back[a] & back[b]),
            len(forth[a] & back[b]) + len(forth[b] & back[a]), len(shared),
            sum(one.headings[ui] and other.headings[ui] for ui in shared),
            b in one.same_work or a in other.same_work,
            bool(one.title) and one.title.lower() == other.title.lower(),
            distance(oracle, a, b),
        ), (a, b)  # fmt: skip


def distance(oracle, a, b):
    """Steps between the nearest places of major headings in one category."""
    places = [
        [n for ui in oracle.topical(x) if oracle.papers[x].headings[ui]
         for n in oracle.tree.descriptors[ui].tree_numbers]
        for x in (a, b)
    ]  # fmt: skip
    steps = []
    for one in places[0]:
        for other in places[1]:
            if common := common_depth(one, other):
                steps.append(tree_depth(one) + tree_depth(other) - 2 * common)
    return min(steps, default=NO_DISTANCE)


def common_depth(one, other):
    depth = 0
    for x, y in zip(one.split("."), other.split("."), strict=False):
        if x != y:
            break
        depth += 1
    return depth


@given(papers=graphs())
def test_similarities_leave_the_citation_between_the_two_out(papers):
    oracle = Oracle(papers)
    pairs = [(a, b) for a, b in all_pairs(papers) if UNKNOWN not in (a, b)]
    found = evidence_of(papers, pairs)
    for place, (a, b) in enumerate(pairs):
        for values, lists in (
            (found.references_similarity, oracle.cites), (found.citers_similarity, oracle.cited_by),
        ):  # fmt: skip
            one, other = lists[a] - {b}, lists[b] - {a}
            if not one or not other:
                assert math.isnan(values[place]), (a, b)
            else:
                expected = len(one & other) / math.sqrt(len(one) * len(other))
                assert values[place] == pytest.approx(expected), (a, b)


def test_a_citation_between_the_two_is_all_that_one_has():
    """2 cites 1 only: without that it has no reference, so that nothing is known, not zero."""
    papers = [Paper(1, cites=frozenset({3})), Paper(2, cites=frozenset({1})), Paper(3)]
    found = evidence_of(papers, [(1, 2), (2, 1), (1, 3)])
    assert found.cites.tolist() == [False, True, True]
    assert found.cited_by.tolist() == [True, False, False]
    assert np.isnan(found.references_similarity).all()
    assert np.isnan(found.citers_similarity).all()


def test_one_title_is_not_one_work():
    papers = [
        Paper(1, title="On X", same_work=frozenset({2})), Paper(2, title="Erratum"),
        Paper(3, title="ON X"), Paper(4), Paper(5),
    ]  # fmt: skip
    found = evidence_of(papers, [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (4, 5), (4, UNKNOWN)])
    assert found.same_work.tolist() == [True, True, *[False] * 5]
    assert found.same_title.tolist() == [False, False, True, True, *[False] * 3]


def test_topics_are_unknown_where_one_side_has_none_but_check_tags():
    papers = [
        Paper(1, headings={"D04": True}), Paper(2, headings={"D04": False, "D07": True}),
        Paper(3, headings={"D08": True}), Paper(4),
    ]  # fmt: skip
    # The oracle's graphs come without information content.
    snapshot = snapshot_of(papers)
    table = snapshot.descriptors.assign(ic=np.arange(1.0, len(TREE.descriptors) + 1))
    assert TREE.descriptors["D08"].check_tag
    engine = ArrayEngine(replace(snapshot, descriptors=table))
    first, second = np.array([1, 1, 3, 1, 1]), np.array([2, 3, 1, 4, UNKNOWN])
    articles = engine.articles(np.concatenate([first, second]))
    found = read_evidence(engine, pair_reader(engine), articles, first, second)
    for values in (found.siml, found.ic_cosine, found.lin):
        assert 0 < values[0] < 1
        assert np.isnan(values[1:]).all()
    assert found.tree_distance.tolist() == [NO_DISTANCE] * 5  # none major on both sides


def test_some_pairs_by_mask_and_by_number():
    papers = [Paper(1, cites=frozenset({2, 3})), Paper(2, cites=frozenset({3})), Paper(3)]
    whole = evidence_of(papers, [(1, 2), (2, 3), (3, 1)])
    mask = np.array([True, False, True])
    for part in (whole.take(mask), whole.take(np.array([0, 2]))):
        assert len(part) == 2
        for field in fields(PairEvidence):
            wanted, own = getattr(whole, field.name)[mask], getattr(part, field.name)
            np.testing.assert_array_equal(own, wanted)
            assert own.dtype == wanted.dtype
    again = whole.take(np.array([2, 0, 0]))
    assert again.cites.tolist() == [False, True, True]
    assert again.cited_by.tolist() == [True, False, False]
    assert len(whole.take(np.zeros(3, bool))) == 0
