"""A picture of what lies around a paper, as one HTML page that needs nothing else."""

from __future__ import annotations

from citemesh.graph.client import GraphClient
from citemesh.graph.view.neighbourhood import Headings, read_neighbourhood
from citemesh.graph.view.page import draw


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
    return draw(read_neighbourhood(client, pmid, hops, limit, headings))
