"""What is planted among candidates, and what candidates there are around known positives."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given

from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.validate import candidates as candidates_module
from citemesh.mining.audit.validate.candidates import CANDIDATES, candidates_of
from citemesh.mining.audit.validate.copies import DUPLICATE, VERSION, planted_copies
from tests.unit.mining_oracle import Oracle, Paper, snapshot_of
from tests.unit.small_graphs import graphs
from tests.unit.test_audit_pair_sample import big_graph


def linked(oracle, pmid):
    return (oracle.cites[pmid] | oracle.cited_by[pmid]) & oracle.documents


def two_hops(oracle, pmid):
    near = linked(oracle, pmid)
    far = set().union(*(linked(oracle, middle) for middle in near)) if near else set()
    return far - near - {pmid}


def coupled(oracle, pmid):
    return {
        other for other in oracle.documents - {pmid}
        if len(oracle.cites[other] & oracle.cites[pmid]) >= 2
    }  # fmt: skip


def siblings(oracle, pmid):
    def majors(one):
        return {ui for ui in oracle.topical(one) if oracle.papers[one].headings[ui]}

    beside = set().union(*(oracle.tree.siblings(ui) for ui in majors(pmid)), set())
    return {
        other for other in oracle.documents
        if any(oracle.papers[other].headings.get(ui) for ui in beside)
    }  # fmt: skip


ORACLE = {"cited": linked, "two_hop": two_hops, "coupled": coupled, "sibling": siblings}


@pytest.mark.parametrize("kind", CANDIDATES)
@given(papers=graphs().filter(bool))
def test_candidates_around_known_positives(kind, papers):
    """Each as often as known positives lead to it, none of them itself."""
    oracle = Oracle(papers)
    known = sorted(oracle.papers)[:3]
    found = candidates_of(ArrayEngine(snapshot_of(papers)), kind, np.array(known, np.int64))
    expected = Counter(other for own in known for other in ORACLE[kind](oracle, own))
    assert Counter(found.tolist()) == Counter(
        {pmid: count for pmid, count in expected.items() if pmid not in known}
    )


def test_long_lists_are_cut_not_left_out(monkeypatch):
    monkeypatch.setattr(candidates_module, "LISTED", 3)
    papers = [Paper(1), *(Paper(pmid, cites=frozenset({1})) for pmid in range(2, 12))]
    engine = ArrayEngine(snapshot_of(papers))
    assert candidates_of(engine, "cited", np.array([1])).tolist() == [2, 3, 4]


def titled(papers):
    return [
        Paper(p.pmid, title=f"On {p.pmid}", cites=p.cites, headings=p.headings) for p in papers
    ]  # fmt: skip


def test_a_copy_word_for_word_is_rejected_and_like_its_original():
    found = planted_copies(ArrayEngine(snapshot_of(titled(big_graph()))), DUPLICATE)
    made = found.evidence
    assert len(made) == 300
    assert made.same_title.all()
    assert not (made.cites | made.cited_by | made.same_work).any()
    similar = made.references_similarity[~np.isnan(made.references_similarity)]
    assert len(similar) == 300
    assert similar == pytest.approx(1.0)
    known = ~np.isnan(made.siml)
    assert known.sum() > 100
    assert made.siml[known] == pytest.approx(1.0)
    # Nobody cites a copy yet, and that its original is cited tells nothing.
    assert not made.shared_citers.any()
    assert np.isnan(made.citers_similarity).all()


def test_a_changed_version_is_not_rejected_but_shares_most():
    engine = ArrayEngine(snapshot_of(titled(big_graph(references=10))))
    made = planted_copies(engine, VERSION).evidence
    assert not (made.same_title | made.same_work).any()
    oracle = Oracle(big_graph(references=10))
    # In the order of their PMIDs, like what was planted.
    references = np.array([len(oracle.cites[pmid]) for pmid in sorted(oracle.papers)])
    kept = made.shared_references.sum() / references.sum()
    assert 0.7 < kept < 0.9
    assert (made.shared_references < references).mean() > 0.5
    assert (
        0.7 < made.shared_headings.sum() / sum(map(len, map(oracle.topical, oracle.papers))) < 0.9
    )


def test_the_graph_is_not_touched_and_no_more_is_planted_than_asked():
    papers = titled(big_graph(papers=60))
    snapshot = snapshot_of(papers)
    before = {name: np.array(getattr(snapshot, name)) for name in ("pmid", "title_key", "flags")}
    edges = snapshot.cites.indices.copy()
    made = planted_copies(ArrayEngine(snapshot), VERSION, count=7)
    assert len(made.evidence) == 7
    for name, values in before.items():
        np.testing.assert_array_equal(getattr(snapshot, name), values)
    np.testing.assert_array_equal(snapshot.cites.indices, edges)
    nothing = ArrayEngine(snapshot_of([Paper(5, document=False)]))
    assert len(planted_copies(nothing, DUPLICATE).evidence) == 0
