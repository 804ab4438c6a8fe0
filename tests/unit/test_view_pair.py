"""The page of a pair: every tie is drawn once, every circle has a place, what is cut is said."""

import json
from dataclasses import replace
from itertools import combinations
from math import dist

import pytest

from citemesh.graph.view.neighbourhood import Heading
from citemesh.graph.view.page import draw
from citemesh.graph.view.pair import CHAIN, CITER, REFERENCE, Between, Meeting, Pair, SharedHeading
from citemesh.graph.view.pair_picture import pair_notes, pair_picture, pair_summary
from tests.unit.test_view import HOSTILE, Elements, paper

FIRST, SECOND = 1, 2


def pair(citers=2, chains=1, references=3, headings=2, title="A title", **changes):
    counts = {CHAIN: (chains, 100), CITER: (citers, 1000), REFERENCE: (references, 5000)}
    between = tuple(
        Between(kind, count, tuple(paper(start + i, title=title) for i in range(count)))
        for kind, (count, start) in counts.items()
    )
    citations = [(SECOND, FIRST)]
    for kind in between:
        for p in kind.papers:
            citations += {
                CHAIN: [(FIRST, p.pmid), (p.pmid, SECOND)],
                CITER: [(p.pmid, FIRST), (p.pmid, SECOND)],
                REFERENCE: [(FIRST, p.pmid), (SECOND, p.pmid)],
            }[kind.kind]
    both = tuple(
        SharedHeading(Heading(f"D{i}", title, (FIRST, SECOND)), (FIRST,) * i)
        for i in range(headings)
    )
    values = {
        "first": paper(FIRST, 0, title), "second": paper(SECOND, 0, title), "same_work": (),
        "between": between, "citations": tuple(citations), "headings": both,
        "headings_found": headings, "indexed": True, "meeting": None, "meeting_left_out": False,
    }  # fmt: skip
    return Pair(**{**values, **changes})


def way(pmid, *uis):
    return tuple(Heading(ui, f"Name {ui}", () if i else (pmid,)) for i, ui in enumerate(uis))


MEETING = Meeting(way(FIRST, "M1", "UP", "TOP"), way(SECOND, "M2", "TOP"))


def ties(picture):
    return {(tie.source, tie.target, tie.caption) for tie in picture.ties}


@pytest.mark.parametrize("title", HOSTILE)
def test_what_records_say_makes_no_element_here_either(title):
    page = Elements(draw(pair_picture(pair(title=title))))
    plain = Elements(draw(pair_picture(pair())))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    nodes = json.loads(page.data)["nodes"]
    assert len(nodes) == 10 and {node["properties"]["title"] for node in nodes} == {title}


def test_every_tie_is_drawn_and_majors_are_told_apart():
    picture = pair_picture(pair(1, 1, 1, 2, meeting=MEETING, same_work=("ErratumIn",)))
    assert ties(picture) == {
        ("paper 2", "paper 1", "cites"), ("paper 1", "paper 2", "same work"),
        ("paper 1", "paper 100", "cites"), ("paper 100", "paper 2", "cites"),
        ("paper 1000", "paper 1", "cites"), ("paper 1000", "paper 2", "cites"),
        ("paper 1", "paper 5000", "cites"), ("paper 2", "paper 5000", "cites"),
        ("paper 1", "heading D0", "heading"), ("paper 2", "heading D0", "heading"),
        ("paper 1", "heading D1", "major"), ("paper 2", "heading D1", "heading"),
        ("paper 1", "heading M1", "major"), ("heading M1", "heading UP", "broader"),
        ("heading UP", "heading TOP", "broader"), ("paper 2", "heading M2", "major"),
        ("heading M2", "heading TOP", "broader"),
    }  # fmt: skip
    assert len({tie.key for tie in picture.ties}) == len(picture.ties)
    assert [(kind.name, count) for kind, count in picture.legend()] == [
        ("the first paper", 1), ("the second paper", 1), ("cites both", 1),
        ("between them in a chain of citations", 1), ("cited by both", 1),
        ("MeSH heading of both", 2), ("on the way up from a major heading of each", 4),
    ]  # fmt: skip
    colours = [kind.colour for kind, _ in picture.legend()]
    assert len(set(colours)) == len(colours)


