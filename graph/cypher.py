"""Named queries: each Cypher text lies in a file of its own, with a header that tests check."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from citemesh.errors import InputError

#: Rooms that hold Cypher files, and the package where they lie.
ROOMS = {
    "graph": "citemesh.graph.queries",
    "mining": "citemesh.mining.queries",
    "cookbook": "citemesh.graph.cookbook",
}
#: Types that a header may give to a parameter, apart from those that only our own code passes.
PARAM_TYPES = ("integer", "float", "string", "boolean", "list<integer>", "list<string>")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = ("params", "returns", "uses index", "allows", "example")
_NEEDED = _FIELDS[:3]
_WHERE_LISTED = {
    "graph": "See docs/cypher.md.",
    "mining": "See docs/cypher.md.",
    "cookbook": "List them: citemesh graph query",
}


@dataclass(frozen=True, slots=True)
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
        defaults: of the parameters that may be left out, as the header writes them.
        example: values of its parameters that find something in the demo's file.
    """

    name: str
    purpose: str
    params: dict[str, str]
    returns: str
    uses_index: str
    allows: str
    text: str
    defaults: dict[str, str] = field(default_factory=dict)
    example: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The columns that it returns, to their types; empty for a write."""
        if self.returns == "nothing":
            return {}
        # A comma inside <…> does not end a column.
        parts = re.split(r",\s*(?![^<]*>)", self.returns)
        return dict(part.strip().split(" ", 1) for part in parts)

    @property
    def takes(self) -> str:
        """Its parameters as the header writes them, for messages."""
        parts = [
            f"{name} {kind}" + (f" = {self.defaults[name]}" if name in self.defaults else "")
            for name, kind in self.params.items()
        ]
        return ", ".join(parts) or "none"


@cache
def named_query(room: str, name: str) -> NamedQuery:
    """Read the query ``NAME.cypher`` of a room.

    Raises:
        InputError: when there is no such query, or its header is not as it must be.
    """
    if name not in query_names(room):
        near = difflib.get_close_matches(name, query_names(room), n=3, cutoff=0.5)
        raise InputError(
            f"There is no query {name!r} in {room}.",
            f"Near it: {', '.join(near)}." if near else _WHERE_LISTED[room],
        )
    file = resources.files(ROOMS[room]).joinpath(f"{name}.cypher")
    return parse_query(name, file.read_text(encoding="utf-8"))


@cache
def query_names(room: str) -> tuple[str, ...]:
    """The names of all queries of a room, sorted."""
    files = resources.files(ROOMS[room]).iterdir()
    return tuple(sorted(f.name[:-7] for f in files if f.name.endswith(".cypher")))


def parse_query(name: str, content: str) -> NamedQuery:
    """Split a Cypher file into header and text.

    The header is a block of ``//`` lines: the purpose, then ``params:``, ``returns:``,
    ``uses index:``, where a scan is meant ``allows:``, and in the cookbook ``example:``. A
    parameter is ``name type`` or ``name type = default``; the default ``null`` means none.

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
    if not _NAME.fullmatch(name) or not purpose or not {*_NEEDED} <= set(fields):
        raise InputError(f"{name}.cypher lacks a part of its header: purpose, {_NEEDED}.")
    params, defaults = _parse_params(fields["params"])
    return NamedQuery(
        name=name,
        purpose=" ".join(purpose),
        params=params,
        returns=fields["returns"],
        uses_index=fields["uses index"],
        allows=fields.get("allows", ""),
        text="\n".join(lines[length:]).strip(),
        defaults=defaults,
        example=fields.get("example", ""),
    )


def _parse_params(text: str) -> tuple[dict[str, str], dict[str, str]]:
    params: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for part in [] if text == "none" else text.split(","):
        declared, has_default, default = part.partition("=")
        name, kind = declared.split()
        params[name] = kind
        if has_default:
            defaults[name] = default.strip()
    return params, defaults
