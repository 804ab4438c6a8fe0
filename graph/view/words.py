"""The picture of a neighbourhood: its kinds of circles, its summary and its notes."""

from __future__ import annotations

from collections.abc import Iterator

from citemesh.graph.view.neighbourhood import HUB, Neighbourhood, Paper
from citemesh.graph.view.parts import (
    NO_RECORD,
    citation_ties,
    counted,
    heading_circle,
    heading_tie,
    paper_circle,
)
from citemesh.graph.view.picture import Kind, Picture

ASKED = Kind("the paper asked for", "#D55E00", 54)
CITING = Kind("cites it", "#0072B2", 38)
CITED = Kind("cited by it", "#56B4E9", 38)
BOTH = Kind("cites it and is cited by it", "#009E73", 38)
FURTHER = Kind("further away", "#CC79A7", 38)
BARE = Kind(NO_RECORD, "#BBBBBB", 32)
HEADING = Kind("MeSH heading", "#F0E442", 46)


def neighbourhood_picture(shown: Neighbourhood) -> Picture:
    """The picture of a neighbourhood."""
    kind_of = kinds(shown)
    papers = [paper_circle(paper, kind_of[paper.pmid]) for paper in shown.papers]
    headings = [
        heading_circle(heading, HEADING, f"{len(heading.papers):,} of the papers shown")
        for heading in shown.headings
    ]
    word = "major" if shown.kind == "major" else "heading"
    has = [
        heading_tie(pmid, heading, word) for heading in shown.headings for pmid in heading.papers
    ]
    return Picture(
        title=f"PMID {shown.papers[0].pmid} and what lies around it",
        summary=summary(shown),
        notes=tuple(notes(shown)),
        kinds=(ASKED, CITING, CITED, BOTH, FURTHER, BARE, HEADING),
        circles=(*papers, *headings),
        ties=(*citation_ties(shown.citations), *has),
    )


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


def summary(shown: Neighbourhood) -> str:
    """How much is in the picture, in one line."""
    parts = [
        counted(shown.asked_hops, "hop"),
        counted(len(shown.papers), "paper"),
        counted(len(shown.citations), "citation"),
    ]
    if shown.kind != "none":
        major = "major heading" if shown.kind == "major" else "heading"
        parts.append(counted(len(shown.headings), major))
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
                f"{counted(ring.hubs, 'paper')} with more than {HUB:,} citations not followed to "
                f"hop {ring.hop}."
            )
    if len(shown.rings) < shown.asked_hops:
        yield f"No room was left for papers further than {counted(len(shown.rings), 'hop')} away."
    left = shown.headings_found - len(shown.headings)
    if left:
        yield (
            f"{len(shown.headings):,} of {shown.headings_found:,} headings are shown, {left:,} left"
            " out: those of the paper asked for come first, then those that most papers share."
        )
