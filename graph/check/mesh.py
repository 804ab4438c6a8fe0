"""What the graph says of MeSH, against what its tree numbers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.graph.mesh.information import information_content
from citemesh.graph.mesh.tree import MeshTree


def mesh_offenders(client: GraphClient) -> Iterator[dict[str, Any]]:
    """Relationships and properties of descriptors that do not follow from the tree numbers.

    BROADER must lead to the descriptors right above, SIBLING to those that share a parent and lie
    neither above nor below by another path, once per pair from the smaller UI to the larger; depth
    and information content must be those that `MeshTree` and the headings give.
    """
    mesh = _rooted(mesh_from_graph(client))
    used = client.rows(named_query("graph", "heading_usage"))
    usage = {row["ui"]: row["headings"] for row in used if row["known"]}
    information = information_content(mesh, usage)
    for row in client.stream(named_query("graph", "check_mesh_ties")):
        ui = row["ui"]
        if ui not in mesh.descriptors:
            continue  # without a UI: found as a missing key
        lawful = [other for other in mesh.siblings(ui) if ui < other]
        yield from _differences("BROADER", ui, mesh.broader(ui), row["broader"])
        yield from _differences("SIBLING", ui, lawful, row["siblings"])
        told = {"depth": mesh.descriptors[ui].depth, "ic": information.get(ui)}
        for name, value in told.items():
            if row[name] != value:
                yield {"ui": ui, name: row[name], "should be": value}


def _differences(
    kind: str, ui: str, lawful: Sequence[str], there: Sequence[str]
) -> Iterator[dict[str, Any]]:
    wanted, found = Counter(lawful), Counter(there)
    for other in sorted((wanted - found).elements()):
        yield {kind: f"{ui} to {other}", "is": "missing"}
    for other in sorted((found - wanted).elements()):
        yield {kind: f"{ui} to {other}", "is": "twice" if other in wanted else "unlawful"}


def _rooted(mesh: MeshTree) -> MeshTree:
    """The tree without numbers whose chain of parents is broken: those are a finding of their own.

    Ancestors cannot be told for them, and one such number must not hide what else is wrong.
    """

    def is_rooted(number: str) -> bool:
        parts = number.split(".")
        return all(".".join(parts[:end]) in mesh.owner for end in range(1, len(parts)))

    owner = {number: ui for number, ui in mesh.owner.items() if is_rooted(number)}
    descriptors = {
        ui: replace(found, tree_numbers=tuple(n for n in found.tree_numbers if n in owner))
        for ui, found in mesh.descriptors.items()
        if ui is not None
    }
    return MeshTree(mesh.year, descriptors, {n: ui for n, ui in owner.items() if ui is not None})
