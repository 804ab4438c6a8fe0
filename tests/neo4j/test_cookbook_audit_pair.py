"""The audit's cookbook queries of a pair, against the parsed tables: why was it flagged?"""

from collections import Counter

import pytest

from citemesh.graph.query.query import open_for_queries
from tests.neo4j.oracle import Oracle, ask

#: Cited, coupled and co-cited; chains; qualifiers that conflict; nothing at all; no headings.
PAIRS = [
    (407250, 412786), (429553, 404244), (404244, 429553), (415009, 404387), (418413, 404641),
    (418173, 418174), (413095, 413096), (407446, 411782), (402220, 424303), (404244, 820647),
]  # fmt: skip


@pytest.fixture(scope="module")
def oracle(real_workspace):
    return Oracle(real_workspace)


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


def evidence(client, first, second):
    rows = ask(client, "audit_pair", first=first, second=second)
    return {row.pop("evidence"): row for row in rows}


def row(found=None, of_first=None, of_second=None, details=()):
    return {
        "found": found,
        "of_first": None if of_first is None else str(of_first),
        "of_second": None if of_second is None else str(of_second),
        "details": list(details),
    }


def pair_of(oracle, a, b):
    """The rows of numbers that `audit_pair` must give."""
    refs, citers = (
        [near.get(p, set()) for p in (a, b)] for near in (oracle.cites, oracle.cited_by)
    )
    known = a in oracle.of and b in oracle.of
    topics = [oracle.topics(p) for p in (a, b)]
    majors = [oracle.majors(p) for p in (a, b)]

    def shared(pair):
        return len(pair[0] & pair[1])

    return {
        "shared references": row(shared(refs), *map(len, refs)),
        "shared citers": row(shared(citers), *map(len, citers)),
        "chains first → x → second": row(len(refs[0] & citers[1])),
        "chains second → x → first": row(len(refs[1] & citers[0])),
        "shared headings": row(shared(topics) if known else None, *map(len, topics)),
        "shared major headings": row(shared(majors) if known else None, *map(len, majors)),
    }


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_why_a_pair_was_flagged(client, oracle, first, second):
    found = evidence(client, first, second)
    headings = (
        found["shared headings"].pop("details"),
        found["shared major headings"].pop("details"),
    )
    expected = pair_of(oracle, first, second)
    for name, values in expected.items():
        assert values.items() >= found[name].items(), name
    topics = oracle.topics(first) & oracle.topics(second)
    majors = oracle.majors(first) & oracle.majors(second)
    assert [sorted(names) for names in headings] == [oracle.names(topics), oracle.names(majors)]
    said = [
        f"the {x} cites the {y}"
        for x, y, a, b in (("first", "second", first, second), ("second", "first", second, first))
        if b in oracle.cites.get(a, ())
    ]
    assert found["citation"] == row(len(said), details=said)


def test_the_pairs_show_each_kind_of_evidence(client):
    seen: Counter[str] = Counter()
    for pair in PAIRS:
        seen.update(k for k, values in evidence(client, *pair).items() if values["found"])
    assert {
        "citation", "shared references", "shared citers", "chains first → x → second",
        "chains second → x → first", "shared headings", "shared major headings",
        "qualifier conflicts",
    } <= set(seen)  # fmt: skip


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_qualifiers_conflict_when_both_papers_have_some_and_share_none(
    client, oracle, first, second
):
    expected = []
    for ui in oracle.topics(first) & oracle.topics(second):
        a, b = (oracle.qualifiers[pmid, ui] for pmid in (first, second))
        if a and b and not a & b:
            expected.append((oracle.mesh[ui].name, a, b))
    found = []
    for text in evidence(client, first, second)["qualifier conflicts"]["details"]:
        name, _, qualifiers = text.rpartition(": ")
        found.append((name, *(set(side.split(", ")) for side in qualifiers.split(" / "))))
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_pair_turned_round_says_the_same(client):
    turned = {
        "chains first → x → second": "chains second → x → first",
        "chains second → x → first": "chains first → x → second",
    }
    forth, back = evidence(client, 404244, 429553), evidence(client, 429553, 404244)
    for name, values in forth.items():
        other = back[turned.get(name, name)]
        assert values["found"] == other["found"]
        assert (values["of_first"], values["of_second"]) == (other["of_second"], other["of_first"])
    assert forth["year"]["details"] == ["the second is later"]
    assert back["year"]["details"] == ["the first is later"]


