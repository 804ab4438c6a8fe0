"""Printing rows: as a table for people or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def format_option(command: _Command) -> _Command:
    """Add ``--format table|json`` to a command that prints rows."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="A table for people or JSON for programs.",
    )(command)


def print_rows(rows: Sequence[Mapping[str, Any]], output_format: str) -> None:
    """Print rows to stdout in the format that ``--format`` names."""
    if output_format == "json":
        click.echo(json.dumps(list(rows), indent=2, default=str))
    else:
        click.echo(render_table(rows))


def render_table(
    rows: Sequence[Mapping[str, Any]], *, thousands: bool = True, widest: int | None = None
) -> str:
    """Lay rows out in columns, numbers to the right.

    Args:
        rows: mappings with the same keys.
        thousands: separate the thousands of integers; false where they may be identifiers.
        widest: characters of a cell that are shown; None for all.
    """
    if not rows:
        return "(nothing)"
    columns = list(rows[0])
    cells = [[_cell(row.get(column), thousands, widest) for column in columns] for row in rows]
    numeric = [
        all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns
    ]
    widths = [max(len(line[i]) for line in [columns, *cells]) for i in range(len(columns))]

    def line(texts: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([line(columns), rule, *(line(row) for row in cells)])


def _cell(value: object, thousands: bool, widest: int | None) -> str:
    # Line breaks and control characters in a text would break the table, or the terminal.
    text = "".join(c if c.isprintable() else " " for c in _as_text(value, thousands))
    return text if widest is None or len(text) <= widest else f"{text[: widest - 1]}…"


def _as_text(value: object, thousands: bool) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if thousands else str(value)
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "; ".join(_as_text(item, thousands) for item in value)  # names hold commas
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
