"""What a picture says in words and colours: kinds of nodes, captions, facts, legend and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from citemesh.graph.view.neighbourhood import HUB, Heading, Neighbourhood, Paper


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node with what the legend calls it and its colour.

    The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which can be told
    apart by people who do not see red and green.
    """

    name: str
    colour: str
    radius: int


ASKED = Kind("the paper asked for", "#D55E00", 54)
CITING = Kind("cites it", "#0072B2", 38)
CITED = Kind("cited by it", "#56B4E9", 38)
BOTH = Kind("cites it and is cited by it", "#009E73", 38)
FURTHER = Kind("further away", "#CC79A7", 38)
BARE = Kind("known by its PMID only, no record loaded", "#BBBBBB", 32)
HEADING = Kind("MeSH heading", "#F0E442", 46)


def kinds(shown: Neighbourhood) -> dict[int, Kind]:
    """The kind of each paper, by PMID."""
    asked = shown.papers[0].pmid
    citing = {pair[0] for pair in shown.citations if pair[1] == asked}
    cited = {pair[1] for pair in shown.citations if pair[0] == asked}

    def kind(paper: Paper) -> Kind:
        if paper.pmid == asked:
            return ASKED
        if not paper.record:
            return BARE
        if paper.pmid in citing and paper.pmid in cited:
            return BOTH
        return CITING if paper.pmid in citing else CITED if paper.pmid in cited else FURTHER

    return {paper.pmid: kind(paper) for paper in shown.papers}


def legend(shown: Neighbourhood) -> Iterator[tuple[Kind, int]]:
    """The kinds of nodes in the picture with how many there are of each."""
    counts = Counter(kinds(shown).values())
    counts[HEADING] = len(shown.headings)
    for kind in (ASKED, CITING, CITED, BOTH, FURTHER, BARE, HEADING):
        if counts[kind]:
            yield kind, counts[kind]


def paper_caption(paper: Paper) -> str:
    """What stands in a paper's circle."""
    year = f" ({paper.year})" if paper.year else ""
    return f"{paper.pmid}{year}"


def paper_facts(paper: Paper) -> dict[str, str]:
    """What is shown when the pointer is on a paper, and beside the picture when it is selected."""
    facts = {"title": paper.title or ("no title" if paper.record else BARE.name)}
    facts["PMID"] = str(paper.pmid)
    if paper.journal:
        facts["journal"] = paper.journal
    if paper.year:
        facts["year"] = str(paper.year)
    facts["citations in this graph"] = f"{paper.cited:,} in, {paper.linked - paper.cited:,} out"
    if paper.retracted:
        facts["retracted"] = "yes"
    return facts


def heading_facts(heading: Heading) -> dict[str, str]:
    """The same for a heading."""
    papers = f"{len(heading.papers):,} of the papers shown"
    return {"title": heading.name, "MeSH descriptor": heading.ui, "heading of": papers}


def summary(shown: Neighbourhood) -> str:
    """How much is in the picture, in one line."""
    parts = [
        _count(shown.asked_hops, "hop"),
        _count(len(shown.papers), "paper"),
        _count(len(shown.citations), "citation"),
    ]
    if shown.kind != "none":
        major = "major heading" if shown.kind == "major" else "heading"
        parts.append(_count(len(shown.headings), major))
    return " · ".join(parts)


def notes(shown: Neighbourhood) -> Iterator[str]:
    """What the picture leaves out, and by which rule."""
    if len(shown.papers) == 1 and not any(ring.found for ring in shown.rings):
        yield "Nothing in this graph cites this paper, and it cites nothing in this graph."
    for ring in shown.rings:
        left = ring.found - ring.shown
        if left:
            yield (
                f"{ring.shown:,} of {ring.found:,} papers at hop {ring.hop} are shown, {left:,} "
                "left out: documents (title and abstract) come first, then papers tied to more of "
                "those shown, then the most cited."
            )
        if ring.hubs:
            yield (
                f"{_count(ring.hubs, 'paper')} with more than {HUB:,} citations not followed to "
                f"hop {ring.hop}."
            )
    if len(shown.rings) < shown.asked_hops:
        yield f"No room was left for papers further than {_count(len(shown.rings), 'hop')} away."
    left = shown.headings_found - len(shown.headings)
    if left:
        yield (
            f"{len(shown.headings):,} of {shown.headings_found:,} headings are shown, {left:,} left"
            " out: those of the paper asked for come first, then those that most papers share."
        )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
