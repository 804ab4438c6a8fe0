"""Papers, headings, citations and numbers, as every picture draws and words them."""

from __future__ import annotations

from collections.abc import Sequence

from citemesh.graph.view.neighbourhood import Heading, Paper
from citemesh.graph.view.picture import Circle, Kind, Tie

NO_RECORD = "known by its PMID only, no record loaded"
_CITES, _HAS_HEADING = "#7A8583", "#C9A400"


def paper_circle(paper: Paper, kind: Kind, place: tuple[float, float] | None = None) -> Circle:
    """A paper's circle: PMID and year in it, the record's facts behind it."""
    year = f" ({paper.year})" if paper.year else ""
    return Circle(paper_key(paper.pmid), f"{paper.pmid}{year}", kind, _paper_facts(paper), place)


def _paper_facts(paper: Paper) -> dict[str, str]:
    facts = {"title": paper.title or ("no title" if paper.record else NO_RECORD)}
    facts["PMID"] = str(paper.pmid)
    if paper.journal:
        facts["journal"] = paper.journal
    if paper.year:
        facts["year"] = str(paper.year)
    facts["citations in this graph"] = f"{paper.cited:,} in, {paper.linked - paper.cited:,} out"
    if paper.retracted:
        facts["retracted"] = "yes"
    return facts


def heading_circle(
    heading: Heading, kind: Kind, of: str, place: tuple[float, float] | None = None
) -> Circle:
    """A heading's circle; `of` says whose it is."""
    facts = {"title": heading.name, "MeSH descriptor": heading.ui, "heading of": of}
    return Circle(heading_key(heading.ui), heading.name, kind, facts, place)


def citation_ties(citations: Sequence[tuple[int, int]]) -> tuple[Tie, ...]:
    """The arrows of pairs of citing and cited PMID."""
    return tuple(
        Tie(f"cites {a} {b}", paper_key(a), paper_key(b), "cites", _CITES, f"{a} cites {b}")
        for a, b in citations
    )


def heading_tie(pmid: int, heading: Heading, word: str) -> Tie:
    """The arrow from a paper to one of its headings."""
    return Tie(
        f"has {pmid} {heading.ui}", paper_key(pmid), heading_key(heading.ui), word, _HAS_HEADING,
        f"{pmid}: {heading.name}",
    )  # fmt: skip


def broader_tie(narrow: Heading, broad: Heading) -> Tie:
    """The arrow from a heading to the one right above it in the MeSH tree."""
    return Tie(
        f"below {narrow.ui} {broad.ui}", heading_key(narrow.ui), heading_key(broad.ui), "broader",
        _HAS_HEADING, f"{broad.name} is above {narrow.name}",
    )  # fmt: skip


def paper_key(pmid: int) -> str:
    """What ties call a paper."""
    return f"paper {pmid}"


def heading_key(ui: str) -> str:
    """What ties call a heading."""
    return f"heading {ui}"


def counted(number: int, thing: str) -> str:
    """A number with its noun: ``2 papers``."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
