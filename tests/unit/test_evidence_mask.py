"""Masks by evidence are the audit's verdicts, pair by pair, however few pairs are read."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.mining.anchors import Anchor
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.auditor import Auditor
from citemesh.mining.audit.evidence import pair_reader, read_evidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.score.calibrate import Calibrator
from citemesh.mining.audit.score.combiner import Combiner, shipped_combiner
from citemesh.mining.audit.score.features import GRAPH_FEATURES
from citemesh.mining.audit.score.scorers import CombinerScorer
from citemesh.training.batches import evidence_mask
from citemesh.training.batches.batch_papers import MOST_KNOWN
from citemesh.training.batches.evidence_mask import EvidenceMask, least_log_odds
from citemesh.training.batches.log_odds_bound import LogOddsBound
from tests.unit.mining_oracle import Paper, snapshot_of
from tests.unit.row_samples import documents_of, drawn_rows, row_ids
from tests.unit.test_audit_evidence import UIS, UNKNOWN, graphs


def engine_of(papers):
    """An engine whose headings tell more the deeper they are, as information content does."""
    snapshot = snapshot_of(papers)
    content = np.maximum(snapshot.descriptors["depth"] - 1.0, 0.0)
    return ArrayEngine(replace(snapshot, descriptors=snapshot.descriptors.assign(ic=content)))


@st.composite
def combiners(draw):
    """Any weights of all features, negative ones too; none of them 0."""
    rng = np.random.default_rng(draw(st.integers(0, 1_000_000)))
    calibrator = Calibrator(*rng.uniform([0.5, -1.5, -1.0], [2.0, 0.5, 1.0]).tolist())
    weights = tuple(rng.uniform(-2, 5, len(GRAPH_FEATURES)).tolist())
    return Combiner(tuple(GRAPH_FEATURES), weights, float(rng.uniform(-6, 0)), calibrator, "drawn")


@st.composite
def sparse_graphs(draw):
    """Papers of which most share headings only, as those of a batch do; PMIDs are 1 to 9."""
    rng = np.random.default_rng(draw(st.integers(0, 1_000_000)))

    def some(values, share):
        return [value for value in values if rng.random() < share]

    papers = []
    for pmid in range(1, 10):
        headings = {ui: bool(rng.random() < 0.4) for ui in some(UIS, 0.25)}
        qualifiers = {ui: frozenset(some("ab", 0.5)) for ui in headings}
        cites, works = (frozenset(some(range(1, 10), share)) - {pmid} for share in (0.06, 0.01))
        title = "On X" if rng.random() < 0.1 else ""
        papers.append(
            Paper(pmid, cites=cites, headings=headings, qualifiers=qualifiers, title=title,
                  same_work=works)
        )  # fmt: skip
    return papers


def verdicts(engine, combiner, probability, known, pmids):
    """Whether the audit finds each paper probably relevant to a query with these known papers."""
    items = AuditItems(
        [Anchor("q", "A query", None, tuple(known))], np.zeros(len(pmids), np.int64),
        np.array(pmids, np.int64), ["s"] * len(pmids), np.arange(len(pmids), dtype=np.int32),
    )  # fmt: skip
    scorer = CombinerScorer(combiner, probability, probability)
    rows = Auditor(engine, scorer).judge(items).to_pylist()
    # Without a pair that the graph knows there is no evidence.
    return [
        row["verdict"] in ("reject", "likely_false_negative") and row["closest_pmid"] is not None
        for row in rows
    ]


def expected(engine, combiner, probability, batch, known):
    """The mask, judged by the audit one query at a time."""
    documents, mask = documents_of(batch), []
    for row, (query, positive, _) in enumerate(batch):
        papers = list(dict.fromkeys([positive, *known[query]]))
        judged = verdicts(engine, combiner, probability, papers, [pmid for _, pmid in documents])
        mask.append([
            owner != row and (
                (place < len(batch) and batch[owner][0] == query) or (pmid > 0 and judged[place])
            )
            for place, (owner, pmid) in enumerate(documents)
        ])  # fmt: skip
    return mask


@settings(max_examples=60)
@given(sparse_graphs() | graphs(), combiners(), st.sampled_from([0.05, 0.5, 0.9]), st.data())
def test_the_mask_is_the_audits_verdict_on_each_pair(papers, combiner, probability, data):
    pmids = [*(paper.pmid for paper in papers), UNKNOWN, 0]
    rows, known = data.draw(drawn_rows(pmids))
    engine = engine_of(papers)
    mask = EvidenceMask(row_ids(rows, known), engine, combiner, probability)
    found = mask.of(np.arange(len(rows)))["masked"].tolist()
    assert found == expected(engine, combiner, probability, rows, known)


@settings(max_examples=40)
@given(sparse_graphs(), combiners())
def test_no_pair_has_more_evidence_than_the_bound(papers, combiner):
    engine = engine_of(papers)
    pmids = engine.snapshot.pmid
    first, second = np.repeat(pmids, len(pmids)), np.tile(pmids, len(pmids))
    articles = engine.articles(pmids)
    evidence = read_evidence(engine, pair_reader(engine), articles, first, second)
    places = np.arange(len(pmids))
    bound = LogOddsBound(engine, combiner).of(places, places).ravel()
    assert (bound >= combiner.log_odds(evidence)).all()
    said = evidence.same_work | evidence.same_title | evidence.cites | evidence.cited_by
    said |= (evidence.shared_references > 0) | (evidence.shared_citers > 0) | (evidence.chains > 0)
    # Whatever the weights are, all that headings do not tell is read.
    assert np.isinf(bound[said]).all()
    # And no more is taken for possible than Lin's similarity and conflicts leave open.
    weight = dict(zip(combiner.features, combiner.weights, strict=True))
    slack = max(weight["lin"], 0) + max(weight["qualifier_conflicts"], 0) * np.log1p(
        evidence.shared_headings
    )
    finite = np.isfinite(bound)
    least = combiner.log_odds(replace(
        evidence, lin=np.zeros(len(first)), qualifier_conflicts=np.zeros(len(first), np.int32)
    ))  # fmt: skip
    assert (bound[finite] <= (least + slack)[finite] + 1e-5).all()


@given(combiners(), st.floats(0.001, 0.999), st.integers(1, MOST_KNOWN))
def test_below_the_least_log_odds_no_query_reaches_the_probability(combiner, probability, known):
    least = np.array([least_log_odds(combiner, probability)])
    assert combiner.probability(least - 1e-6, np.array([known])) < probability


#: 1 and 2 are read and cited together; 3 shares nothing but the top of the tree; 8 has no heading.
TOGETHER = [
    Paper(1, cites=frozenset({4, 5, 6}), headings={"D10": True}),
    Paper(2, cites=frozenset({4, 5, 6}), headings={"D10": True}),
    Paper(3, headings={"D05": True}), Paper(4), Paper(5), Paper(6),
    Paper(7, cites=frozenset({1, 2}), title="On X"), Paper(8), Paper(9, title="ON x"),
]  # fmt: skip
STRONG = replace(shipped_combiner(), features=("log_shared_references", "siml"), weights=(6.0, 1.0))


def masked(rows, known, probability=0.5):
    found = EvidenceMask(row_ids(rows, known), engine_of(TOGETHER), STRONG, probability)
    return {tuple(pair) for pair in found.of(np.arange(len(rows)))["masked"].nonzero().tolist()}


def test_evidence_masks_documents_of_other_rows_only():
    # Each row's own negative is as strong as can be, and stays.
    assert masked([(0, 1, [2]), (1, 3, [8])], [[1], [3]]) == set()
    assert masked([(0, 1, [3]), (1, 2, [8])], [[1], [2]]) == {(0, 1), (1, 0)}
    assert masked([(0, 1, [8]), (1, 3, [2])], [[1], [3]]) == {(0, 3)}


def test_any_known_paper_decides():
    assert masked([(0, 3, []), (1, 2, [])], [[3], [2]]) == set()
    assert masked([(0, 3, []), (1, 2, [])], [[3, 8, 1], [2]]) == {(0, 1)}


def test_one_title_masks_without_any_other_evidence():
    assert masked([(0, 7, []), (1, 9, [])], [[7], [9]]) == {(0, 1), (1, 0)}


@pytest.mark.parametrize("probability", [0.0, 0.5])
def test_papers_that_the_graph_has_not_are_not_masked(probability):
    rows = [(0, 1, [UNKNOWN]), (1, UNKNOWN + 1, [0])]
    assert masked(rows, [[1], [UNKNOWN + 1]], probability) == set()


def test_a_rows_own_positive_judges_however_many_papers_are_known():
    many = [4, 5, 6, 7, 8, 9, 3, *range(1_000, 1_020), 1]
    assert masked([(0, 1, []), (1, 2, [])], [many, [2]], 0.01) >= {(0, 1)}
    assert masked([(0, 3, []), (1, 2, [])], [many, [2]], 0.01) == set()  # 1 comes too late


def test_pairs_that_cannot_reach_the_probability_are_not_read(monkeypatch):
    read: list[tuple[int, int]] = []

    def counted(engine, reader, articles, first, second):
        read.extend(zip(first.tolist(), second.tolist(), strict=True))
        return read_evidence(engine, reader, articles, first, second)

    monkeypatch.setattr(evidence_mask, "read_evidence", counted)
    masked([(0, 1, []), (1, 3, []), (2, 8, [])], [[1], [3], [8]])
    assert {pair for pair in read if pair[0] != pair[1]} == set()
    masked([(0, 1, []), (1, 3, []), (2, 2, [])], [[1], [3], [2]])
    assert {pair for pair in read if pair[0] != pair[1]} == {(1, 2), (2, 1)}
