"""``citemesh demo``: the whole job on real records, ending in a report."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.option("--quick", is_flag=True, help="Smaller in every stage, to see them all soon.")
@click.pass_obj
def demo(workspace: Workspace, quick: bool) -> None:
    """Do the whole job on real records: load, mine, audit, export, train, evaluate, report.

    The records, the model and MeSH come from installed packages. Finished stages are kept: run it
    again after an interruption and it goes on from there.

    \b
    Example:
      citemesh demo --quick
    """
    from citemesh.demo import FULL, QUICK, run_demo

    report = run_demo(workspace, QUICK if quick else FULL)
    click.echo(f"Report: {report.as_uri()}")
    click.echo("Neo4j is left running; stop it with: citemesh server stop")
