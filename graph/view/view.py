"""A picture of what lies around a paper, or between two, as one HTML page of its own."""

from __future__ import annotations

from citemesh.graph.client import GraphClient
from citemesh.graph.view.neighbourhood import Headings, read_neighbourhood
from citemesh.graph.view.page import draw
from citemesh.graph.view.pair import read_pair
from citemesh.graph.view.pair_picture import pair_picture
from citemesh.graph.view.words import neighbourhood_picture


def view(
    client: GraphClient, pmid: int, hops: int = 1, limit: int = 300, headings: Headings = "major"
) -> str:
    """Draw a paper with the papers around it and their headings.

    In a notebook: ``IPython.display.HTML(view(client, 408179))``. Where there is more than the
    limit, documents are kept first, then papers tied to more of the shown ones, then the most
    cited, then the lowest PMID; the page says how many were left out.

    Args:
        client: the graph.
        pmid: the paper.
        hops: citations, in either direction, from it to the farthest papers shown; 1 to 3.
        limit: the most papers and headings together; 2 to 2,000.
        headings: ``major``, ``all`` (check tags left out) or ``none``.

    Returns:
        An HTML page with script, styles and fonts inside; opening it asks the network for nothing.

    Raises:
        InputError: when no paper has that PMID.
        SettingsError: for hops or a limit outside of what can be drawn.
        MissingDependencyError: when neo4j-viz is not one that this was written for.
    """
    return draw(neighbourhood_picture(read_neighbourhood(client, pmid, hops, limit, headings)))


def view_pair(client: GraphClient, first: int, second: int, limit: int = 300) -> str:
    """Draw two papers and all that ties them.

    Citations between them and over one other paper, headings of both, and the nearest heading
    above a major heading of each. Where there is more than the limit, the page says how much was
    left out.

    Args:
        client: the graph.
        first: a paper.
        second: another.
        limit: the most papers and headings together; 2 to 2,000.

    Returns:
        An HTML page, as `view` gives.

    Raises:
        InputError: when no paper has one of the PMIDs.
        SettingsError: for the same PMID twice, or a limit outside of what can be drawn.
        MissingDependencyError: when neo4j-viz is not one that this was written for.
    """
    return draw(pair_picture(read_pair(client, first, second, limit)))
