"""``citemesh mine``: mine hard negatives, each with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.mining.miner import MinedSummary


@click.command()
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="NAME=N",
    help="A strategy and how many negatives per anchor; repeat it to mix. Known: cited, sibling.",
)
@click.option(
    "--anchors",
    type=click.Choice(["titles"]),
    default="titles",
    show_default=True,
    help="What the queries are: each document's title, with its own abstract as the positive.",
)
@click.option("--limit", type=click.IntRange(min=1), help="At most this many anchors.")
@click.option(
    "--deny",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of PMIDs to keep out, such as a held-out set's pmids.txt; may be repeated.",
)
@click.option(
    "--max-siml",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="Drop candidates whose MeSH similarity with the anchor is above this (BioHiCL's β).",
)
@click.option("--name", default="default", show_default=True, help="Name of the mined set.")
@click.option("--force", is_flag=True, help="Replace a mined set of that name.")
@format_option
@click.pass_obj
def mine(
    workspace: Workspace,
    strategies: tuple[str, ...],
    anchors: str,
    limit: int | None,
    deny: tuple[Path, ...],
    max_siml: float,
    name: str,
    force: bool,
    output_format: str,
) -> None:
    """Mine hard negatives from the graph, each with its evidence.

    Candidates that are probably relevant are dropped by guards, and the drops are counted. A
    shortage is reported, never filled with something else.

    \b
    Example:
      citemesh mine --anchors titles --strategy cited=2 --strategy sibling=4
    """
    from citemesh.mining.drop_report import dropped_rows, summary_rows
    from citemesh.mining.mine import MiningSettings, parse_quotas
    from citemesh.mining.mine import mine as mine_negatives

    settings = MiningSettings(parse_quotas(strategies), max_siml, limit, deny)
    summary = mine_negatives(workspace, settings, name, force)
    print_rows(summary_rows(summary.drops), output_format)
    if output_format == "json":
        return
    click.echo()
    print_rows(dropped_rows(summary.drops), output_format)
    _print_examples(summary)
    click.echo(f"\n{summary.negatives:,} negatives for {summary.anchors:,} anchors.")
    click.echo(f"Next: citemesh export {name}")


def _print_examples(summary: MinedSummary) -> None:
    for strategy, examples in summary.examples.items():
        click.echo(f"\nExamples of {strategy}:")
        for example in examples:
            click.echo(f"  query     {example.query}")
            click.echo(f"  negative  {example.title}  (PMID {example.negative.negative_pmid})")
            click.echo(f"  why       {example.negative.reason}\n")
