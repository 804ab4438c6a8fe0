"""Each guard drops what it says and nothing else; the first that objects is counted."""

from dataclasses import replace

import numpy as np
import pytest

from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors import Anchor
from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.evidence import ArticleFacts, Evidence, PairCitations
from citemesh.mining.guards import GUARDS, MAX_SIML, Case, GuardSettings, first_objection

TOPIC = frozenset({"D000001"})
FACTS = ArticleFacts(
    pmid=2, title="Another paper", year=1978, retracted=False, headings=TOPIC, major=TOPIC,
    expanded=TOPIC, same_work=frozenset(),
)  # fmt: skip
OWN = replace(FACTS, pmid=1, title="The anchor", same_work=frozenset({9}))
NOTHING = PairCitations(shared_references=0, shared_citers=0, cites=False, cited_by=False)
CLEAN = Case(
    anchor=Anchor("q", "the anchor", 1, (1, 7)),
    anchor_facts=OWN,
    facts=FACTS,
    evidence=Evidence(NOTHING, shared_headings=0, shared_major=0, siml=0.1),
    by_citation=False,
)


def denied(*pmids):
    found = PmidSet()
    found.add(np.array(pmids))
    return found


def with_facts(**changes):
    return replace(CLEAN, facts=replace(FACTS, **changes))


def with_evidence(**changes):
    return replace(CLEAN, evidence=replace(CLEAN.evidence, **changes))


def test_a_clean_case_passes_every_guard():
    assert first_objection(CLEAN, GuardSettings(deny=denied(5))) is None


@pytest.mark.parametrize(
    ("guard", "case"),
    [
        ("known positive of the query", with_facts(pmid=1)),
        ("known positive of the query", with_facts(pmid=7)),
        ("in an evaluation set", with_facts(pmid=5)),
        ("same work or same title", with_facts(title="THE ANCHOR")),
        ("same work or same title", with_facts(pmid=9)),
        ("retracted", with_facts(retracted=True)),
        ("published after the anchor", with_facts(year=1979)),
        ("no topical MeSH heading: relatedness unknown", with_facts(headings=frozenset())),
        (
            "no topical MeSH heading: relatedness unknown",
            replace(CLEAN, anchor_facts=replace(OWN, headings=frozenset())),
        ),
        ("cited by or citing the anchor", with_evidence(citations=replace(NOTHING, cites=True))),
        ("cited by or citing the anchor", with_evidence(citations=replace(NOTHING, cited_by=True))),
        ("co-cited with the anchor", with_evidence(citations=replace(NOTHING, shared_citers=2))),
        ("shares a major heading", with_evidence(shared_major=1)),
        ("MeSH similarity above the limit", with_evidence(siml=MAX_SIML + 0.001)),
    ],
)
def test_a_guard_drops_its_own_case(guard, case):
    settings = GuardSettings(deny=denied(5))
    assert [name for name, objects in GUARDS.items() if objects(case, settings)] == [guard]
    assert first_objection(case, settings) == guard


@pytest.mark.parametrize(
    "case",
    [
        with_facts(year=1978),
        with_facts(year=None),
        replace(CLEAN, anchor_facts=replace(OWN, year=None)),
        with_evidence(citations=replace(NOTHING, shared_citers=1)),
        with_evidence(siml=MAX_SIML),
        replace(with_evidence(citations=replace(NOTHING, cites=True)), by_citation=True),
    ],
    ids=["same year", "no year", "anchor without year", "co-cited once", "at the limit",
         "found by that very citation"],
)  # fmt: skip
def test_what_lies_at_the_edge_stays(case):
    assert first_objection(case, GuardSettings()) is None


def test_the_drop_report_adds_up():
    drops = StrategyDrops(asked=2)
    drops.add_found(CLEAN, None)
    for _ in range(5):
        drops.add_found(with_facts(retracted=True), "retracted")
    drops.add_anchor(kept=1, survivors=1)
    drops.add_anchor(kept=2, survivors=3)
    report = drops.as_json()
    assert report["found"] == 6
    assert report["dropped"] == {"retracted": 5}
    assert len(report["examples"]["retracted"]) == 3
    assert (report["kept"], report["surplus"]) == (3, 1)
    assert report["anchors_short"] == 1
    assert sum(report["siml_found"].values()) == 6
