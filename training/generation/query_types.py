"""The types of queries that one run can make, as ``--type`` names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from citemesh.errors import InputError, SettingsError
from citemesh.nearest import nearest_hint
from citemesh.training.generation.prompts import INSTRUCTIONS

Way = Literal["titles", "doc2query", "instruct", "file"]


@dataclass(frozen=True)
class QueryType:
    """One type of query.

    Args:
        name: as the user gave it.
        way: where its queries come from.
        kind: of ``instruct``, what is asked for.
        slug: begins the ids of its queries; no two types of a run have the same.
    """

    name: str
    way: Way
    kind: str = ""
    slug: str = ""

    @property
    def is_title(self) -> bool:
        """Whether its queries are titles, or written like them."""
        return self.way == "titles" or self.kind == "title"


def parse_types(names: Sequence[str]) -> tuple[QueryType, ...]:
    """The types of ``--type``, in their order.

    Raises:
        SettingsError: for none, one given twice, or an unknown kind of instruction.
        InputError: for a name that is neither a type nor a file or folder.
    """
    if not names:
        raise SettingsError("No type of query was given.", "Give one, for example: --type titles")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"--type {twice[0]} is given twice.")
    types: list[QueryType] = []
    for name in names:
        number = 1 + sum(own.way == "file" for own in types)
        types.append(_parse(name, number))
    return tuple(types)


def _parse(name: str, number: int) -> QueryType:
    if name == "titles":
        return QueryType(name, "titles", slug=name)
    if name == "doc2query":
        return QueryType(name, "doc2query", slug=name)
    if name == "instruct" or name.startswith("instruct:"):
        kind = name.removeprefix("instruct").removeprefix(":")
        if kind not in INSTRUCTIONS:
            raise SettingsError(
                f"--type {name} names no kind of instruction.",
                f"{nearest_hint(kind, INSTRUCTIONS)} Known: {_known_kinds()}.".strip(),
            )
        return QueryType(name, "instruct", kind, f"instruct-{kind}")
    if Path(name).exists():
        return QueryType(name, "file", slug=f"file{number}")
    names = ["titles", "doc2query", *(f"instruct:{kind}" for kind in INSTRUCTIONS)]
    raise InputError(
        f"--type {name} is neither a type of query nor a file of queries.",
        f"{nearest_hint(name, names)} Known: titles, doc2query, {_known_kinds()}.".strip(),
    )


def _known_kinds() -> str:
    return ", ".join(f"instruct:{kind}" for kind in INSTRUCTIONS)
