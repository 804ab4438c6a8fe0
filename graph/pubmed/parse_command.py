"""``citemesh graph parse``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from citemesh.tables import render_table
from citemesh.workspace import Workspace

#: Files that the next command names; with more it shows where to put them.
_FILES_NAMED = 3


@click.command("parse")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the Parquet tables; it must not be there yet.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    show_default="one per CPU",
    help="Files that are read at a time.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    show_default="processes of this machine",
    help="A Dask scheduler such as tcp://host:8786, or local for a Dask cluster on this machine.",
)
@click.option("--force", is_flag=True, help="Replace the tables of an earlier parse.")
@click.pass_obj
def parse(
    workspace: Workspace,
    files: tuple[Path, ...],
    out: Path,
    workers: int | None,
    scheduler: str | None,
    force: bool,
) -> None:
    """Turn PubMed XML files into Parquet tables, without a graph.

    Files that were read before are not read again, by this command or by `citemesh graph load`.

    \b
    Example:
      citemesh graph parse pubmed20n0014.xml.gz --out tables
      python -c "import pandas; print(pandas.read_parquet('tables/articles.parquet'))"
    """
    from citemesh.graph.pubmed.parse import parse_files

    manifest = parse_files(workspace, files, out, force, workers, scheduler)
    click.echo(render_table([{"what": k, "number": v} for k, v in manifest.counts.items()]))
    if manifest.dropped:
        skipped = [{"left out": k, "number": v} for k, v in manifest.dropped.items()]
        click.echo("\n" + render_table(skipped))
    click.echo(f"\nThe tables are in {out}.")
    click.echo(f"Next: citemesh graph load {_named(files)}")


def _named(files: Sequence[Path]) -> str:
    return shlex.join(map(str, files)) if len(files) <= _FILES_NAMED else "FILE…"
