"""Constraints and indexes of the graph."""

from __future__ import annotations

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query, query_names


def apply_schema(client: GraphClient) -> None:
    """Create the constraints and indexes that are missing, and wait until they answer."""
    for name in query_names("graph"):
        if name.startswith("schema_"):
            client.write_unmanaged(named_query("graph", name))
    client.write_unmanaged(named_query("graph", "await_indexes"))
