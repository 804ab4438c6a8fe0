"""Verdicts on small graphs: judged by all known positives, with reasons that hold."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.mining.anchors import Anchor
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit import auditor as auditor_module
from citemesh.mining.audit.auditor import Auditor
from citemesh.mining.audit.evidence import pair_reader, read_evidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.score.calibrate import Calibrator
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.audit.score.scorers import MUCH, CombinerScorer, RuleScorer
from citemesh.mining.audit.verdicts import EVIDENCE_FIELDS, VERDICT_SCHEMA
from tests.unit.mining_oracle import Paper, snapshot_of
from tests.unit.test_audit_evidence import UNKNOWN, graphs

LIKELY = "likely_false_negative"


def items_of(*queries):
    """Queries as (known positives, negatives), or (own article, known positives, negatives)."""
    anchors, owners, negatives = [], [], []
    for number, (*own, known, wanted) in enumerate(queries):
        anchors.append(Anchor(f"q{number}", "A query", own[0] if own else None, tuple(known)))
        owners += [number] * len(wanted)
        negatives += wanted
    return AuditItems(
        anchors, np.array(owners, np.int64), np.array(negatives, np.int64),
        [f"s{pmid % 3}" for pmid in negatives], np.arange(1, len(negatives) + 1, dtype=np.int32),
    )  # fmt: skip


def judged(papers, *queries, reject_retracted=False):
    """Rows of verdicts by plain rules."""
    engine = ArrayEngine(snapshot_of(papers))
    found = Auditor(engine, RuleScorer(), None, reject_retracted).judge(items_of(*queries))
    assert found.schema == VERDICT_SCHEMA
    return found.to_pylist()


def verdict_of(papers, known, negative, **more):
    (row,) = judged(papers, (known, [negative]), **more)
    return row


#: 1 and 2 are known positives; 9 shares two citing papers and three references with 2, and nothing
#: with 1.
SHARING = [
    Paper(1, headings={"D07": True}), Paper(9, cites=frozenset({3, 4, 5}), headings={"D04": True}),
    Paper(2, cites=frozenset({3, 4, 5}), headings={"D10": True}), Paper(3), Paper(4), Paper(5),
    Paper(6, cites=frozenset({2, 9})), Paper(7, cites=frozenset({2, 9})),
    Paper(8, headings={"D01": True}),
]  # fmt: skip


@pytest.mark.parametrize("known", [[1, 2], [2, 1], [UNKNOWN, 1, 8, 2]])
def test_a_negative_is_judged_by_all_known_positives(known):
    row = verdict_of(SHARING, known, 9)
    assert (row["verdict"], row["closest_pmid"]) == (LIKELY, 2)
    assert (row["shared_references"], row["shared_citers"]) == (3, 2)
    assert row["known_positives"] == len(known)
    assert "known positive 2." in row["sentence"]
    alone = verdict_of(SHARING, [1], 9)
    assert (alone["verdict"], alone["closest_pmid"], alone["reasons"]) == ("clean", 1, [])


def test_the_article_of_the_query_is_known_too():
    (row,) = judged(SHARING, (2, [1], [9]))
    assert (row["verdict"], row["closest_pmid"], row["known_positives"]) == (LIKELY, 2, 2)


def test_one_work_is_rejected_whatever_another_known_positive_shares():
    papers = [*SHARING, Paper(11, same_work=frozenset({9}), headings={"D07": True})]
    row = verdict_of(papers, [2, 11], 9)
    assert (row["verdict"], row["closest_pmid"]) == ("reject", 11)
    assert row["reasons"][0] == "same_work"
    assert row["sentence"].startswith("Another form of the same work as known positive 11")


def test_one_title_is_rejected_and_no_title_is_none():
    papers = [
        Paper(1, title="On X", headings={"D04": True}), Paper(4, headings={"D04": True}),
        Paper(2, title="ON x", headings={"D07": True}), Paper(3, headings={"D07": True}),
    ]  # fmt: skip
    row = verdict_of(papers, [1], 2)
    assert (row["verdict"], row["reasons"]) == ("reject", ["same_title"])
    assert verdict_of(papers, [4], 3)["verdict"] == "clean"


def test_a_retracted_negative_is_rejected_only_when_asked():
    papers = [Paper(1, headings={"D07": True}), Paper(2, retracted=True, headings={"D04": True})]
    row = verdict_of(papers, [1], 2)
    assert (row["verdict"], row["reasons"]) == ("clean", ["retracted"])
    assert row["sentence"].startswith("It is retracted. ")
    assert verdict_of(papers, [1], 2, reject_retracted=True)["verdict"] == "reject"
    # A retracted known positive is no reason.
    assert verdict_of(papers, [2], 1, reject_retracted=True)["verdict"] == "clean"


@pytest.mark.parametrize("way", ["cites", "cited_by"])
def test_a_citation_is_never_clean(way):
    """And it decides, where another known positive is as far without one."""
    citing, cited = (2, 3) if way == "cites" else (3, 2)
    papers = [
        Paper(pmid, headings={ui: True}, cites=frozenset({cited} if pmid == citing else ()))
        for pmid, ui in ((1, "D07"), (2, "D07"), (3, "D04"))
    ]
    row = verdict_of(papers, [1, 2], 3)
    assert (row["verdict"], row["closest_pmid"], row["reasons"]) == ("ambiguous", 2, ["citation"])
    assert row[way]
    assert row["sentence"].startswith("Cited by" if way == "cites" else "Cites")
    assert verdict_of(papers, [1], 3)["verdict"] == "clean"


@pytest.mark.parametrize(("known", "own"), [({}, {"D04": True}), ({"D04": True}, {}), ({}, {}),
                                            ({"D08": True}, {"D04": True})])  # fmt: skip
def test_without_mesh_on_either_side_it_is_unknown_not_clean(known, own):
    papers = [Paper(1, headings=known), Paper(2, headings=own)]
    row = verdict_of(papers, [1], 2)
    assert (row["verdict"], row["reasons"], row["siml"]) == ("ambiguous", ["unknown_topic"], None)
    assert "relatedness unknown" in row["sentence"]
    # Another known positive that has headings is enough to compare with, where the negative has.
    more = verdict_of([*papers, Paper(3, headings={"D07": True})], [1, 3], 2)
    assert more["verdict"] == ("clean" if own else "ambiguous")


def test_what_the_graph_has_not_is_ambiguous():
    papers = [Paper(1, headings={"D04": True}), Paper(2, headings={"D07": True})]
    for known, negative in (([1], UNKNOWN), ([UNKNOWN], 2), ([7, UNKNOWN], 8)):
        row = verdict_of(papers, known, negative)
        assert (row["verdict"], row["closest_pmid"]) == ("ambiguous", None)
        assert row["reasons"][0] == "not_in_graph"
        assert row["sentence"].startswith("The graph does not know it")
    # One known positive that it has is enough, though nothing makes that one stronger.
    row = verdict_of(papers, [UNKNOWN, 1], 2)
    assert (row["verdict"], row["closest_pmid"], row["known_positives"]) == ("clean", 1, 2)


@pytest.mark.parametrize("negative", [2, 4, UNKNOWN])
def test_a_negative_that_is_itself_a_known_positive_is_rejected(negative):
    """As files of a user have them; 3 has the same title as 2, and 4 has neither title nor MeSH."""
    papers = [
        Paper(1, headings={"D04": True}, title="One"), Paper(2, headings={"D07": True}, title="X"),
        Paper(3, headings={"D04": True}, title="x"), Paper(4),
    ]  # fmt: skip
    row = verdict_of(papers, [1, 3, 2, 4, UNKNOWN], negative)
    assert (row["verdict"], row["closest_pmid"]) == ("reject", negative)
    assert row["reasons"][0] == "known_positive"
    assert row["sentence"] == "It is itself a known positive of the query."


def test_the_probability_is_that_of_the_strongest_pair_among_so_many_known_positives():
    """2 shares three references, 3 one of them; whatever is known, the largest counts."""
    papers = [*SHARING, Paper(12, cites=frozenset({3}), headings={"D10": True})]
    combiner = Combiner(("log_shared_references",), (1.0,), -1.0, Calibrator(1.0, -1.0, 0.0), "")
    items = items_of(*((known, [9]) for known in ([2], [12], [12, 2], [1, 12, 2, 8])))
    auditor = Auditor(ArrayEngine(snapshot_of(papers)), CombinerScorer(combiner, 0.5, 0.2))
    rows = auditor.judge(items).to_pylist()
    expected = [math.log(4) - 1, math.log(2) - 1, *(math.log(4 / n) - 1 for n in (2, 4))]
    assert [row["probability"] for row in rows] == pytest.approx(
        [1 / (1 + math.exp(-log_odds)) for log_odds in expected]
    )
    assert [row["closest_pmid"] for row in rows] == [2, 12, 2, 2]
    assert [row["verdict"] for row in rows] == [LIKELY, *["ambiguous"] * 3]


def test_years_branches_and_indexing_are_those_of_the_negative():
    papers = [
        Paper(1, year=1970, headings={"D04": True}),
        Paper(2, year=1980, headings={"D06": True, "D07": False, "D08": True},
              indexing_method="Automated"),
        Paper(3, year=0),
    ]  # fmt: skip
    with_own, without, unknown, gone = judged(
        papers, (1, [1], [2]), ([1], [2]), (1, [1], [3, UNKNOWN])
    )
    assert (with_own["year"], with_own["years_later"]) == (1980, 10)
    assert "published_later" in with_own["reasons"]
    assert (without["year"], without["years_later"]) == (1980, None)
    assert (unknown["year"], unknown["years_later"], gone["year"]) == (None, None, None)
    assert [row["branches"] for row in (with_own, unknown, gone)] == [["C", "G"], [], []]
    assert [row["indexed"] for row in (with_own, unknown, gone)] == [True, False, False]
    assert (with_own["indexing_method"], gone["indexing_method"]) == ("Automated", None)


@st.composite
def audits(draw):
    """A graph, and queries with known positives and negatives of it, unknown ones too."""
    papers = draw(graphs())
    some = st.sampled_from([*(paper.pmid for paper in papers), UNKNOWN])
    query = st.tuples(
        st.lists(some, min_size=1, max_size=5, unique=True), st.lists(some, min_size=1, max_size=4)
    )
    return papers, draw(st.lists(query, min_size=1, max_size=4))


@settings(max_examples=40)
@given(audit=audits(), pairs=st.integers(1, 6))
def test_every_row_holds_and_parts_change_nothing(audit, pairs):
    papers, queries = audit
    rows = judged(papers, *queries)
    asked = [(f"q{n}", pmid) for n, (_, wanted) in enumerate(queries) for pmid in wanted]
    assert [(row["query_id"], row["negative_pmid"]) for row in rows] == asked
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["strategy"] for row in rows] == [f"s{pmid % 3}" for _, pmid in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditor_module, "PAIRS", pairs)
        assert judged(papers, *queries) == rows
    for row in rows:
        known = queries[int(row["query_id"][1:])][0]
        check_row(papers, row, known)


def check_row(papers, row, known):
    """The row's evidence is that of the named pair, and the verdict that of the strongest."""
    pmids = np.array(known, np.int64)
    second = np.full(len(known), row["negative_pmid"])
    engine = ArrayEngine(snapshot_of(papers))
    articles = engine.articles(np.concatenate([pmids, second]))
    found = read_evidence(engine, pair_reader(engine), articles, pmids, second)
    levels = RuleScorer().score(found, np.full(len(known), len(known))).level
    linked = found.cites | found.cited_by
    same = found.same_work | found.same_title | (pmids == second)
    if same.any():
        expected = "reject"
    elif (levels == MUCH).any():
        expected = LIKELY
    elif levels.any() or linked.any() or np.isnan(found.siml).all():
        expected = "ambiguous"
    else:
        expected = "clean"
    assert row["verdict"] == expected
    if row["closest_pmid"] is None:
        assert not set(known) & {paper.pmid for paper in papers} or second[0] == UNKNOWN
        return
    own = asdict(found.take(np.array([known.index(row["closest_pmid"])])))
    for name, _ in EVIDENCE_FIELDS:
        value = own[name][0].item()
        unknown = value != value or (name == "tree_distance" and value < 0)
        assert row[name] == (None if unknown else pytest.approx(value)), name
