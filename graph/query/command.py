"""``citemesh graph query``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.query.query import Answer, Question

_FORMATS = ("table", "csv", "jsonl", "parquet")
#: What a shell calls a program that Ctrl-C has ended.
_INTERRUPTED = 130


@click.command("query")
@click.argument("name", required=False)
@click.option("--cypher", metavar="TEXT", help="Your own Cypher; - reads it from stdin.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter's value.")
@click.option(
    "--format", "output_format", type=click.Choice(_FORMATS),
    help="table (the default), csv, jsonl or parquet; without it, --out's ending decides.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout."
)
@click.option("--limit", type=click.IntRange(min=1), help="Rows at most.")
@click.option("--write", is_flag=True, help="Let your own Cypher change the graph.")
@click.option("--force", is_flag=True, help="Replace the file that --out names.")
@click.pass_obj
def query(
    workspace: Workspace, name: str | None, cypher: str | None, params: tuple[str, ...],
    output_format: str | None, out: Path | None, limit: int | None, write: bool, force: bool,
) -> None:  # fmt: skip
    """List the named queries, run one, or run your own Cypher; read-only without --write.

    Values of a named query are typed as it declares, a list is a,b,c. Values for --cypher are JSON
    where they are JSON, else text. docs/cookbook.md shows every named query with its output.

    \b
    Example:
      citemesh graph query
      citemesh graph query most_cited_under --param heading=Malaria --param below=true
      citemesh graph query headings_of --param pmid=407250 --format csv --out headings.csv
      citemesh graph query --cypher - --param pmid=407250 < mine.cypher
    """
    from citemesh.errors import SettingsError

    if name and cypher is not None:
        raise SettingsError("Both a query's name and --cypher were given.", "Give one of them.")
    if write and cypher is None:
        raise SettingsError("--write is for --cypher; named queries only read.", "Leave it away.")
    if not name and cypher is None:
        _list_queries()
        return
    question = _named(name, params, limit) if name else _own(cypher or "", params, limit, write)
    output_format = _format_of(output_format, out)
    try:
        _run(workspace, question, output_format, out, force)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader (as `head`) has what it wanted. Python must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list_queries() -> None:
    from citemesh.graph.cypher import named_query, query_names

    for name in query_names("cookbook"):
        query = named_query("cookbook", name)
        click.secho(name, bold=True)
        for text in (query.purpose, f"takes: {query.takes}"):
            click.echo(click.wrap_text(text, 100, initial_indent="    ", subsequent_indent="    "))
    click.echo("Next: citemesh graph query most_cited_under --param heading=Malaria")


def _named(name: str, params: tuple[str, ...], limit: int | None) -> Question:
    from citemesh.graph.cypher import named_query
    from citemesh.graph.query.params import split_assignments, typed_params
    from citemesh.graph.query.query import Question

    query = named_query("cookbook", name)
    given = split_assignments(params)
    if limit is not None and "limit" in query.params:
        given.setdefault("limit", str(limit))  # the server need not sort more than is shown
    return Question(query.text, typed_params(query, given), limit=limit, types=query.columns)


def _own(text: str, params: tuple[str, ...], limit: int | None, write: bool) -> Question:
    from citemesh.errors import InputError
    from citemesh.graph.query.params import free_params, split_assignments
    from citemesh.graph.query.query import Question

    if text == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise InputError("The Cypher is empty.", "Say --cypher 'MATCH … RETURN …'.")
    return Question(text, free_params(split_assignments(params)), write=write, limit=limit)


def _format_of(output_format: str | None, out: Path | None) -> str:
    from citemesh.errors import SettingsError

    ending = out.suffix.removeprefix(".") if out else ""
    chosen = output_format or (ending if ending in _FORMATS else "table")
    if chosen == "parquet" and out is None:
        raise SettingsError("Parquet is not for a terminal.", "Add --out FILE.parquet.")
    return chosen


def _run(
    workspace: Workspace, question: Question, output_format: str, out: Path | None, force: bool
) -> None:
    from citemesh.graph.query.output import check_free_file
    from citemesh.graph.query.query import open_for_queries
    from citemesh.progress import say

    if out:
        check_free_file(out, force=force)
    with open_for_queries(workspace) as client, client.ask(question) as answer:
        rows = _write(answer, output_format, out)
    if not rows and "heading" in question.params:
        say("Headings are spelled as in MeSH: citemesh graph query headings_named --param text=…")


def _write(answer: Answer, output_format: str, out: Path | None) -> int:
    from citemesh.graph.query.output import TEXT_WRITERS, write_file
    from citemesh.progress import say

    if out is None:
        rows = TEXT_WRITERS[output_format](answer, sys.stdout)
        sys.stdout.flush()
        return rows
    if output_format == "parquet":
        from citemesh.graph.query.parquet import write_parquet

        rows = write_parquet(answer, out)
    else:
        rows = write_file(answer, out, TEXT_WRITERS[output_format])
    say(f"Wrote {rows:,} rows to {out}.")
    return rows
