"""What a picture of a pair shows: two papers and all that ties them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from citemesh.errors import SettingsError
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.view.neighbourhood import (
    Heading,
    Paper,
    check_limit,
    read_citations,
    read_paper,
    read_papers,
)

#: Kinds of papers between two papers, as `view_pair_between` calls them.
CHAIN, CITER, REFERENCE = "chain", "citer", "reference"


@dataclass(frozen=True, slots=True)
class Between:
    """The papers of one kind between the two, and how many there are; more than shown when cut."""

    kind: str
    found: int
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class SharedHeading:
    """A heading of both papers, and the PMIDs of those in which it is major."""

    heading: Heading
    major_in: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where the ways up the MeSH tree from a major heading of each paper meet.

    Args:
        first, second: the headings from the major heading to the nearest one at or above both,
            both ends included.
    """

    first: tuple[Heading, ...]
    second: tuple[Heading, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """All headings of both ways, each once: one may stand at two places of the tree."""
        ends = self.first[0], self.second[0]  # last, as one may be above the other
        all_of_them = (*self.first[1:], *self.second[1:], *ends)
        return tuple({heading.ui: heading for heading in all_of_them}.values())


@dataclass(frozen=True, slots=True)
class Pair:
    """All that a picture of two papers shows.

    Args:
        first, second: the papers.
        same_work: the kinds of their ties of the same work.
        between: the papers between them, by kind.
        citations: pairs of citing and cited PMID with one of the two at an end.
        headings: those of both, check tags left out; `headings_found` counts them all.
        indexed: whether both have headings; without, nothing is known of what they share.
        meeting: None without major headings in the same branch of the tree, or when a major
            heading is shared.
        meeting_left_out: whether there is one and no room for it.
    """

    first: Paper
    second: Paper
    same_work: tuple[str, ...]
    between: tuple[Between, ...]
    citations: tuple[tuple[int, int], ...]
    headings: tuple[SharedHeading, ...]
    headings_found: int
    indexed: bool
    meeting: Meeting | None
    meeting_left_out: bool


def read_pair(client: GraphClient, first: int, second: int, limit: int) -> Pair:
    """Read what ties two papers, at most `limit` papers and headings together.

    A third of the room is for headings, the rest is shared out evenly among the kinds of papers.

    Raises:
        InputError: when no paper has one of the PMIDs.
        SettingsError: for the same PMID twice, or a limit outside of what can be drawn.
    """
    check_limit(limit)
    if first == second:
        raise SettingsError(f"PMID {first} was given twice.", "A pair is of two papers.")
    papers = read_paper(client, first), read_paper(client, second)
    ends = {"first": first, "second": second}
    room = min(limit // 3, limit - 2)
    [row] = client.rows(named_query("graph", "view_pair_headings"), **ends, limit=room)
    headings = tuple(_shared(heading, first, second) for heading in row["headings"])
    meeting = _meeting(client, first, second)
    new = _unknown(meeting, headings) if meeting else 0
    fits = len(headings) + new <= room
    between = _between(client, ends, limit - 2 - len(headings) - (new if fits else 0))
    ids = [first, second, *{paper.pmid for kind in between for paper in kind.papers}]
    same_work = client.rows(named_query("graph", "view_pair_same_work"), **ends)
    return Pair(
        *papers, tuple(tie["kind"] for tie in same_work), between,
        tuple(pair for pair in read_citations(client, ids) if {first, second} & {*pair}),
        headings, row["found"], row["indexed"], meeting if fits else None, not fits,
    )  # fmt: skip


def _shared(row: Mapping[str, Any], first: int, second: int) -> SharedHeading:
    major = ((first, row["first_major"]), (second, row["second_major"]))
    return SharedHeading(
        Heading(row["ui"], row["name"], (first, second)), tuple(pmid for pmid, yes in major if yes)
    )


def _unknown(meeting: Meeting, headings: Sequence[SharedHeading]) -> int:
    known = {shared.heading.ui for shared in headings}
    return len({heading.ui for heading in meeting.headings} - known)


def _meeting(client: GraphClient, first: int, second: int) -> Meeting | None:
    rows = client.rows(named_query("graph", "view_pair_broader"), first=first, second=second)
    for row in rows:
        if len(row["first_way"]) + len(row["second_way"]) > 2:  # else it is a shared heading
            return Meeting(_way(row["first_way"], first), _way(row["second_way"], second))
    return None


def _way(rows: Sequence[Mapping[str, Any]], pmid: int) -> tuple[Heading, ...]:
    return tuple(
        Heading(row["ui"], row["name"], () if above else (pmid,)) for above, row in enumerate(rows)
    )


def _between(client: GraphClient, ends: Mapping[str, int], room: int) -> tuple[Between, ...]:
    query = named_query("graph", "view_pair_between")
    rows = client.rows(query, **ends, limit=max(room, 0))
    shown = set(_in_turn([row["pmids"] for row in rows], room))
    # A paper may be of two kinds, as papers may cite each other: it stands with the first.
    known: set[int] = set()
    kinds = []
    for row in rows:
        ids = [pmid for pmid in row["pmids"] if pmid in shown and pmid not in known]
        known.update(ids)
        kinds.append(Between(row["kind"], row["found"], tuple(read_papers(client, ids, 1))))
    return tuple(kinds)


def _in_turn(lists: Sequence[Sequence[int]], room: int) -> Iterator[int]:
    """One of each list in turn, each number once, until the room is full."""
    taken: set[int] = set()
    for row in zip_longest(*lists):
        for pmid in row:
            if pmid is not None and pmid not in taken and len(taken) < room:
                taken.add(pmid)
                yield pmid
