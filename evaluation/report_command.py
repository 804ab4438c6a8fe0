"""``citemesh report``: write the report page of a project."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.option("--name", default="default", show_default=True, help="Name of all that is shown.")
@click.option("--mined", help="Another name for the mined set.")
@click.option(
    "--audit", help="Another name for the audit; without one the page says how to make it."
)
@click.option("--model", help="Another name for the model.")
@click.option("--run", help="Another name for the evaluation.")
@click.option("--force", is_flag=True, help="Replace the page that is there.")
@click.pass_obj
def report(
    workspace: Workspace,
    name: str,
    mined: str | None,
    audit: str | None,
    model: str | None,
    run: str | None,
    force: bool,
) -> None:
    """Write one self-contained page: loaded, mined, dropped, audited, trained, measured.

    \b
    Example:
      citemesh report --name demo
    """
    from citemesh.evaluation.report import write_report
    from citemesh.evaluation.report_data import ReportSources

    sources = ReportSources(mined or name, model or name, run or name, audit)
    path = write_report(workspace, sources, force)
    click.echo(f"Next: open {path.as_uri()} in a browser")
