"""Each guard drops what it says and nothing else, whichever known positive it concerns."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from citemesh.errors import SettingsError
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors import Anchor
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.candidates import Candidates
from citemesh.mining.cases import AnchorColumns, build_cases, weigh
from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.guards import (
    EVIDENCE_GUARDS,
    FACT_GUARDS,
    GUARDS,
    NO_OBJECTION,
    GuardSettings,
    checked_guard_names,
    objections,
)
from citemesh.mining.miner import MinedSummary
from citemesh.mining.summary_file import read_summary, summary_text
from tests.unit.mining_oracle import Paper, snapshot_of

START, OTHER_POSITIVE, CANDIDATE, CITING, CITING_TOO, DENIED = 10, 20, 30, 40, 50, 60
POSITIVES = (START, OTHER_POSITIVE)
NAMES = list(GUARDS)
ANCHOR = Anchor("q", "the query", START, POSITIVES)


def world(**changes):
    """A graph in which no guard objects, with changes of papers such as `p30={"year": 1979}`."""
    papers = {
        START: Paper(START, title="The start", headings={"D04": True}),
        OTHER_POSITIVE: Paper(OTHER_POSITIVE, title="Another", headings={"D06": True}),
        CANDIDATE: Paper(CANDIDATE, title="The candidate", headings={"D07": True, "D05": False}),
        CITING: Paper(CITING, document=False),
        CITING_TOO: Paper(CITING_TOO, document=False),
        DENIED: Paper(DENIED, title="Denied", headings={"D07": True}),
    }
    for name, change in changes.items():
        pmid = int(name.removeprefix("p"))
        papers[pmid] = replace(papers[pmid], **change)
    return list(papers.values())


def judged(papers, pmid=CANDIDATE, start=START, hops=0, anchors=(ANCHOR,)):
    """The candidate as the case of the last anchor; the others have none."""
    found = Candidates.of([0], [pmid], hops=hops, paths=hops)
    anchor = np.array([len(anchors) - 1])
    engine = ArrayEngine(snapshot_of(papers))
    columns = AnchorColumns.of(anchors)
    return weigh(engine, build_cases(engine, columns, anchor, np.array([start]), found))


def settings(**changes):
    deny = PmidSet()
    deny.add(np.array([DENIED]))
    return GuardSettings(**{"max_siml": 0.6, "deny": deny, **changes})


def objecting(cases, given=None):
    """Names of all guards that object, and of the one that is counted."""
    given = given or settings()
    names = [name for name, guard in GUARDS.items() if guard.marks(cases, given).any()]
    (place,) = objections(cases, GUARDS, given).tolist()
    return names, NAMES[place] if place >= 0 else None


def test_a_clean_case_passes_every_guard():
    assert objecting(judged(world())) == ([], None)


def headings(**major):
    return {"headings": major}


@pytest.mark.parametrize("positive", POSITIVES)
@pytest.mark.parametrize("start", POSITIVES)
@pytest.mark.parametrize(
    ("guard", "changes"),
    [
        ("same_work", lambda p: {"p30": {"same_work": frozenset({p})}}),
        ("same_work", lambda p: {f"p{p}": {"same_work": frozenset({CANDIDATE})}}),
        ("same_work", lambda p: {f"p{p}": {"title": "THE CANDIDATE"}}),
        ("cited", lambda p: {"p30": {"cites": frozenset({p})}}),
        ("cited", lambda p: {f"p{p}": {"cites": frozenset({CANDIDATE})}}),
        ("cocited", lambda p: {n: {"cites": frozenset({p, CANDIDATE})} for n in ("p40", "p50")}),
        ("shared_major", lambda p: {"p30": headings(D09=True, D05=False),
                                    f"p{p}": headings(D09=True, D10=True)}),
        ("siml", lambda p: {f"p{p}": headings(D05=True)}),
    ],
)  # fmt: skip
def test_a_tie_with_any_known_positive_drops_it(guard, changes, positive, start):
    names, counted = objecting(judged(world(**changes(positive)), start=start))
    assert names == [guard]
    assert counted == guard


@pytest.mark.parametrize(
    ("guard", "cases"),
    [
        ("known_positive", lambda: judged(world(), pmid=START)),
        ("known_positive", lambda: judged(world(), pmid=OTHER_POSITIVE)),
        ("evaluation_set", lambda: judged(world(), pmid=DENIED)),
        ("retracted", lambda: judged(world(p30={"retracted": True}))),
        ("published_later", lambda: judged(world(p30={"year": 1979}))),
        ("unknown_topic", lambda: judged(world(p30=headings()))),
        ("unknown_topic", lambda: judged(world(p30=headings(D08=True)))),  # a check tag only
        ("unknown_topic", lambda: judged(world(p10=headings(), p20=headings(D08=True)))),
    ],
)
def test_a_guard_drops_its_own_case(guard, cases):
    names, counted = objecting(cases())
    assert counted == guard
    # A known positive is also like itself; every other guard objects alone.
    assert names == [guard] or guard == "known_positive"


@pytest.mark.parametrize(
    "cases",
    [
        lambda: judged(world(p30={"year": 1978})),
        lambda: judged(world(p30={"year": 0})),
        lambda: judged(world(p10={"year": 0}, p30={"year": 2020})),
        lambda: judged(world(p20={"year": 1970})),  # the anchor's own year counts
        lambda: judged(world(p10=headings())),  # one known positive tells the topic
        lambda: judged(world(p20=headings(D08=True))),
        lambda: judged(world(p40={"cites": frozenset({START, CANDIDATE})},
                             p50={"cites": frozenset({OTHER_POSITIVE, CANDIDATE})})),
        lambda: judged(world(p10={"title": ""}, p30={"title": ""})),
        lambda: judged(world(p10={"same_work": frozenset({OTHER_POSITIVE})})),
        lambda: judged(world(p10={"cites": frozenset({CANDIDATE})}), hops=1),
        lambda: judged(world(p10={"retracted": True})),
        lambda: judged(world(p30=headings(D07=True, D09=False), p10=headings(D04=True, D09=True))),
        lambda: judged(world(p30=headings(D07=True, D08=True), p10=headings(D04=True, D08=True))),
    ],
    ids=["same year", "no year", "anchor without year", "positive earlier", "start not indexed",
         "other positive with a check tag only", "co-cited once with each", "no titles",
         "same work as another article", "found by that citation", "anchor retracted",
         "shared heading, major in one only", "a check tag in common"],
)  # fmt: skip
def test_what_lies_at_the_edge_stays(cases):
    assert objecting(cases()) == ([], None)


def test_the_citation_that_found_it_excuses_no_other_positive():
    cites = {"cites": frozenset({CANDIDATE})}
    assert objecting(judged(world(p20=cites), hops=1)) == (["cited"], "cited")
    assert objecting(judged(world(p20=cites), hops=2, start=OTHER_POSITIVE))[1] == "cited"


def test_limits_are_limits_and_not_reached_by_what_is_equal():
    papers = world(p20=headings(D05=True), p40={"cites": frozenset({START, CANDIDATE})})
    cases = judged(papers)
    largest = float(cases.largest(cases.evidence.siml)[0])
    assert 0 < largest < 1
    assert objecting(cases, settings(max_siml=largest))[1] is None
    assert objecting(cases, settings(max_siml=largest - 1e-9))[1] == "siml"
    assert objecting(cases, settings(max_siml=1, max_cocitations=0))[1] == "cocited"


def test_the_positives_of_another_anchor_do_not_count():
    other = Anchor("other", "another query", DENIED, (DENIED, CANDIDATE))
    assert objecting(judged(world(), anchors=(other, ANCHOR))) == ([], None)


def test_positives_that_the_graph_has_not_are_passed_over():
    anchor = Anchor("q", "the query", None, (START, 77_777))
    assert objecting(judged(world(), anchors=(anchor,))) == ([], None)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "known_positive"])
def test_a_guard_that_is_off_is_not_asked(name):
    papers = world(
        p30={"retracted": True, "year": 1990, "headings": {}, "same_work": frozenset({START}),
             "cites": frozenset({START})},
        p40={"cites": frozenset({START, CANDIDATE})}, p50={"cites": frozenset({START, CANDIDATE})},
    )  # fmt: skip
    if name in ("shared_major", "siml"):
        papers = world(p30=headings(D04=True))
    if name == "evaluation_set":
        papers = world(p60={"headings": {}})
    cases = judged(papers, pmid=DENIED if name == "evaluation_set" else CANDIDATE)
    names, _ = objecting(cases)
    assert name in names
    others = frozenset(NAMES[1:]) - {name}
    assert objecting(cases, settings(off=others))[1] == name
    left = [n for n in names if n != name]
    assert objecting(cases, settings(off=frozenset({name})))[1] == (left[0] if left else None)


def test_names_of_guards_to_switch_off():
    assert checked_guard_names(["siml", "cited"]) == {"siml", "cited"}
    with pytest.raises(SettingsError, match="cannot be switched off"):
        checked_guard_names(["known_positive"])
    with pytest.raises(SettingsError) as refused:
        checked_guard_names(["coctied"])
    assert "Did you mean cocited?" in refused.value.hint


def many_cases():
    """Six candidates of two anchors: retracted ones, one to keep, one that was taken."""
    papers = [
        *world(),
        *(Paper(pmid, title=f"R{pmid}", retracted=True, headings={"D07": True})
          for pmid in range(101, 106)),
    ]  # fmt: skip
    pmids = [CANDIDATE, 101, 102, 103, 104, 105, CANDIDATE]
    anchors = (ANCHOR, replace(ANCHOR, query_id="r", query="second"))
    found = Candidates.of([0] * 4 + [1] * 3, pmids)
    anchor = np.array([0] * 4 + [1] * 3)
    engine = ArrayEngine(snapshot_of(papers))
    columns = AnchorColumns.of(anchors)
    return engine, build_cases(engine, columns, anchor, np.full(7, START), found)


def drops_of(rows, max_siml=0.6):
    """A report on some of `many_cases`; the first candidate is kept, the last is surplus."""
    (engine, cases), drops = many_cases(), StrategyDrops(asked=2)
    given = settings(max_siml=max_siml)
    objected = objections(cases, FACT_GUARDS, given)
    read = objected == NO_OBJECTION
    weighed = weigh(engine, cases.take(read))
    found = objections(weighed, EVIDENCE_GUARDS, given)
    judged_rows = np.isin(np.arange(7), rows)
    kept = np.flatnonzero((np.flatnonzero(read) == 0) & judged_rows[read] & (found < 0))
    drops.add_facts(cases, objected, judged_rows, read)
    drops.add_evidence(weighed, found, judged_rows[read], kept, {})
    return drops


def test_the_drop_report_adds_up():
    drops = drops_of(range(7))
    drops.add_anchors(np.array([1, 0, 2, 2]))
    report = drops.as_json({101: "The title"})
    assert report["found"] == 7
    assert report["dropped"] == {"retracted": 5}
    assert (report["kept"], report["surplus"]) == (1, 1)
    assert report["found"] == sum(report["dropped"].values()) + report["kept"] + report["surplus"]
    assert (report["anchors"], report["anchors_short"], report["negatives_missing"]) == (4, 2, 3)
    assert sum(report["siml_found"].values()) == 2  # of retracted ones no evidence is read
    assert sum(report["siml_kept"].values()) == 1
    assert [sum(own.values()) for own in report["evidence_kept"].values()] == [1, 1, 1]
    shown = report["examples"]["retracted"]
    assert [(e["pmid"], e["query_id"]) for e in shown] == [(101, "q"), (102, "q"), (103, "q")]
    assert [e["title"] for e in shown] == ["The title", "", ""]
    assert all(e["siml"] is None and "shared_citers" not in e for e in shown)
    json.dumps(report)


def test_examples_show_the_evidence_that_dropped_them():
    report = drops_of(range(7), max_siml=0.0).as_json({})
    assert report["dropped"] == {"retracted": 5, "MeSH similarity above the limit": 2}
    assert (report["found"], report["kept"], report["surplus"]) == (7, 0, 0)
    for shown in report["examples"]["MeSH similarity above the limit"]:
        assert shown["pmid"] == CANDIDATE
        assert 0 < shown["siml"] < 0.6
        assert (shown["shared_citers"], shown["shared_major"]) == (0, 0)


def test_what_was_not_asked_about_evidence_is_surplus():
    (engine, cases), drops = many_cases(), StrategyDrops(asked=1)
    objected = objections(cases, FACT_GUARDS, settings())
    read = np.arange(7) == 0
    weighed = weigh(engine, cases.take(read))
    drops.add_facts(cases, objected, np.ones(7, bool), read)
    found = objections(weighed, EVIDENCE_GUARDS, settings())
    drops.add_evidence(weighed, found, np.ones(1, bool), np.array([0]), {})
    assert (drops.found, drops.kept, drops.surplus) == (7, 1, 1)
    assert sum(drops.siml_found.values()) == 1


def test_facts_come_before_evidence_and_every_guard_is_in_one_table():
    assert list(GUARDS) == [*FACT_GUARDS, *EVIDENCE_GUARDS]
    assert not FACT_GUARDS.keys() & EVIDENCE_GUARDS.keys()


def test_evidence_of_some_cases_is_that_of_all_of_them():
    engine, cases = many_cases()
    whole, some = weigh(engine, cases), weigh(engine, cases.take(np.array([0, 3, 6])))
    assert len(some.articles.pmid) < len(whole.articles.pmid)
    pairs = np.flatnonzero(np.isin(whole.pair, [0, 3, 6]))
    assert len(pairs) == len(some.pair)
    assert (some.known == whole.known[pairs]).all()
    assert some.evidence.siml.tolist() == whole.evidence.siml[pairs].tolist()
    assert some.largest_siml.tolist() == whole.largest_siml[[0, 3, 6]].tolist()


def test_candidates_that_are_not_judged_do_not_count():
    report = drops_of([0, 5]).as_json({})
    assert (report["found"], report["kept"], report["surplus"]) == (2, 1, 0)
    assert report["dropped"] == {"retracted": 1}
    assert [e["pmid"] for e in report["examples"]["retracted"]] == [105]


def test_reports_of_parts_merge_to_that_of_the_whole():
    whole = drops_of(range(7))
    whole.add_anchors(np.array([1, 0]))
    first, second = drops_of([0, 1]), drops_of([2, 3, 4, 5, 6])
    first.add_anchors(np.array([1]))
    second.add_anchors(np.array([0]))
    first.merge(second)
    assert first == whole


def test_a_summary_comes_back_from_its_file_as_it_was():
    drops = drops_of(range(7))
    drops.add_anchors(np.array([1, 0]))
    summary = MinedSummary({"sibling": drops}, anchors=2, negatives=1, unknown=[5])
    again = read_summary(json.loads(summary_text(summary)))
    assert again == summary
    assert isinstance(again.drops["sibling"].dropped, Counter)
    again.merge(summary)
    assert (again.anchors, again.negatives, again.unknown) == (4, 2, [5, 5])
    assert again.drops["sibling"].found == 14
