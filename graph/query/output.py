"""Answers of a query as a table, CSV or JSON lines; a batch is all that memory ever holds."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from citemesh.errors import OutputExistsError
from citemesh.graph.query.query import Answer
from citemesh.progress import progress_bar, say
from citemesh.tables import render_table

#: Rows that a table shows; more do not help a person, and a table must know its widths first.
TABLE_ROWS = 1000
#: Characters of a cell that a table shows.
_CELL = 80

#: Writes all rows of an answer to a stream; returns how many.
TextWriter = Callable[[Answer, TextIO], int]


def write_table(answer: Answer, stream: TextIO) -> int:
    """Write rows as a table for people, at most `TABLE_ROWS`, and say when there were more."""
    names = answer.columns
    rows = [dict(zip(names, row, strict=True)) for row in islice(answer.rows, TABLE_ROWS)]
    if names:
        stream.write(render_table(rows, thousands=False, widest=_CELL) + "\n")
    if len(rows) == TABLE_ROWS and next(answer.rows, None) is not None:
        say(f"Cut after {TABLE_ROWS} rows; --format csv, jsonl or parquet gives all.")
    return len(rows)


def write_csv(answer: Answer, stream: TextIO) -> int:
    """Write rows as CSV (RFC 4180 quoting, lines end in a line feed) under a line of names.

    Null is an empty field, true and false are words, lists and maps are JSON.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answer.columns)
    count = 0
    for row in answer.rows:
        writer.writerow([_field(value) for value in row])
        count += 1
    return count


def write_jsonl(answer: Answer, stream: TextIO) -> int:
    """Write each row as a JSON object on a line of its own."""
    count = 0
    for row in answer.rows:
        stream.write(json_text(dict(zip(answer.columns, row, strict=True))) + "\n")
        count += 1
    return count


#: Formats of text; ``parquet`` is the one that is not (`query_parquet`).
TEXT_WRITERS: dict[str, TextWriter] = {
    "table": write_table,
    "csv": write_csv,
    "jsonl": write_jsonl,
}


def write_file(answer: Answer, final: Path, write: TextWriter) -> int:
    """Write an answer to a file, with a bar; returns the rows."""
    with (
        counted(answer) as passing,
        whole_file(final) as partial,
        partial.open("w", encoding="utf-8", newline="") as stream,
    ):
        return write(passing, stream)


def check_free_file(final: Path, *, force: bool) -> None:
    """Refuse an output that cannot be written, before the query runs.

    Raises:
        OutputExistsError: when it is there and `force` is false, or is a folder.
    """
    if final.is_dir():
        raise OutputExistsError(f"The output {final} is a folder.", "Name a file.")
    if final.exists() and not force:
        raise OutputExistsError(
            f"The output {final} is there already.", "Add --force to replace it."
        )


@contextmanager
def whole_file(final: Path) -> Iterator[Path]:
    """A partial file to write, which gets the final name only when the block ends well."""
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.with_name(f".{final.name}~{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def counted(answer: Answer) -> Iterator[Answer]:
    """The same answer, its rows counted by a progress bar as they pass."""
    with progress_bar("Writing rows", unit="row", scale=True) as bar:

        def rows() -> Iterator[list[Any]]:
            for row in answer.rows:
                yield row
                bar.update()

        yield Answer(answer.columns, rows(), answer.types)


def json_text(value: object) -> str:
    """Compact JSON; letters beyond ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _field(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_text(value) if isinstance(value, dict | list) else value
