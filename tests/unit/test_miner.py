"""The miner takes what the rules, read plainly, take; it reads no evidence it can do without."""

from dataclasses import replace

import numpy as np
import pytest

from citemesh.mining.anchors import Anchor
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.cases import AnchorColumns, build_cases, weigh
from citemesh.mining.found import find_for
from citemesh.mining.guards import (
    FACT_GUARDS,
    GUARDS,
    NO_OBJECTION,
    GuardSettings,
    objections,
)
from citemesh.mining.miner import MAX_OVERSAMPLING, OVERSAMPLING, SPARE, Miner
from citemesh.mining.score_guards import ScoreGuard
from citemesh.mining.strategies import GraphStrategy
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.sibling import Sibling
from tests.random_pubmed import HEADINGS, random_papers
from tests.unit.mining_oracle import TREE, snapshot_of
from tests.unit.text_index_samples import sample_corpus

#: Headings of the made-up papers to those of the oracle's tree.
_UIS = dict(zip(HEADINGS, TREE.descriptors, strict=True))
PAPERS = [
    replace(
        paper, headings={_UIS[ui]: major for ui, major in paper.headings.items()}, qualifiers={}
    )
    for paper in random_papers(seed=5, graphs=12, size=14)
]
DOCUMENTS = [paper.pmid for paper in PAPERS if paper.document]
STRATEGIES: dict[str, GraphStrategy] = {"random": Random(), "sibling": Sibling(min_depth=1)}
SETTINGS = GuardSettings(max_siml=0.4, off=frozenset({"unknown_topic"}))
ANCHORS = [
    Anchor(str(n), "a query", None if n % 3 == 0 else DOCUMENTS[n],
           tuple(DOCUMENTS[n : n + n % 3 + 1]))
    for n in range(60)
]  # fmt: skip


class CountingEngine(ArrayEngine):
    """Remembers of which pairs it was asked."""

    def __init__(self):
        super().__init__(snapshot_of(PAPERS))
        self.asked = []

    def pair_citations(self, first, second):
        self.asked += zip(first.tolist(), second.tolist(), strict=True)
        return super().pair_citations(first, second)


class Reader:
    """Scores a text by its last digit."""

    def scores(self, queries, texts):
        return np.array([int(text[-1]) / 10 + 0.05 for text in texts])


def mined(quotas, settings=SETTINGS, score_guards=()):
    engine = CountingEngine()
    miner = Miner(engine, STRATEGIES, quotas, settings, score_guards=score_guards)
    return miner.mine_batch(ANCHORS).to_pylist(), miner, engine


def expected(quotas):
    """Query, negative, strategy and rank, every candidate judged by every guard."""
    engine, rows = CountingEngine(), []
    for anchor in ANCHORS:
        taken = set()
        for name, asked in quotas.items():
            found = find_for(engine, STRATEGIES[name], [anchor], asked * MAX_OVERSAMPLING)
            columns = AnchorColumns.of([anchor])
            cases = build_cases(engine, columns, found.anchor, found.start, found.candidates)
            objected = objections(weigh(engine, cases), GUARDS, SETTINGS)
            pmids = found.candidates.pmid[objected == NO_OBJECTION].tolist()
            kept = [pmid for pmid in pmids if pmid not in taken][:asked]
            taken |= set(kept)
            rows += [(anchor.query_id, pmid, name, n) for n, pmid in enumerate(kept, start=1)]
    return rows


@pytest.mark.parametrize(
    "quotas",
    [{"random": 1}, {"random": 3}, {"sibling": 2, "random": 2}, {"random": 2, "sibling": 2}],
)
def test_negatives_are_the_first_candidates_to_which_no_guard_objects(quotas):
    rows, miner, _ = mined(quotas)
    keys = ("query_id", "negative_pmid", "strategy", "rank")
    assert [tuple(row[key] for key in keys) for row in rows] == expected(quotas)
    for drops in miner.summary.drops.values():
        assert drops.found == sum(drops.dropped.values()) + drops.kept + drops.surplus
        assert drops.anchors == len(ANCHORS)
        assert sum(drops.siml_found.values()) + drops.siml_unknown < drops.found


def passing(anchor, limit, settings=SETTINGS):
    """Random documents for an anchor to which no guard by facts objects."""
    engine = CountingEngine()
    found = find_for(engine, STRATEGIES["random"], [anchor], limit)
    columns = AnchorColumns.of([anchor])
    cases = build_cases(engine, columns, found.anchor, found.start, found.candidates)
    return cases.candidates.pmid[objections(cases, FACT_GUARDS, settings) == NO_OBJECTION].tolist()


def test_of_what_facts_rule_out_no_evidence_is_read():
    rows, miner, engine = mined({"random": 2})
    pairs = {
        (known, pmid)
        for anchor in ANCHORS
        for pmid in passing(anchor, 2 * MAX_OVERSAMPLING)
        for known in anchor.known_pmids
    }
    assert set(engine.asked) <= pairs
    (drops,) = miner.summary.drops.values()
    assert drops.dropped[FACT_GUARDS["retracted"].label] > 0
    assert len(rows) > 30


def test_of_candidates_beyond_the_quota_no_evidence_is_read():
    settings = GuardSettings(off=frozenset(GUARDS) - {"known_positive"})
    rows, miner, engine = mined({"random": 2}, settings)
    expected = set()
    for anchor in ANCHORS:
        read = passing(anchor, 2 * OVERSAMPLING, settings)[: 2 + SPARE]
        assert len(read) == 2 + SPARE
        expected |= {(known, pmid) for pmid in read for known in anchor.known_pmids}
    assert set(engine.asked) == expected
    assert len(rows) == 2 * len(ANCHORS)
    assert miner.summary.drops["random"].surplus > len(ANCHORS)


def test_scores_of_the_last_score_guard_stand_beside_the_negatives():
    texts = {pmid: f"title {pmid}" for pmid in DOCUMENTS}
    guards = [
        ScoreGuard(name, limit, Reader(), sample_corpus(texts))
        for name, limit in (("margin", 5.0), ("cross_encoder", 0.9))
    ]
    rows, miner, _ = mined({"random": 3}, score_guards=guards)
    assert len(rows) > 30
    positives = {anchor.query_id: anchor.positive_pmids for anchor in ANCHORS}
    for row in rows:
        best = max(pmid % 10 for pmid in positives[row["query_id"]]) / 10 + 0.05
        assert row["score_positive"] == pytest.approx(best)
        assert row["score_negative"] == pytest.approx(row["negative_pmid"] % 10 / 10 + 0.05)
        assert row["score_negative"] <= 0.9 * best + 1e-6
    (drops,) = miner.summary.drops.values()
    assert sum(drops.shares["cross_encoder kept"].values()) == len(rows)


def test_without_a_score_guard_there_are_no_scores():
    rows, _, _ = mined({"random": 1})
    assert rows
    assert all(row["score_positive"] is None and row["score_negative"] is None for row in rows)
