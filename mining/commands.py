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
    help="A strategy and how many negatives per anchor; repeat it to mix. Known: cited, two_hop, "
    "cocited, coupled, sibling, random, lexical, dense, discordant, band, walk.",
)
@click.option(
    "--set",
    "parameters",
    multiple=True,
    metavar="STRATEGY.NAME=VALUE",
    help="A parameter of a strategy, such as coupled.hub=500; may be repeated.",
)
@click.option(
    "--band", metavar="LOW:HIGH", help="How many articles lie between, for cocited and coupled."
)
@click.option(
    "--anchors",
    default="titles",
    show_default=True,
    metavar="KIND|PATH",
    help="What the queries are. titles: each document's title, its own abstract the positive; "
    "citations: each paper's title, what it cites the positives; mesh: headings, papers about them "
    "the positives; or a path to your own: a BEIR folder, a TSV or a JSON lines file.",
)
@click.option(
    "--qrels",
    multiple=True,
    metavar="SPLIT",
    help="Which judgments of a BEIR folder are read, such as train; may be repeated.",
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="KEY=VALUE",
    help="Which articles may be anchors (negatives are not filtered): year=1977:1979, heading=NAME "
    "or UI with all below it, journal=, language=, publication-type=. Repeat it: one match within "
    "a key is enough, every key must match.",
)
@click.option(
    "--model",
    help="What encodes texts for dense, discordant, walk and --margin: a sentence-transformers "
    "model on the hub, its folder, or the name of one trained here.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True),
    help="Drop candidates that --model scores above this share of the best known positive's "
    "score, such as 0.95; costs encoding, so it is off unless given.",
)
@click.option(
    "--cross-encoder",
    metavar="MODEL",
    help="Drop candidates by the same rule, with the scores of a cross-encoder; the share is that "
    "of --margin, 0.95 without.",
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
@click.option(
    "--max-cocitations",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Drop candidates that more articles than this cite together with a known positive.",
)
@click.option(
    "--no-guard",
    "guards_off",
    multiple=True,
    metavar="GUARD",
    help="Do not ask this guard; docs/strategies.md lists them. May be repeated.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "cypher", "arrays"]),
    default="auto",
    show_default=True,
    help="Ask the server in Cypher, or arrays read from it; auto: arrays from 5,000 anchors on.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes for arrays; all CPUs when left out."
)
@click.option("--scheduler", help="A Dask scheduler instead, such as tcp://host:8786, or local.")
@click.option("--name", default="default", show_default=True, help="Name of the mined set.")
@click.option("--force", is_flag=True, help="Replace a mined set of that name.")
@format_option
@click.pass_obj
def mine(
    workspace: Workspace,
    strategies: tuple[str, ...],
    parameters: tuple[str, ...],
    band: str | None,
    anchors: str,
    qrels: tuple[str, ...],
    filters: tuple[str, ...],
    model: str | None,
    margin: float | None,
    cross_encoder: str | None,
    limit: int | None,
    deny: tuple[Path, ...],
    max_siml: float,
    max_cocitations: int,
    guards_off: tuple[str, ...],
    engine: str,
    workers: int | None,
    scheduler: str | None,
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
    from citemesh.mining.guards import checked_guard_names
    from citemesh.mining.mine import mine as mine_negatives
    from citemesh.mining.settings import MiningSettings, parse_parameters, parse_quotas

    quotas = parse_quotas(strategies)
    settings = MiningSettings(
        quotas, parse_parameters(parameters, band, quotas), max_siml, max_cocitations,
        checked_guard_names(guards_off), limit, deny, engine, anchors, qrels, filters,
        model, margin, cross_encoder,
    )  # fmt: skip
    summary = mine_negatives(workspace, settings, name, force, workers, scheduler)
    print_rows(summary_rows(summary.drops), output_format)
    if output_format == "json":
        return
    click.echo()
    print_rows(dropped_rows(summary.drops), output_format)
    _print_examples(workspace, name, [strategy for strategy, _ in quotas])
    click.echo(f"\n{summary.negatives:,} negatives for {summary.anchors:,} anchors.")
    _print_left_out(summary)
    if summary.negatives:
        click.echo(f"Next: citemesh export {name}")
    else:
        click.echo("The tables above say why. Next: other strategies, --set, --band or --no-guard.")


def _print_left_out(summary: MinedSummary) -> None:
    if summary.unknown_count:
        more = " …" if summary.unknown_count > len(summary.unknown) else ""
        listed = ", ".join(map(str, summary.unknown))
        click.echo(f"{summary.unknown_count:,} PMIDs are not in the graph: {listed}{more}")
    if summary.skipped:
        click.echo(f"{summary.skipped:,} queries were skipped: there is nothing to start from.")


def _print_examples(workspace: Workspace, name: str, strategies: list[str]) -> None:
    """The first picks of each strategy."""
    from citemesh.mining.examples import first_examples

    for strategy, examples in first_examples(workspace, name, strategies).items():
        click.echo(f"\nExamples of {strategy}:")
        for example in examples:
            click.echo(f"  query     {example.anchor.query}")
            click.echo(f"  negative  {example.title}  (PMID {example.negative.negative_pmid})")
            click.echo(f"  why       {example.negative.reason}\n")