def test_a_shared_heading_on_the_way_up_is_one_circle_with_each_tie_once():
    # D1 is major in the first paper and an ordinary heading of the second.
    meeting = Meeting(way(FIRST, "D1", "TOP"), way(SECOND, "M2", "TOP"))
    picture = pair_picture(pair(meeting=meeting))
    keys = [circle.key for circle in picture.circles]
    assert len(keys) == len(set(keys))
    assert sum(tie.key == "has 1 D1" for tie in picture.ties) == 1
    assert {tie.source for tie in picture.ties} | {tie.target for tie in picture.ties} <= set(keys)


def test_a_heading_at_two_places_of_the_tree_is_drawn_once():
    meeting = Meeting(way(FIRST, "M1", "X", "TOP"), way(SECOND, "M2", "X", "TOP"))
    picture = pair_picture(pair(meeting=meeting))
    for drawn in (picture.circles, picture.ties):
        assert len({one.key for one in drawn}) == len(drawn)
    assert ("heading X", "heading TOP", "broader") in ties(picture)


def test_a_major_heading_above_the_other_one_is_still_its_papers():
    meeting = Meeting(way(FIRST, "TOP"), way(SECOND, "M2", "TOP"))
    for turned in (meeting, Meeting(meeting.second, meeting.first)):
        of = {c.caption: c.facts["heading of"] for c in pair_picture(pair(meeting=turned)).circles
              if c.caption.startswith("Name")}  # fmt: skip
        assert of == {"Name TOP": "1, major", "Name M2": "2, major"}


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (2, 1, 3, 2), (9, 3, 1, 5), (60, 9, 120, 14)])
@pytest.mark.parametrize("meeting", [None, MEETING, Meeting(way(1, "TOP"), way(2, "M2", "TOP"))])
def test_no_circle_stands_on_another(counts, meeting):
    picture = pair_picture(pair(*counts, meeting=meeting))
    assert picture.placed and all(circle.place for circle in picture.circles)
    places = {circle.key: circle.place for circle in picture.circles if circle.place}
    radius = {circle.key: circle.kind.radius for circle in picture.circles}
    for a, b in combinations(places, 2):
        assert dist(places[a], places[b]) > radius[a] + radius[b], (a, b)
    ends = {"paper 1", "paper 2", "heading M1", "heading M2", "heading TOP"}
    inner = [place for key, place in places.items() if key not in ends]
    assert all(places["paper 1"][0] < x < places["paper 2"][0] for x, _ in inner)
    nodes = json.loads(Elements(draw(picture)).data)["nodes"]
    assert {node["id"]: (node["x"], node["y"]) for node in nodes} == places


def test_the_summary_counts_what_there_is_and_not_what_is_shown():
    cut = tuple(replace(kind, found=900) for kind in pair().between)
    assert pair_summary(pair(between=cut, headings_found=7)) == (
        "2 cites 1 · 900 shared citers · 900 chains · 900 shared references · 7 shared headings"
    )
    bare = pair(0, 0, 0, 0, citations=(), indexed=False)
    assert pair_summary(bare).startswith("no citation between them · 0 shared citers")
    assert "heading" not in pair_summary(bare)


def test_what_is_left_out_and_what_is_unknown_is_said():
    assert list(pair_notes(pair(headings=0))) == []
    between = (Between(CITER, 46_599, (paper(5),)),)
    said = " ".join(pair_notes(pair(between=between, headings_found=9, meeting_left_out=True)))
    assert "1 of 46,599 shared citers are shown, 46,598 left out" in said
    assert "2 of 9 shared headings are shown, 7 left out" in said
    assert "No room was left for the nearest heading" in said
    [unknown] = pair_notes(pair(headings=0, indexed=False))
    assert "unknown" in unknown
    [met] = pair_notes(pair(headings=0, meeting=MEETING))
    assert "Name M1 and Name M2, 3 steps apart; Name TOP is at or above both" in met
