"""``citemesh graph``: load PubMed and MeSH into Neo4j and look at them."""

from __future__ import annotations

from pathlib import Path

import click

from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace


@click.group()
def graph() -> None:
    """Load PubMed and MeSH into Neo4j and look at them."""


@graph.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--mesh",
    type=click.Path(path_type=Path),
    help="A MeSH table; the MeSH 2024 table that the package carries when left out.",
)
@click.option("--force", is_flag=True, help="Replace the graph that is there.")
@click.pass_obj
def load(workspace: Workspace, files: tuple[Path, ...], mesh: Path | None, force: bool) -> None:
    """Load PubMed XML files and MeSH into the graph, and their texts into the corpus.

    Files that were read before are not read again. The graph that is there stays as it was until
    the new one is whole.

    \b
    Example:
      citemesh graph load pubmed20n0014.xml.gz
    """
    from citemesh.graph.load import load as load_graph

    manifest = load_graph(workspace, files, mesh, force)
    counts = manifest.counts
    click.echo(
        f"Loaded {counts['records']:,} records, {counts['documents']:,} of them documents "
        f"with title and abstract; {counts['cites']:,} citations, {counts['has_mesh']:,} headings."
    )
    for reason, number in manifest.dropped.items():
        click.echo(f"Left out: {number:,} {reason}.")
    click.echo("Next: citemesh graph stats")


@graph.command()
@format_option
@click.pass_obj
def stats(workspace: Workspace, output_format: str) -> None:
    """Count nodes by label and relationships by type.

    \b
    Example:
      citemesh graph stats --format json
    """
    from citemesh.graph.load import open_loaded_graph
    from citemesh.graph.stats import graph_stats

    with open_loaded_graph(workspace) as client:
        print_rows(graph_stats(client), output_format)
    if output_format == "table":
        click.echo("Next: citemesh mine --anchors titles --strategy cited=2 --strategy sibling=4")
