"""Named queries: each Cypher text lies in a file of its own, with a header that tests check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from citemesh.errors import InputError

#: Rooms that hold Cypher files.
ROOMS = ("graph", "mining")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = ("params", "returns", "uses index", "allows")


@dataclass(frozen=True)
class NamedQuery:
    """A Cypher query and what its header says of it.

    Args:
        name: the file's stem.
        purpose: what it answers, in a sentence.
        params: parameter names to their types.
        returns: the columns, or ``nothing``.
        uses_index: the constraint or index it starts from, or ``none``.
        allows: a plan operator that it may contain although it scans, with the reason after a
            dash; empty for most.
        text: the Cypher without the header.
    """

    name: str
    purpose: str
    params: dict[str, str]
    returns: str
    uses_index: str
    allows: str
    text: str


@cache
def named_query(room: str, name: str) -> NamedQuery:
    """Read the query ``NAME.cypher`` of a room.

    Raises:
        InputError: when there is no such query, or its header is not as it must be.
    """
    if name not in query_names(room):
        raise InputError(f"There is no query {name!r} in {room}.", "See docs/cypher.md.")
    folder = resources.files(f"citemesh.{room}.queries")
    return parse_query(name, folder.joinpath(f"{name}.cypher").read_text(encoding="utf-8"))


@cache
def query_names(room: str) -> tuple[str, ...]:
    """The names of all queries of a room, sorted."""
    files = resources.files(f"citemesh.{room}.queries").iterdir()
    return tuple(sorted(f.name[:-7] for f in files if f.name.endswith(".cypher")))


def parse_query(name: str, content: str) -> NamedQuery:
    """Split a Cypher file into header and text.

    The header is a block of ``//`` lines: the purpose, then ``params:``, ``returns:``,
    ``uses index:`` and, where a scan is meant, ``allows:``.

    Raises:
        InputError: when the name or the header is not as it must be.
    """
    lines = content.splitlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header = [line.removeprefix("//").strip() for line in lines[:length]]
    fields: dict[str, str] = {}
    purpose: list[str] = []
    for line in header:
        field, colon, value = line.partition(":")
        if colon and field in _FIELDS:
            fields[field] = value.strip()
        elif not fields:
            purpose.append(line)
        else:  # a field goes on in the next line
            fields[list(fields)[-1]] += f" {line}"
    if not _NAME.fullmatch(name) or not purpose or not {*_FIELDS[:3]} <= set(fields):
        raise InputError(f"{name}.cypher lacks a part of its header: purpose, {_FIELDS[:3]}.")
    return NamedQuery(
        name=name,
        purpose=" ".join(purpose),
        params=_parse_params(fields["params"]),
        returns=fields["returns"],
        uses_index=fields["uses index"],
        allows=fields.get("allows", ""),
        text="\n".join(lines[length:]).strip(),
    )


def _parse_params(text: str) -> dict[str, str]:
    if text == "none":
        return {}
    return dict(part.strip().split(" ", 1) for part in text.split(","))
