"""What Neo4j answers with, as values that JSON can hold: nodes and paths become readable maps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Duration

#: Properties by which our nodes are known, in the order in which they are looked for.
_KEYS = ("pmid", "ui", "number", "name", "id")


def plain_value(value: Any) -> Any:
    """A value of a record as numbers, texts, lists and maps.

    A node becomes its properties with ``_labels``; a relationship its properties with ``_type``,
    ``_from`` and ``_to`` (the end's pmid, ui, number or name; its element id where the answer does
    not hold the end); a path the list of its nodes and relationships. Dates and durations become
    ISO 8601 texts, bytes hexadecimal ones.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Node():
            return {"_labels": sorted(value.labels), **_plain_map(value)}
        case Relationship():
            ends = {"_from": _key_of(value.start_node), "_to": _key_of(value.end_node)}
            return {"_type": value.type, **ends, **_plain_map(value)}
        case Path():
            steps: list[Any] = [value.nodes[0]]
            for relationship, node in zip(value.relationships, value.nodes[1:], strict=True):
                steps += [relationship, node]
            return [plain_value(step) for step in steps]
        case Duration():  # a tuple too
            return value.iso_format()
        case Point():
            return {"srid": value.srid, "coordinates": list(value)}
        case bytes() | bytearray():
            return value.hex()
        case Mapping():
            return _plain_map(value)
        case list() | tuple():
            return [plain_value(item) for item in value]
    return value.iso_format() if hasattr(value, "iso_format") else str(value)


def _plain_map(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain_value(item) for key, item in value.items()}


def _key_of(node: Node | None) -> Any:
    if node is None:
        return None
    return next((node[key] for key in _KEYS if key in node), node.element_id)
