"""``citemesh audit page``: a page in which a person reviews negatives."""

from __future__ import annotations

from pathlib import Path

import click

from citemesh.workspace import Workspace


@click.command("page")
@click.argument("name")
@click.option(
    "--sample",
    type=click.IntRange(1, 5000),
    default=200,
    show_default=True,
    help="How many negatives, some of each strategy and verdict.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="All negatives instead of a sample; a sample of 5,000 where there are more.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the draw; a greater sample of the same seed holds the smaller one.",
)
@click.option(
    "--verdict",
    "verdicts",
    type=click.Choice(["reject", "likely_false_negative", "ambiguous", "clean"]),
    multiple=True,
    help="Only negatives with this verdict; may be repeated.",
)
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="NAME",
    help="Only negatives that this strategy found; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML file to write; page.html in the audit's folder when left out.",
)
@click.option("--force", is_flag=True, help="Replace a page that is there already.")
@click.pass_obj
def page(
    workspace: Workspace, name: str, sample: int, everything: bool, seed: int,
    verdicts: tuple[str, ...], strategies: tuple[str, ...], out: Path | None, force: bool,
) -> None:  # fmt: skip
    """Write a page in which a person says which negatives of an audit are relevant.

    It opens from disk, needs no network and holds titles and abstracts. The labels are kept in the
    browser and downloaded as a JSON lines file.

    \b
    Example:
      citemesh audit page default --sample 200
    """
    from citemesh.mining.audit.page.page import write_page
    from citemesh.mining.audit.page.settings import PageSettings

    settings = PageSettings(None if everything else sample, seed, verdicts, strategies, out)
    path = write_page(workspace, name, settings, force)
    click.echo(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB).")
    click.echo("Next: open it in a browser, label, and download the labels.")
    click.echo(_then(workspace, name))


def _then(workspace: Workspace, name: str) -> str:
    """What is done with the labels: a mined set takes them back, a file of one's own does not."""
    from citemesh.manifest import read_manifest
    from citemesh.mining.audit.verdicts import MANIFEST_KIND
    from citemesh.mining.negatives import NEGATIVES_FILE

    audit = read_manifest(workspace.audit(name), MANIFEST_KIND, f"citemesh audit run {name}")
    mined = str(audit.settings["audited"])
    # A user's file may have the name of a mined set: the audit says what it read.
    of_mined = f"{mined}/{NEGATIVES_FILE}" in audit.inputs
    if of_mined and (workspace.root / "mined" / mined).is_dir():
        return (
            f"Then, with the files as downloaded: citemesh audit apply {mined} labels-{name}.jsonl"
        )
    return "Their lines name query_id, negative_pmid and label: use them on your own file."
