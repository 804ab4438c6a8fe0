"""One digest of everything that the graph says, whatever the order in which it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query

#: Properties in which graphs that say the same may differ: how often and when they were written.
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "GraphState": frozenset({"version"}),
    "LoadedFile": frozenset({"finished"}),
}
_BYTES = 16
_MODULUS = 1 << 8 * _BYTES
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
).encode


@dataclass(slots=True)
class _Part:
    """The digests of one kind of rows, added up: a sum is the same in any order.

    The sum, unlike an exclusive or, also tells a row that is there twice.
    """

    rows: int = 0
    total: int = 0

    def add(self, text: str, rows: int = 1) -> None:
        digest = hashlib.blake2b(text.encode(), digest_size=_BYTES).digest()
        self.total = (self.total + int.from_bytes(digest, "big")) % _MODULUS
        self.rows += rows

    def __str__(self) -> str:
        return f"{self.total:0{2 * _BYTES}x}:{self.rows}"


def fingerprint(client: GraphClient) -> str:
    """A digest of all labels, properties and relationships: equal for graphs that say the same.

    Left out are only Neo4j's internal ids, the order of writing and `LEFT_OUT`. Rows are streamed:
    memory is that of one fetch.

    Returns:
        32 hexadecimal digits.
    """
    return digest_of_parts(fingerprint_parts(client))


def fingerprint_parts(client: GraphClient) -> dict[str, str]:
    """Digest and number of each kind of node (by its labels) and of relationship (by its type).

    Returns:
        Such as ``Article:Document`` and ``CITES``, sorted, to ``DIGEST:NUMBER``.
    """
    parts: dict[str, _Part] = {}
    for row in client.stream(named_query("graph", "fingerprint_rows")):
        _add_node(parts, row)
    return {name: str(parts[name]) for name in sorted(parts)}


def digest_of_parts(parts: Mapping[str, str]) -> str:
    """One digest of `fingerprint_parts`."""
    text = _encode(sorted(parts.items()))
    return hashlib.blake2b(text.encode(), digest_size=_BYTES).hexdigest()


def _add_node(parts: dict[str, _Part], row: Mapping[str, Any]) -> None:
    labels = sorted(row["labels"])
    left_out = {name for label in labels for name in LEFT_OUT.get(label, ())}
    said = {name: value for name, value in row["properties"].items() if name not in left_out}
    kind = ":".join(labels)
    parts.setdefault(kind, _Part()).add(_encode(said))
    for type_, out in _by_type(row["out"]).items():
        # One digest for all of a node's relationships of a type; a sum over each would cost more.
        text = _encode([row["key"], sorted(out)])
        parts.setdefault(type_, _Part()).add(text, rows=len(out))


def _by_type(out: Iterable[tuple[str, Any, dict[str, Any]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for type_, *rest in out:
        found.setdefault(type_, []).append(_encode(rest))
    return found
