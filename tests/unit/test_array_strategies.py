"""Every strategy on arrays against plain Python, on random small graphs."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling
from citemesh.mining.strategies.two_hop import TwoHop
from tests.unit.mining_oracle import Oracle, Paper, rows_by_start, snapshot_of
from tests.unit.small_graphs import graphs

#: A PMID that no graph has, larger than all others; another may lie between.
UNKNOWN = 99_999_999
LIMITS = st.sampled_from([1, 2, 3, 5, 100])


def compare(papers, strategy, expected, limit):
    """Starts: all articles in PMID order, two that the graph has not."""
    pmids = sorted({paper.pmid for paper in papers})
    gap = next(n for n in range(1, 99) if n not in pmids)
    starts = np.array(sorted([*pmids, gap, UNKNOWN]), np.int64)
    found = rows_by_start(ArrayEngine(snapshot_of(papers)), strategy, starts, limit)
    oracle = Oracle(papers)
    for start, rows in zip(starts.tolist(), found, strict=True):
        assert rows == (expected(oracle, start)[:limit] if start in pmids else []), start


@given(papers=graphs(), limit=LIMITS)
def test_cited(papers, limit):
    compare(papers, Cited(), Oracle.cited, limit)


@given(papers=graphs(), limit=LIMITS)
def test_two_hop(papers, limit):
    compare(papers, TwoHop(), Oracle.two_hop, limit)


@pytest.mark.parametrize(("strategy", "name"), [(Cocited, "cocited"), (Coupled, "coupled")])
@given(
    papers=graphs(), limit=LIMITS, low=st.integers(1, 3), more=st.integers(0, 2),
    hub=st.integers(0, 6),
)  # fmt: skip
def test_shared_articles_within_the_band_and_below_the_hub(
    strategy, name, papers, limit, low, more, hub
):
    band = {"low": low, "high": low + more, "hub": hub}
    compare(papers, strategy(**band), lambda o, start: getattr(o, name)(start, **band), limit)


@given(papers=graphs(), limit=LIMITS, min_depth=st.sampled_from([1, 4, 5]))
def test_sibling(papers, limit, min_depth):
    compare(papers, Sibling(min_depth=min_depth), lambda o, s: o.sibling(s, min_depth), limit)


@given(papers=graphs(), limit=LIMITS, seed=st.integers(0, 3))
def test_random(papers, limit, seed):
    compare(papers, Random(seed=seed), lambda o, start: o.random(start, seed), limit)


# Most of what is nearest by key shares a heading with the start: the window must be widened.
@given(sharing=st.integers(0, 60), limit=st.sampled_from([1, 4, 7]), first=st.integers(1, 10**6))
@example(sharing=60, limit=4, first=1)
def test_sibling_looks_on_behind_those_that_share_a_heading(sharing, limit, first):
    start = Paper(first, headings={"D04": True, "D07": False})
    nearest = sorted(range(first + 1, first + 90), key=lambda pmid: Oracle.order(first, pmid))
    papers = [start] + [
        Paper(pmid, headings={"D05": True} | ({"D07": False} if n < sharing else {}))
        for n, pmid in enumerate(nearest)
    ]
    compare(papers, Sibling(), lambda o, pmid: o.sibling(pmid, 4), limit)


@pytest.mark.parametrize(
    "strategy", [Cited(), TwoHop(), Cocited(), Coupled(), Sibling(), Random()], ids=lambda s: s.name
)
@pytest.mark.parametrize("papers", [[], [Paper(5, document=False)]], ids=["nothing", "no document"])
def test_an_empty_graph_has_nothing(strategy, papers):
    engine = ArrayEngine(snapshot_of(papers))
    for starts in ([], [5], [5, 6]):
        assert len(engine.find(strategy, np.array(starts, np.int64), 3)) == 0
