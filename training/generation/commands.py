"""``citemesh queries``: make queries from documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace


@click.group()
def queries() -> None:
    """Generate queries from documents, to mine and train with.

    \b
    Example:
      citemesh queries generate --type titles --no-filter
    """


@queries.command()
@click.option(
    "--type",
    "types",
    multiple=True,
    default=("titles",),
    show_default=True,
    metavar="TYPE|FILE",
    help="A type of query; repeat it for several per document. titles: the document's own; "
    "doc2query: what a seq2seq model writes for the abstract; instruct:KIND: what a causal model "
    "writes when asked for a question, claim, keywords or title; or a file or BEIR folder of your "
    "own queries with their PMIDs, which --limit leaves alone.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    help="What generates: a folder or hub name; may be given twice, a seq2seq model (for doc2query;"
    " doc2query/all-t5-base-v1 when left out) and a causal one (for instruct).",
)
@click.option(
    "--per-document",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Queries per document of each generated type; more than one are sampled.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0),
    help="Of sampling; 0 takes the likeliest words.  [default: 0 for one per document, else 1]",
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="At most this many documents, always the same."
)
@click.option(
    "--deny",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of PMIDs to keep out, such as a held-out set's pmids.txt; may be repeated.",
)
@click.option(
    "--filter-model",
    help="The retriever of the round-trip filter: a sentence-transformers model's folder, the name "
    "of one trained here, or a hub name. It encodes all documents, once.",
)
@click.option(
    "--keep-top",
    type=click.IntRange(min=1),
    help="Keep a query when its own document is among so many first ones.  [default: 20]",
)
@click.option("--no-filter", is_flag=True, help="Keep queries wherever they lead.")
@click.option("--seed", type=int, default=42, show_default=True, help="Of sampling.")
@click.option("--name", default="default", show_default=True, help="Name of the set of queries.")
@click.option("--force", is_flag=True, help="Replace a set of that name.")
@format_option
@click.pass_obj
def generate(
    workspace: Workspace,
    /,
    no_filter: bool,
    keep_top: int | None,
    name: str,
    force: bool,
    output_format: str,
    **options: Any,
) -> None:
    """Generate queries from documents, and keep those that lead back to them.

    A query is kept when --filter-model finds its own document among the first --keep-top of the
    corpus (titles search in abstracts alone, which do not hold them). Texts that come up for
    several documents are dropped. What was dropped and why is in dropped.jsonl and drops.json.
    Stopped, the same command goes on after the last finished documents.

    \b
    Example:
      citemesh queries generate --type titles --type doc2query --filter-model MiniLM
      citemesh queries generate --type instruct:question --model ./SmolLM2 --no-filter
    """
    from citemesh.errors import SettingsError
    from citemesh.training.generation.generate import generate_queries
    from citemesh.training.generation.settings import KEEP_TOP, GenerationSettings
    from citemesh.training.generation.statistics import QUERIES_FILE, statistic_rows

    if no_filter and (options["filter_model"] or keep_top):
        raise SettingsError("--no-filter goes with neither --filter-model nor --keep-top.")
    if not no_filter and not options["filter_model"]:
        raise SettingsError(
            "The round-trip filter needs a retriever.",
            "Give one, such as --filter-model sentence-transformers/all-MiniLM-L6-v2, or"
            " --no-filter.",
        )
    settings = GenerationSettings(keep_top=keep_top or KEEP_TOP, **options)
    statistics = generate_queries(workspace, settings, name, force)
    print_rows(statistic_rows(statistics), output_format)
    if output_format == "json":
        return
    kept = sum(own.kept for own in statistics.values())
    file = workspace.queries(name) / QUERIES_FILE
    click.echo(f"\n{kept:,} queries: {file}")
    if kept:
        deny = "".join(f" --deny {path}" for path in settings.deny)
        click.echo(f"Next: citemesh mine --anchors {file}{deny} --strategy sibling=4")
    else:
        click.echo("The table above says why. Next: other types, --model or --keep-top.")
