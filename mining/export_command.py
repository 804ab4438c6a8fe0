"""``citemesh export``: a mined set as training data."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.argument("mined", default="default")
@click.option(
    "--format",
    "trainer",
    type=click.Choice(["sentence-transformers"]),
    default="sentence-transformers",
    show_default=True,
    help="The trainer that reads it.",
)
@click.option(
    "--layout",
    type=click.Choice(["n-tuple", "triplet"]),
    default="n-tuple",
    show_default=True,
    help="One row per anchor with all negatives, or one row per negative.",
)
@click.option(
    "--negatives",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Negatives per row of an n-tuple; anchors with fewer are left out and counted.",
)
@click.option("--name", help="Name of the export; that of the mined set when left out.")
@click.option("--force", is_flag=True, help="Replace an export of that name.")
@click.pass_obj
def export(
    workspace: Workspace,
    mined: str,
    trainer: str,
    layout: str,
    negatives: int,
    name: str | None,
    force: bool,
) -> None:
    """Export a mined set for a trainer, with ids kept beside texts.

    \b
    Example:
      citemesh export default --layout triplet --name triplets
    """
    from citemesh.mining.export import ExportSettings
    from citemesh.mining.export import export as export_mined

    name = name or mined
    manifest = export_mined(workspace, mined, ExportSettings(layout, negatives), name, force)
    click.echo(f"{manifest.counts['rows']:,} rows in {workspace.export(name)}")
    for reason, count in manifest.dropped.items():
        click.echo(f"Left out: {count:,} {reason}.")
    click.echo(f"Next: citemesh train --data {name} --base MODEL")
