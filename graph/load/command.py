"""``citemesh graph load`` and ``citemesh graph update``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.load.source import GraphInputs
    from citemesh.manifest import Manifest

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _input_options(command: _Command) -> _Command:
    """Add what loading and updating take alike."""
    options = (
        click.option(
            "--citations", multiple=True, metavar="[SOURCE=]FILE",
            help="More citations: iCite's CSV or zip, or a list of two columns, tagged with SOURCE "
            "(default: icite, or the file's name). Can be given several times.",
        ),
        click.option(
            "--workers", type=click.IntRange(min=1),
            help="Processes that parse; one per core when left out.",
        ),
        click.option(
            "--scheduler", metavar="ADDRESS",
            help="Let a Dask cluster parse: its address, or `local`.",
        ),
    )  # fmt: skip
    for option in options:
        command = option(command)
    return command


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--mesh", multiple=True, type=click.Path(path_type=Path),
    help="MeSH: descriptor XML (and supplementary XML), d*.bin with mtrees*.bin, or our table. "
    "The MeSH 2024 table that the package carries when left out.",
)  # fmt: skip
@click.option(
    "--mesh-year", type=click.IntRange(min=1960), help="The MeSH year, where its files lack it."
)
@_input_options
@click.option("--force", is_flag=True, help="Replace the graph that is there.")
@click.pass_obj
def load(
    workspace: Workspace, files: tuple[Path, ...], mesh: tuple[Path, ...], mesh_year: int | None,
    citations: tuple[str, ...], workers: int | None, scheduler: str | None, force: bool,
) -> None:  # fmt: skip
    """Load PubMed XML files, citations and MeSH into the graph, and the texts into the corpus.

    Files that were parsed before are not parsed again. The graph that is there stays as it was
    until the new one is whole.

    \b
    Example:
      citemesh graph load pubmed20n0014.xml.gz
      citemesh graph load pubmed26n*.xml.gz --mesh desc2026.gz --citations open_citations.zip
    """
    from citemesh.graph.load.load import load as load_graph

    inputs = replace(_inputs(files, citations, workers, scheduler), mesh=mesh, mesh_year=mesh_year)
    manifest = load_graph(workspace, inputs, force)
    _tell("The graph holds", manifest)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_input_options
@click.pass_obj
def update(
    workspace: Workspace, files: tuple[Path, ...], citations: tuple[str, ...],
    workers: int | None, scheduler: str | None,
) -> None:  # fmt: skip
    """Add PubMed update files, or citations, to the graph that is there.

    The order of files does not matter: of each PMID the newest file has the last word, by NLM's
    numbers. Files that are in already are passed over. Run it again, with or without FILES, to
    finish an update that was interrupted.

    \b
    Example:
      citemesh graph update pubmed26n1335.xml.gz pubmed26n1336.xml.gz
    """
    from citemesh.graph.load.update import update as update_graph

    manifest = update_graph(workspace, _inputs(files, citations, workers, scheduler))
    _tell("The graph now holds", manifest)


def _inputs(
    files: tuple[Path, ...], citations: tuple[str, ...], workers: int | None,
    scheduler: str | None,
) -> GraphInputs:  # fmt: skip
    from citemesh.graph.citations.files import citation_file
    from citemesh.graph.load.source import GraphInputs

    parsed = [citation_file(text) for text in citations]
    return GraphInputs(files, parsed, workers=workers, scheduler=scheduler)


def _tell(beginning: str, manifest: Manifest) -> None:
    counts = manifest.counts
    click.echo(
        f"{beginning} {counts['records']:,} records, {counts['documents']:,} of them documents "
        f"with title and abstract; {counts['CITES']:,} citations, {counts['HAS_MESH']:,} headings."
    )
    for reason, number in manifest.dropped.items():
        click.echo(f"Left out: {number:,} {reason}.")
    click.echo("Next: citemesh graph stats")
