"""``citemesh graph``: load PubMed and MeSH into Neo4j and look at them."""

from __future__ import annotations

import click

from citemesh.graph.check.command import check
from citemesh.graph.download.command import download
from citemesh.graph.load.command import load, update
from citemesh.graph.pubmed.parse_command import parse
from citemesh.graph.query.command import query
from citemesh.graph.snapshot.command import snapshot
from citemesh.graph.view.command import view
from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace


@click.group()
def graph() -> None:
    """Load PubMed and MeSH into Neo4j and look at them."""


@click.command()
@format_option
@click.pass_obj
def stats(workspace: Workspace, output_format: str) -> None:
    """Count nodes by label and relationships by type.

    \b
    Example:
      citemesh graph stats --format json
    """
    from citemesh.graph.state import open_loaded_graph
    from citemesh.graph.stats import graph_stats

    with open_loaded_graph(workspace) as client:
        print_rows(graph_stats(client), output_format)
    if output_format == "table":
        click.echo("Next: citemesh mine --anchors titles --strategy cited=2 --strategy sibling=4")


for command in (download, parse, load, update, stats, check, query, view, snapshot):
    graph.add_command(command)
