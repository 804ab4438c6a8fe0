"""MeSH as rows of the import tables: concepts, their places, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from citemesh.graph.load.import_tables import ImportWriter
from citemesh.graph.mesh.tree import MeshTree, tree_depth

#: The tables that `write_mesh` fills.
MESH_TABLES = (
    "descriptors", "supplementary", "tree_numbers", "at", "parent", "broader", "sibling",
    "mapped_to",
)  # fmt: skip


def write_mesh(
    writer: ImportWriter,
    mesh: MeshTree,
    unknown_descriptors: Mapping[str, str],
    unknown_supplementary: Mapping[str, str],
    information: Mapping[str, float],
) -> None:
    """Write MeSH and the concepts that records use and this MeSH year lacks.

    Args:
        writer: of the tables `MESH_TABLES`.
        mesh: the MeSH tree.
        unknown_descriptors: UI to name; they stay in the graph, without a place in the tree.
        unknown_supplementary: UI to name.
        information: UI to information content, for descriptors that are used.
    """
    _write_descriptors(writer, mesh, dict(sorted(unknown_descriptors.items())), information)
    _write_supplementary(writer, mesh, dict(sorted(unknown_supplementary.items())))
    numbers = sorted(mesh.owner)
    writer.write("tree_numbers", {"number": numbers, "depth": list(map(tree_depth, numbers))})
    writer.write("at", {"start": [mesh.owner[n] for n in numbers], "end": numbers})
    below = [n for n in numbers if "." in n]
    writer.write("parent", {"start": below, "end": [n.rpartition(".")[0] for n in below]})
    for name, pairs in (("broader", _broader_pairs(mesh)), ("sibling", _sibling_pairs(mesh))):
        ends = list(pairs)
        writer.write(name, {"start": [a for a, _ in ends], "end": [b for _, b in ends]})


def _write_descriptors(
    writer: ImportWriter, mesh: MeshTree, unknown: Mapping[str, str],
    information: Mapping[str, float],
) -> None:  # fmt: skip
    known = list(mesh.descriptors.values())
    uis = [d.ui for d in known] + list(unknown)
    none = [None] * len(unknown)
    writer.write(
        "descriptors",
        {
            "ui": uis,
            "name": [d.name for d in known] + list(unknown.values()),
            "class": [d.descriptor_class for d in known] + none,
            "check_tag": [d.check_tag for d in known] + [False] * len(unknown),
            "depth": [d.depth for d in known] + [0] * len(unknown),
            "ic": [information.get(ui) for ui in uis],
            "mesh_year": [mesh.year] * len(known) + none,
        },
    )


def _write_supplementary(writer: ImportWriter, mesh: MeshTree, unknown: Mapping[str, str]) -> None:
    known, none = mesh.supplementary, [None] * len(unknown)
    writer.write(
        "supplementary",
        {
            "ui": [c.ui for c in known] + list(unknown),
            "name": [c.name for c in known] + list(unknown.values()),
            "scr_class": [c.scr_class for c in known] + none,
            "mesh_year": [mesh.year] * len(known) + none,
        },
    )
    mapped = [
        (concept.ui, ui, major)
        for concept in known
        for ui, major in concept.mapped_to
        if ui in mesh.descriptors
    ]
    writer.write(
        "mapped_to",
        {
            "start": [start for start, _, _ in mapped], "end": [end for _, end, _ in mapped],
            "major": [major for _, _, major in mapped],
        },
    )  # fmt: skip


def _broader_pairs(mesh: MeshTree) -> Iterator[tuple[str, str]]:
    return ((ui, above) for ui in mesh.descriptors for above in mesh.broader(ui))


def _sibling_pairs(mesh: MeshTree) -> Iterator[tuple[str, str]]:
    # Stored once per pair, from the smaller UI to the larger: queries match it undirected.
    return ((ui, other) for ui in mesh.descriptors for other in mesh.siblings(ui) if ui < other)
