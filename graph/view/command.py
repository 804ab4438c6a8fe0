"""``citemesh graph view``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.view.neighbourhood import Headings


@click.command("view")
@click.argument("pmid", type=click.IntRange(min=1), required=False)
@click.option(
    "--pair",
    type=click.IntRange(min=1),
    nargs=2,
    metavar="A B",
    help="Draw what ties two papers, in place of what lies around one.",
)
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
    workspace: Workspace, pmid: int | None, pair: tuple[int, int] | None, hops: int,
    headings: Headings, limit: int, out: Path, force: bool,
) -> None:  # fmt: skip
    """Draw a paper, what it cites, what cites it and their headings, as one HTML page.

    With --pair: two papers, citations between them, the papers that both cite, that cite both or
    stand between them, the headings of both, and the nearest one above a major heading of each.

    The page needs no network and holds titles of the papers. Where there is more than the limit,
    documents are kept first, then papers tied to more of the shown ones, then the most cited.

    \b
    Example:
      citemesh graph view 408179 --hops 1 --out page.html
      citemesh graph view --pair 407250 412786 --out pair.html
    """
    from citemesh.graph.state import open_loaded_graph
    from citemesh.graph.view.view import view as draw_view
    from citemesh.graph.view.view import view_pair
    from citemesh.outputs import write_text
    from citemesh.progress import step

    _check_question(pmid, pair)
    _check_out(out, force)
    with open_loaded_graph(workspace) as client:
        if pair:
            with step(f"Drawing PMID {pair[0]} and PMID {pair[1]}"):
                page = view_pair(client, *pair, limit)
        elif pmid:
            with step(f"Drawing PMID {pmid}"):
                page = draw_view(client, pmid, hops, limit, headings)
    write_text(out, page)
    click.echo(f"Wrote {out} ({len(page) / 1e6:.1f} MB).")
    click.echo("Next: open it in a browser")


def _check_question(pmid: int | None, pair: tuple[int, int] | None) -> None:
    from citemesh.errors import SettingsError

    if pmid and pair:
        raise SettingsError("Both a PMID and --pair were given.", "Give one of them.")
    if not pmid and not pair:
        raise SettingsError("No paper was given.", "Give a PMID, or two of them with --pair.")
    for name in ("hops", "headings"):
        source = click.get_current_context().get_parameter_source(name)
        if pair and source is not ParameterSource.DEFAULT:
            raise SettingsError(f"--{name} is for one paper, not for --pair.", "Leave it away.")


def _check_out(out: Path, force: bool) -> None:
    from citemesh.errors import InputError, OutputExistsError

    if out.exists() and not force:
        raise OutputExistsError(
            f"The file {out} is there already.", "Add --force, or give another with --out."
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"There is no folder {out.parent} to write {out.name} into.", "Make it.")
