"""The MeSH tree as the graph holds it, for similarity and tree distance."""

from __future__ import annotations

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.mesh.tree import Descriptor, MeshTree


def mesh_from_graph(client: GraphClient) -> MeshTree:
    """Read all descriptors and their tree numbers from Neo4j."""
    descriptors: dict[str, Descriptor] = {}
    owner: dict[str, str] = {}
    year = 0
    for row in client.stream(named_query("graph", "mesh_places")):
        descriptors[row["ui"]] = Descriptor(
            row["ui"], row["name"], tuple(row["tree_numbers"]), row["class"] or 0
        )
        owner.update(dict.fromkeys(row["tree_numbers"], row["ui"]))
        year = max(year, row["mesh_year"] or 0)
    return MeshTree(year=year, descriptors=descriptors, owner=owner)
