"""``citemesh export``: a mined set as training data."""

from __future__ import annotations

import click

from citemesh.workspace import Workspace


@click.command()
@click.argument("mined", default="default")
@click.option(
    "--format",
    "trainer",
    type=click.Choice(["sentence-transformers", "flagembedding", "tevatron", "beir", "jsonl"]),
    default="sentence-transformers",
    show_default=True,
    help="The trainer that reads it; jsonl is plain, with all evidence.",
)
@click.option(
    "--layout",
    type=click.Choice(["n-tuple", "triplet", "pair", "ids", "passages"]),
    help="sentence-transformers: n-tuple (one row per anchor with all negatives, the default), "
    "triplet (one row per negative), pair, or ids with the texts beside them. tevatron: passages "
    "(the default) or ids.",
)
@click.option(
    "--negatives",
    type=click.IntRange(min=1),
    help="Negatives per row of an n-tuple, 4 when left out; anchors with fewer are left out and "
    "counted. In other layouts at most so many per anchor, all when left out.",
)
@click.option(
    "--passages",
    type=click.Choice(["abstract", "title-abstract"]),
    help="What of a paper is its passage. When left out: for title anchors the abstract alone, "
    "since a title would answer its own query by being copied; title and abstract for all others.",
)
@click.option(
    "--shard-rows",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="Rows per file, at most.",
)
@click.option(
    "--dev",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of the anchors that is set apart as a dev part, which shares no query and no paper "
    "with the training part.",
)
@click.option("--seed", default=0, show_default=True, help="Of the choice of the dev part.")
@click.option("--name", help="Name of the export; that of the mined set when left out.")
@click.option("--force", is_flag=True, help="Replace an export of that name.")
@click.pass_obj
def export(
    workspace: Workspace,
    mined: str,
    trainer: str,
    layout: str | None,
    negatives: int | None,
    passages: str | None,
    shard_rows: int,
    dev: float,
    seed: int,
    name: str | None,
    force: bool,
) -> None:
    """Export a mined set for a trainer, with ids kept beside texts.

    \b
    Example:
      citemesh export default --layout triplet --name triplets
      citemesh export default --format flagembedding --dev 0.05 --name for-bge
    """
    from citemesh.mining.export import ExportSettings
    from citemesh.mining.export import export as export_mined

    name = name or mined
    settings = ExportSettings(trainer, layout, negatives, passages, shard_rows, dev, seed)
    manifest = export_mined(workspace, mined, settings, name, force)
    click.echo(f"{manifest.counts['rows']:,} rows in {workspace.export(name)}")
    if dev:
        click.echo(f"{manifest.counts['dev rows']:,} rows in its dev part")
    for reason, count in manifest.dropped.items():
        click.echo(f"Left out: {count:,} {reason}.")
    if trainer == "sentence-transformers" and layout != "ids":
        click.echo(f"Next: citemesh train --recipe citemesh --data {name} --base MODEL")
    else:
        click.echo(f"Next: see docs/exports.md for how {trainer} reads it.")
