"""``citemesh holdout``: set documents aside as evaluation tasks, before mining."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.option(
    "--documents",
    type=click.IntRange(min=10),
    default=2_000,
    show_default=True,
    help="Documents that the tasks search in; all are kept out of training.",
)
@click.option(
    "--queries",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    help="At most this many queries per task.",
)
@click.option("--name", default="default", show_default=True, help="Name of the tasks.")
@click.option("--force", is_flag=True, help="Replace tasks of that name.")
@click.pass_obj
def holdout(workspace: Workspace, documents: int, queries: int, name: str, force: bool) -> None:
    """Hold documents out as two evaluation tasks, before mining.

    The tasks are title → own abstract and title → cited abstracts. Give the list of PMIDs to
    `mine --deny`.

    \b
    Example:
      citemesh holdout --documents 2000
    """
    from citemesh.evaluation.holdout import PMIDS_FILE, HoldoutSettings, hold_out

    manifest = hold_out(workspace, HoldoutSettings(documents, queries), name, force)
    folder = workspace.tasks(name)
    for what, count in manifest.counts.items():
        click.echo(f"{what}: {count:,}" + ("" if what == "documents" else " queries"))
    click.echo(f"Next: citemesh mine --deny {folder / PMIDS_FILE} --strategy sibling=4")
