"""``citemesh graph snapshot``."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.option("--force", is_flag=True, help="Read the graph again although nothing changed.")
@click.pass_obj
def snapshot(workspace: Workspace, force: bool) -> None:
    """Copy the graph into memory-mapped arrays, which answer many questions faster than Neo4j.

    They carry the version of the graph that they show; a stale or damaged snapshot is made anew,
    and one that is whole and current is left as it is.

    \b
    Example:
      citemesh graph snapshot
    """
    from citemesh.graph.snapshot.snapshot import open_snapshot
    from citemesh.graph.state import open_loaded_graph

    with open_loaded_graph(workspace) as client:
        arrays = open_snapshot(workspace, client, force=force)
    megabytes = sum(path.stat().st_size for path in arrays.folder.iterdir()) / 1e6
    click.echo(
        f"The snapshot shows version {arrays.version} of the graph: {len(arrays.pmid):,} articles, "
        f"{len(arrays.cites.indices):,} citations, {len(arrays.headings.indices):,} headings; "
        f"{megabytes:,.1f} MB in {arrays.folder}."
    )
    click.echo("Next: citemesh graph check")