def test_without_headings_nothing_is_known_and_that_is_not_zero(client):
    found = evidence(client, 404244, 820647)  # the second has no record
    for name in ("shared headings", "shared major headings", "qualifier conflicts"):
        assert found[name]["found"] is None
    assert found["title and abstract"] == row(None, "yes", "no")
    assert found["retracted"] == row(None, "no", None)


def test_a_retraction_and_its_tie_are_shown(client):
    found = evidence(client, 423962, 7350521)
    assert found["same work"] == row(1, details=["RetractionIn"])
    assert found["retracted"]["of_first"] == "yes"


@pytest.mark.parametrize("name", ["audit_pair", "audit_pair_papers", "audit_pair_headings"])
@pytest.mark.parametrize(("first", "second"), [(407250, 407250), (407250, 999999999)])
def test_there_is_no_pair_of_one_paper(client, name, first, second):
    assert ask(client, name, first=first, second=second) == []


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_papers_between_a_pair(client, oracle, first, second):
    refs, citers = (
        [near.get(p, set()) for p in (first, second)] for near in (oracle.cites, oracle.cited_by)
    )
    between = {
        "first → x → second": refs[0] & citers[1], "second → x → first": refs[1] & citers[0],
        "shared citer": citers[0] & citers[1], "shared reference": refs[0] & refs[1],
    }  # fmt: skip

    def links(pmid):
        return len(oracle.cites.get(pmid, ())) + oracle.cited(pmid)

    rows = ask(client, "audit_pair_papers", first=first, second=second, limit=9999)
    assert [(row["relation"], row["pmid"]) for row in rows] == [
        (kind, pmid)
        for kind, pmids in between.items()
        for pmid in sorted(pmids, key=lambda pmid: (links(pmid), pmid))
    ]
    assert all(row["cites"] + row["cited"] == links(row["pmid"]) for row in rows)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_headings_side_by_side(client, oracle, first, second):
    rows = ask(client, "audit_pair_headings", first=first, second=second)
    topics = [oracle.topics(pmid) for pmid in (first, second)]
    assert len(rows) == len(topics[0] | topics[1])
    both = [row["first_major"] is not None and row["second_major"] is not None for row in rows]
    assert both == sorted(both, reverse=True)
    for row in rows:
        for pmid, side in ((first, "first"), (second, "second")):
            has = row["ui"] in oracle.topics(pmid)
            expected = row["ui"] in oracle.majors(pmid) if has else None
            assert row[f"{side}_major"] is expected
            qualifiers = oracle.qualifiers.get((pmid, row["ui"]), set()) if has else set()
            assert set(row[f"{side}_qualifiers"]) == qualifiers
        check_nearest(oracle, row, topics)


def check_nearest(oracle, row, topics):
    if all(row["ui"] in side for side in topics):
        assert (row["nearest"], row["broader"], row["steps"]) == (None, None, None)
        return
    others = topics[0] if row["ui"] in topics[1] else topics[1]
    ways = [
        (steps, number, oracle.mesh[other].name)
        for other in others
        for steps, number in oracle.meetings(row["ui"], other)
    ]
    assert row["steps"] == min((steps for steps, _, _ in ways), default=None)
    if ways:
        broader = oracle.mesh[oracle.by_name[row["broader"]]].tree_numbers
        assert any(
            steps == row["steps"] and number in broader and name == row["nearest"]
            for steps, number, name in ways
        )
