"""``citemesh graph download``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.download.download import Report
    from citemesh.graph.download.sources import Source

#: Files that the next command names; with more it shows a pattern.
_FILES_NAMED = 3
_MESH_KINDS = ("desc", "supp")
_OPTION_OF = {"--files": "pubmed", "--what": "mesh", "--url": "icite"}


@click.command("download")
@click.argument(
    "source", metavar="pubmed|mesh|icite", type=click.Choice(["pubmed", "mesh", "icite"])
)
@click.option(
    "--files", metavar="NUMBERS", help="PubMed: numbers and ranges, 1-3,7,1335- (`1-` is all)."
)
@click.option(
    "--year",
    type=click.IntRange(2000, 2099),
    help="PubMed: of the baseline. MeSH: of the headings. iCite: of the snapshot (the newest when "
    "left out).",
)
@click.option(
    "--what",
    "kinds",
    multiple=True,
    type=click.Choice(_MESH_KINDS),
    help="MeSH: descriptors or supplementary records; both when left out.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    show_default="WORKSPACE/downloads",
    help="The folder for the files.",
)
@click.option(
    "--parallel",
    type=click.IntRange(1, 16),
    default=3,
    show_default=True,
    help="Files at a time; the NLM asks for few.",
)
@click.option("--refresh", is_flag=True, help="Ask about files that are there already, too.")
@click.option(
    "--base-url", metavar="URL", help="A mirror of the NLM's (or figshare's API's) folder."
)
@click.option("--url", help="iCite: the address of the zip itself.")
@click.pass_obj
def download(
    workspace: Workspace, source: str, files: str | None, year: int | None, kinds: tuple[str, ...],
    out: Path | None, parallel: int, refresh: bool, base_url: str | None, url: str | None,
) -> None:  # fmt: skip
    """Fetch PubMed files, MeSH or iCite's citations, checked, and continued after a break.

    Files that are there already are checked against their MD5 without a network.

    \b
    Example:
      citemesh graph download pubmed --files 1-3 --year 2026
      citemesh graph download mesh --year 2026 --what desc
      citemesh graph download icite
    """
    from citemesh.graph.download.download import Options
    from citemesh.graph.download.download import download as download_source

    _check_options(source, {"--files": files, "--what": kinds, "--url": url})
    place = _source(source, files, year, kinds, base_url, url)
    folder = out or workspace.downloads
    report = download_source(folder, place, Options(parallel, refresh))
    _tell(report, folder)
    report.raise_for_failures()
    click.echo(f"Next: {_next_command(source, [arrived.path for arrived in report.arrived])}")


def _check_options(source: str, given: Mapping[str, object]) -> None:
    """Refuse an option that means nothing for what is fetched."""
    for option, value in given.items():
        if value and _OPTION_OF[option] != source:
            raise click.UsageError(f"{option} is for {_OPTION_OF[option]}, not for {source}.")


def _source(
    source: str, files: str | None, year: int | None, kinds: tuple[str, ...],
    base_url: str | None, url: str | None,
) -> Source:  # fmt: skip
    from citemesh.graph.download.icite import FIGSHARE_URL, IciteSource
    from citemesh.graph.download.numbers import parse_numbers
    from citemesh.graph.download.sources import MESH_URL, PUBMED_URL, MeshSource, PubmedSource

    if source == "icite":
        return IciteSource(year, url, base_url or FIGSHARE_URL)
    if year is None:
        raise click.UsageError(f"{source} needs a --year, such as --year 2026.")
    if source == "mesh":
        return MeshSource(year, kinds or _MESH_KINDS, base_url or MESH_URL)
    if files is None:
        raise click.UsageError("pubmed needs --files, such as --files 1-3; --files 1- is all.")
    return PubmedSource(year, parse_numbers(files), base_url or PUBMED_URL)


def _tell(report: Report, folder: Path) -> None:
    from citemesh.graph.download.transfer import State

    parts = [f"{count:,} {state.value}" for state in State if (count := report.count(state))]
    size = sum(arrived.size for arrived in report.arrived)
    if parts:
        click.echo(f"{folder}: {', '.join(parts)} ({size / 1e6:,.1f} MB).")
    if report.count(State.KEPT):
        click.echo("What was there already was not asked for again; --refresh asks.")


def _next_command(source: str, paths: Sequence[Path]) -> str:
    if source == "pubmed":
        return f"citemesh graph load {_named(paths)}"
    option = {"mesh": "--mesh", "icite": "--citations"}[source]
    return f"citemesh graph load FILES {' '.join(f'{option} {shlex.quote(str(p))}' for p in paths)}"


def _named(paths: Sequence[Path]) -> str:
    if len(paths) <= _FILES_NAMED:
        return shlex.join(map(str, paths))
    return f"{shlex.quote(str(paths[0].parent))}/{paths[0].name[:9]}*.xml.gz"
