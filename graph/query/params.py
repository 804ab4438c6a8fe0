"""Parameters of a query, from the text that people type to the types that Neo4j gets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from citemesh.errors import InputError
from citemesh.graph.cypher import NamedQuery

#: What Neo4j holds as an integer: 64 bits.
_INTEGERS = range(-(2**63), 2**63)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_BOOLEANS = {"true": True, "false": False}
#: Between two assignments of an example; a comma inside a heading's name is none.
_BETWEEN = re.compile(r",\s*(?=[a-z_]+=)")


def split_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """Split ``name=value`` texts.

    Raises:
        InputError: for one without ``=`` or a name given twice.
    """
    values: dict[str, str] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise InputError(f"--param {assignment!r} is not NAME=VALUE.", "Say --param pmid=19.")
        if name in values:
            raise InputError(f"--param {name} is given twice.", "Give it once.")
        values[name] = value
    return values


def example_params(query: NamedQuery) -> dict[str, str]:
    """The values that a query's header gives as its example."""
    return split_assignments(_BETWEEN.split(query.example)) if query.example else {}


def typed_params(query: NamedQuery, given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of a named query, typed as its header says, defaults filled in.

    Raises:
        InputError: for an unknown or missing parameter, or a value of another type; it lists what
            the query takes.
    """
    hint = f"It takes: {query.takes}."
    unknown = [name for name in given if name not in query.params]
    if unknown:
        raise InputError(f"The query {query.name} has no parameter {unknown[0]!r}.", hint)
    texts = {**query.defaults, **given}
    missing = [name for name in query.params if name not in texts]
    if missing:
        raise InputError(f"The query {query.name} needs --param {missing[0]}=…", hint)
    values: dict[str, Any] = {}
    for name, kind in query.params.items():
        if name not in given and texts[name] == "null":
            values[name] = None
            continue
        try:
            values[name] = _READERS[kind](texts[name])
        except ValueError as error:
            raise InputError(
                f"The query {query.name} takes {name} as {kind}, not {texts[name]!r}.", hint
            ) from error
    return values


def free_params(given: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of a user's own query: JSON where the text is JSON, else the text itself.

    Raises:
        InputError: for a number that Neo4j cannot hold.
    """
    return {name: _free_value(name, text) for name, text in given.items()}


def _free_value(name: str, text: str) -> Any:
    try:
        # NaN and Infinity are no JSON, though Python reads them: they stay text.
        value = json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text
    if not _fits(value):
        raise InputError(
            f"--param {name}={text} holds an integer beyond 64 bits.",
            f"For a text, quote it: --param '{name}=\"{text}\"'",
        )
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _fits(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    if isinstance(value, list):
        return all(map(_fits, value))
    return not isinstance(value, int) or value in _INTEGERS


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()) or int(text) not in _INTEGERS:
        raise ValueError(text)
    return int(text)


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text.lower()]


def _list_of(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """Read ``a,b,c``, or a JSON list, whose texts may hold commas."""

    def read_list(text: str) -> list[Any]:
        if text.lstrip().startswith("["):
            parts = [part if isinstance(part, str) else str(part) for part in json.loads(text)]
        else:
            parts = [part.strip() for part in text.split(",")] if text.strip() else []
        return [read(part) for part in parts]

    return read_list


#: One reader per type of `cypher.PARAM_TYPES`; each raises ValueError.
_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "float": float,
    "string": str,
    "boolean": _boolean,
    "list<integer>": _list_of(_integer),
    "list<string>": _list_of(str),
}
