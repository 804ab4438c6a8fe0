"""The pairs that the score learns from: what they are, on random small graphs and odd ones."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score import pair_sample
from citemesh.mining.audit.score.open_scorer import training_sample
from citemesh.mining.audit.score.pair_sample import KINDS, sample_pairs
from tests.unit.mining_oracle import Oracle, Paper, snapshot_of
from tests.unit.small_graphs import UIS, graphs


def sampled(papers, citations=100, documents=False):
    """Rows of (kind, first, second)."""
    found = sample_pairs(ArrayEngine(snapshot_of(papers)), citations, documents)
    kinds = [KINDS[number] for number in found.kind.tolist()]
    return list(zip(kinds, found.first.tolist(), found.second.tolist(), strict=True))


def of_kind(rows, kind):
    return [(first, second) for own, first, second in rows if own == kind]


@given(papers=graphs(), documents=st.booleans())
@example(papers=[], documents=True)
@example(papers=[Paper(5)], documents=True)
@example(papers=[Paper(5, document=False)], documents=False)
@example(papers=[Paper(5, cites=frozenset({6})), Paper(6)], documents=True)
def test_pairs_are_what_they_are_called(papers, documents):
    oracle = Oracle(papers)
    rows = sampled(papers, documents=documents)
    wanted = {
        (a, b) for a, cited in oracle.cites.items() for b in cited
        if not documents or {a, b} <= oracle.documents
    }  # fmt: skip
    citations = of_kind(rows, "citation")
    assert len(citations) == len(wanted)
    assert set(citations) == wanted
    starts = [first for first, _ in citations]
    for kind in KINDS[1:]:
        own = of_kind(rows, kind)
        assert len(set(own)) == len(own)
        for first, second in own:
            assert first != second
            assert second in oracle.documents
            assert second not in oracle.cites[first]
            assert first not in oracle.cites[second]
            assert [a for a, _ in own].count(first) <= starts.count(first)
            if kind == "same_major":
                majors = [
                    {ui for ui in oracle.topical(x) if oracle.papers[x].headings[ui]}
                    for x in (first, second)
                ]
                assert majors[0] & majors[1]
            if kind == "sibling":
                assert second in {row[0] for row in oracle.sibling(first, 4)}


@given(papers=graphs())
def test_every_unlinked_document_with_a_major_heading_in_common_can_be_met(papers):
    """Small lists are stepped through whole: nothing that is there is missed."""
    oracle = Oracle(papers)
    engine = ArrayEngine(snapshot_of(papers))
    starts = np.array(sorted(oracle.papers), np.int64)
    index, found = pair_sample._same_major(engine, starts, 100)
    majors = {
        x: {ui for ui in oracle.topical(x) if p.headings[ui]} for x, p in oracle.papers.items()
    }
    expected = {
        (a, b) for a in oracle.papers for b in oracle.documents - {a} if majors[a] & majors[b]
    }
    assert set(zip(starts[index].tolist(), found.tolist(), strict=True)) == expected


def big_graph(papers=300, references=4, headed=True, document=True):
    chance = np.random.default_rng(2)
    pmids = sorted(chance.choice(10**6, papers, replace=False).tolist())
    return [
        Paper(
            pmid, document=document,
            cites=frozenset(chance.choice(pmids, references).tolist()) - {pmid},
            headings={UIS[int(chance.integers(len(UIS)))]: True} if headed else {},
        )
        for pmid in pmids
    ]  # fmt: skip


def test_one_of_each_kind_for_each_citation_the_same_every_time():
    papers = big_graph()
    rows = sampled(papers)
    assert rows == sampled(papers)
    assert len(of_kind(rows, "citation")) == 100
    for kind in ("same_major", "random"):
        assert 80 <= len(of_kind(rows, kind)) <= 100
    assert 0 < len(of_kind(rows, "sibling")) <= 100


def test_citations_come_from_the_whole_corpus(monkeypatch):
    """Runs of articles are taken in a pseudo-random order, not the smallest PMIDs."""
    monkeypatch.setattr(pair_sample, "_RUN", 10)
    papers = big_graph()
    pmids = sorted(paper.pmid for paper in papers)
    firsts = {first for first, _ in of_kind(sampled(papers, 300), "citation")}
    places = [pmids.index(pmid) for pmid in firsts]
    assert max(places) > 200
    assert min(places) < 100
    assert len(of_kind(sampled(papers, 10**6), "citation")) == sum(len(p.cites) for p in papers)


@pytest.mark.parametrize(
    ("graph", "mixed", "positives"),
    [
        ({"references": 1}, False, None),  # 300 citations are too few
        ({}, True, 1_000),
        ({"headed": False}, True, 1_000),
        ({"document": False}, False, None),  # no document that could be a negative
    ],
)
def test_a_sample_to_learn_from_or_none(graph, mixed, positives):
    engine = ArrayEngine(snapshot_of(big_graph(**graph)))
    found = training_sample(engine, encoded=False)
    assert (found is not None) == mixed
    if found is not None:
        assert found.mixed
        assert found.positive.sum() > positives
    assert (training_sample(engine, encoded=True) is not None) == mixed


def test_records_without_texts_teach_where_documents_are_too_few_but_not_an_encoder():
    papers = big_graph()
    some = [
        Paper(p.pmid, document=n % 4 == 0, cites=p.cites, headings=p.headings)
        for n, p in enumerate(papers)
    ]
    engine = ArrayEngine(snapshot_of(some))
    found = training_sample(engine, encoded=False)
    assert found is not None
    assert found.positive.sum() > 1_000
    assert training_sample(engine, encoded=True) is None
    rows = sampled(some, 10**6, documents=True)
    texts = {paper.pmid for paper in some if paper.document}
    assert rows
    assert {pmid for _, *pair in rows for pmid in pair} <= texts
