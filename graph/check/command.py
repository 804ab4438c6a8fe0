"""``citemesh graph check``."""

from __future__ import annotations

import json

import click

from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace


@click.command()
@format_option
@click.pass_obj
def check(workspace: Workspace, output_format: str) -> None:
    """Check what must hold in every finished graph, and that corpus and snapshot agree with it.

    Prints what each invariant's check found and the graph's fingerprint, which is the same for
    graphs that say the same. Ends with exit code 1 when something is broken.

    \b
    Example:
      citemesh graph check
    """
    from citemesh.graph.check.check import check_graph, raise_if_broken
    from citemesh.graph.client import open_graph
    from citemesh.graph.corpus import Corpus
    from citemesh.graph.fingerprint import fingerprint
    from citemesh.progress import step

    Corpus(workspace.corpus)  # says so before a server starts when nothing has been loaded
    with open_graph(workspace) as client:
        findings = check_graph(client, workspace)
        with step("Taking the fingerprint"):
            digest = fingerprint(client)
    rows = [finding.row() for finding in findings]
    if output_format == "json":
        click.echo(json.dumps({"invariants": rows, "fingerprint": digest}, indent=2))
    else:
        print_rows(rows, output_format)
        click.echo(f"Fingerprint: {digest}")
    raise_if_broken(findings)
    if output_format == "table":
        click.echo("Next: citemesh graph stats")
