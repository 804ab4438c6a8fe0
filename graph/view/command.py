"""``citemesh graph view``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.view.neighbourhood import Headings


@click.command("view")
@click.argument("pmid", type=click.IntRange(min=1))
@click.option(
    "--hops",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="How many citations away, in either direction, papers are shown.",
)
@click.option(
    "--headings",
    type=click.Choice(["major", "all", "none"]),
    default="major",
    show_default=True,
    help="Which MeSH headings of the papers are shown; all leaves check tags out.",
)
@click.option(
    "--limit",
    type=click.IntRange(2, 2000),
    default=300,
    show_default=True,
    help="The most papers and headings together; the page says what was left out.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML file to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@click.pass_obj
def view(
    workspace: Workspace, pmid: int, hops: int, headings: Headings, limit: int, out: Path,
    force: bool,
) -> None:  # fmt: skip
    """Draw a paper, what it cites, what cites it and their headings, as one HTML page.

    The page needs no network and holds titles of the papers. Where there is more than the limit,
    documents are kept first, then papers tied to more of the shown ones, then the most cited.

    \b
    Example:
      citemesh graph view 408179 --hops 1 --out page.html
    """
    from citemesh.errors import InputError, OutputExistsError
    from citemesh.graph.state import open_loaded_graph
    from citemesh.graph.view.view import view as draw_view
    from citemesh.outputs import write_text
    from citemesh.progress import step

    if out.exists() and not force:
        raise OutputExistsError(
            f"The file {out} is there already.", "Add --force, or give another with --out."
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"There is no folder {out.parent} to write {out.name} into.", "Make it.")
    with open_loaded_graph(workspace) as client, step(f"Drawing PMID {pmid}"):
        page = draw_view(client, pmid, hops, limit, headings)
    write_text(out, page)
    click.echo(f"Wrote {out} ({len(page) / 1e6:.1f} MB).")
    click.echo("Next: open it in a browser")
