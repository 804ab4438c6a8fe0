"""The picture of a pair: its kinds of circles, its summary and its notes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from citemesh.graph.view.pair import CHAIN, CITER, REFERENCE, Meeting, Pair
from citemesh.graph.view.pair_places import Places, pair_places
from citemesh.graph.view.parts import (
    broader_tie,
    citation_ties,
    counted,
    heading_circle,
    heading_key,
    heading_tie,
    paper_circle,
    paper_key,
)
from citemesh.graph.view.picture import Circle, Kind, Picture, Tie

FIRST = Kind("the first paper", "#D55E00", 60)
SECOND = Kind("the second paper", "#CC79A7", 60)
BETWEEN = {
    CITER: Kind("cites both", "#0072B2", 46),
    CHAIN: Kind("between them in a chain of citations", "#009E73", 46),
    REFERENCE: Kind("cited by both", "#56B4E9", 46),
}
SHARED = Kind("MeSH heading of both", "#F0E442", 54)
ON_THE_WAY = Kind("on the way up from a major heading of each", "#E69F00", 54)
_NOUNS = {CITER: "shared citer", CHAIN: "chain", REFERENCE: "shared reference"}
_SAME_WORK = "#D55E00"


def pair_picture(pair: Pair) -> Picture:
    """The picture of a pair."""
    places = pair_places(pair)
    return Picture(
        title=f"PMID {pair.first.pmid} and PMID {pair.second.pmid}: what ties them",
        summary=pair_summary(pair),
        notes=tuple(pair_notes(pair)),
        kinds=(FIRST, SECOND, *BETWEEN.values(), SHARED, ON_THE_WAY),
        circles=(*_paper_circles(pair, places), *_heading_circles(pair, places)),
        ties=(*_same_work(pair), *citation_ties(pair.citations), *_heading_ties(pair)),
    )


def _paper_circles(pair: Pair, places: Places) -> Iterator[Circle]:
    ends = ((pair.first, FIRST), (pair.second, SECOND))
    between = [(paper, BETWEEN[kind.kind]) for kind in pair.between for paper in kind.papers]
    for paper, kind in (*ends, *between):
        yield paper_circle(paper, kind, places[paper_key(paper.pmid)])


def _heading_circles(pair: Pair, places: Places) -> Iterator[Circle]:
    for shared in pair.headings:
        of = f"both, {_major_in(shared.major_in)}"
        yield heading_circle(shared.heading, SHARED, of, places[heading_key(shared.heading.ui)])
    known = {shared.heading.ui for shared in pair.headings}
    for heading in pair.meeting.headings if pair.meeting else ():
        if heading.ui not in known:
            of = f"{heading.papers[0]}, major" if heading.papers else "neither; above such"
            yield heading_circle(heading, ON_THE_WAY, of, places[heading_key(heading.ui)])


def _major_in(pmids: tuple[int, ...]) -> str:
    if len(pmids) == 2:
        return "major in both"
    return f"major in {pmids[0]} only" if pmids else "major in neither"


def _same_work(pair: Pair) -> Iterator[Tie]:
    if pair.same_work:
        kinds = ", ".join(pair.same_work)
        yield Tie(
            "same work", paper_key(pair.first.pmid), paper_key(pair.second.pmid), "same work",
            _SAME_WORK, f"the same work: {kinds}",
        )  # fmt: skip


def _heading_ties(pair: Pair) -> Iterator[Tie]:
    for shared in pair.headings:
        for pmid in shared.heading.papers:
            word = "major" if pmid in shared.major_in else "heading"
            yield heading_tie(pmid, shared.heading, word)
    if pair.meeting is None:
        return
    known = {shared.heading.ui for shared in pair.headings}
    for way in (pair.meeting.first, pair.meeting.second):
        if way[0].ui not in known:
            yield from (heading_tie(pmid, way[0], "major") for pmid in way[0].papers)
    steps = [step for way in (pair.meeting.first, pair.meeting.second) for step in pairwise(way)]
    # A heading at two places of the tree may be above the same one twice.
    yield from {tie.key: tie for tie in (broader_tie(*step) for step in steps)}.values()


def pair_summary(pair: Pair) -> str:
    """What ties the two, in one line."""
    ends = pair.first.pmid, pair.second.pmid
    between = (ends, (ends[1], ends[0]))
    parts = [f"{a} cites {b}" for a, b in between if (a, b) in pair.citations]
    parts = parts or ["no citation between them"]
    parts += ["the same work"] if pair.same_work else []
    found = {kind.kind: kind.found for kind in pair.between}
    parts += [counted(found.get(kind, 0), noun) for kind, noun in _NOUNS.items()]
    if pair.indexed:
        parts.append(counted(pair.headings_found, "shared heading"))
    return " · ".join(parts)


def pair_notes(pair: Pair) -> Iterator[str]:
    """What the picture leaves out, by which rule, and what cannot be known."""
    if not pair.indexed:
        yield "One of the two has no headings: whether they share a subject is unknown."
    if pair.headings:
        yield f"Headings of both: {'; '.join(_named(pair))}."
    if pair.meeting:
        yield _met(pair.meeting)
    for kind in pair.between:
        left = kind.found - len(kind.papers)
        if left:
            yield (
                f"{len(kind.papers):,} of {counted(kind.found, _NOUNS[kind.kind])} are shown, "
                f"{left:,} left out: documents (title and abstract) come first, then papers with "
                "the fewest citations."
            )
    left = pair.headings_found - len(pair.headings)
    if left:
        yield (
            f"{len(pair.headings):,} of {pair.headings_found:,} shared headings are shown, "
            f"{left:,} left out: major in both come first, then the most telling."
        )
    if pair.meeting_left_out:
        yield "No room was left for the nearest heading above a major heading of each."


def _named(pair: Pair) -> Iterator[str]:
    # Circles are too small for most names.
    for shared in pair.headings:
        yield shared.heading.name + (" (major in both)" if len(shared.major_in) == 2 else "")


def _met(meeting: Meeting) -> str:
    first, second = meeting.first[0].name, meeting.second[0].name
    steps = len(meeting.first) + len(meeting.second) - 2
    return (
        f"They share no major heading. Nearest are {first} and {second}, "
        f"{counted(steps, 'step')} apart; {meeting.first[-1].name} is at or above both."
    )
