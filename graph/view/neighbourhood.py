"""What a picture shows: a paper, the papers around it, their citations and their headings.

Papers by the thousand hang on a much cited one, so the server ranks them and counts them, and no
more than are drawn leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from citemesh.errors import InputError, SettingsError
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query

Headings = Literal["major", "all", "none"]
#: A paper with more citations than this, in and out, is shown and not followed any further: what
#: hangs on it says little of the paper that was asked for. That one is always followed.
HUB = 1_000
MAX_HOPS = 3
MAX_NODES = 2_000


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a picture.

    Args:
        pmid: its PMID.
        hop: citations between it and the paper that was asked for.
        title, year, journal: of its record; None without.
        record: whether its record is loaded; a cited paper may be known by its PMID only.
        retracted: whether its record says so.
        cited: papers in the graph that cite it.
        linked: its citations in the graph, in and out.
    """

    pmid: int
    hop: int
    title: str | None
    year: int | None
    journal: str | None
    record: bool
    retracted: bool
    cited: int
    linked: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A descriptor of a picture with the shown papers that have it."""

    ui: str
    name: str
    papers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """How many papers lie one hop further out, and how many of them are shown.

    Args:
        hop: the number of citations to the paper that was asked for.
        found: papers there.
        shown: those that are in the picture.
        hubs: papers one hop nearer that were not followed, as too many citations hang on them.
    """

    hop: int
    found: int
    shown: int
    hubs: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """All that a picture shows.

    Args:
        papers: the one that was asked for first, then by hop, in each the most telling first.
        citations: pairs of citing and cited PMID among the papers.
        headings: the descriptors shown.
        rings: one for each hop.
        headings_found: descriptors of the shown papers; more than are shown when cut.
        asked_hops: hops that were asked for; fewer rings when there was no more room.
        kind: which headings were asked for.
    """

    papers: tuple[Paper, ...]
    citations: tuple[tuple[int, int], ...]
    headings: tuple[Heading, ...]
    rings: tuple[Ring, ...]
    headings_found: int
    asked_hops: int
    kind: Headings


def read_neighbourhood(
    client: GraphClient, pmid: int, hops: int, limit: int, headings: Headings
) -> Neighbourhood:
    """Read what is around a paper, at most `limit` papers and headings together.

    A third of the room is kept for headings, unless none are wanted.

    Raises:
        InputError: when no paper has that PMID.
        SettingsError: for hops or a limit outside of what can be drawn.
    """
    _check(hops, headings)
    check_limit(limit)
    papers = [read_paper(client, pmid)]
    room = limit if headings == "none" else limit - limit // 3
    rings = []
    for hop in range(1, hops + 1):
        ring, more = _next_ring(client, papers, hop, room - len(papers))
        papers += more
        rings.append(ring)
        if ring.shown < ring.found:
            break
    ids = [paper.pmid for paper in papers]
    found, shown = _headings(client, ids, limit - len(papers), headings)
    citations = read_citations(client, ids)
    return Neighbourhood(tuple(papers), citations, shown, tuple(rings), found, hops, headings)


def _check(hops: int, headings: str) -> None:
    if not 1 <= hops <= MAX_HOPS:
        raise SettingsError(f"{hops} hops were asked for.", f"Give 1 to {MAX_HOPS}.")
    if headings not in ("major", "all", "none"):
        raise SettingsError(f"Headings {headings!r} were asked for.", "Give major, all or none.")


def check_limit(limit: int) -> None:
    """Refuse a limit outside of what can be drawn.

    Raises:
        SettingsError: for such a limit.
    """
    if not 2 <= limit <= MAX_NODES:
        raise SettingsError(f"A limit of {limit} was asked for.", f"Give 2 to {MAX_NODES:,}.")


def read_paper(client: GraphClient, pmid: int) -> Paper:
    """A paper that was asked for.

    Raises:
        InputError: when no paper has that PMID.
    """
    for paper in read_papers(client, [pmid], 0):
        return paper
    raise InputError(
        f"PMID {pmid} is not in the graph: no loaded file has its record or cites it.",
        "Give another, or add its file: citemesh graph update FILE",
    )


def read_papers(client: GraphClient, ids: Sequence[int], hop: int) -> list[Paper]:
    """What a picture says of papers, in the order of the ids; unknown ones are left out."""
    rows = client.rows(named_query("graph", "view_papers"), ids=list(ids))
    return [Paper(hop=hop, **row) for row in rows]


def _next_ring(
    client: GraphClient, papers: list[Paper], hop: int, room: int
) -> tuple[Ring, list[Paper]]:
    edge = [paper for paper in papers if paper.hop == hop - 1]
    followed = [paper.pmid for paper in edge if hop == 1 or paper.linked <= HUB]
    known = [paper.pmid for paper in papers]
    query = named_query("graph", "view_neighbours")
    [row] = client.rows(query, ids=followed, known=known, limit=max(room, 0))
    more = read_papers(client, row["pmids"], hop)
    return Ring(hop, row["found"], len(more), len(edge) - len(followed)), more


def _headings(
    client: GraphClient, ids: list[int], room: int, kind: Headings
) -> tuple[int, tuple[Heading, ...]]:
    if kind == "none":
        return 0, ()
    major = kind == "major"
    query = named_query("graph", "view_major_headings" if major else "view_headings")
    [row] = client.rows(query, ids=ids, pmid=ids[0], limit=room)
    return row["found"], tuple(_heading(heading) for heading in row["headings"])


def _heading(row: dict[str, Any]) -> Heading:
    return Heading(row["ui"], row["name"], tuple(row["papers"]))


def read_citations(client: GraphClient, ids: list[int]) -> tuple[tuple[int, int], ...]:
    """Pairs of citing and cited PMID among papers."""
    rows = client.rows(named_query("graph", "view_citations"), ids=ids)
    return tuple((row["pmid"], cited) for row in rows for cited in row["cited"])
