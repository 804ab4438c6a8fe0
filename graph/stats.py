"""What is in the graph: counts by label and type."""

from __future__ import annotations

from typing import Any

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query

#: Columns of the graph state that count something, with the words that a user reads.
_STATE_COUNTS = {
    "records": "records",
    "documents": "documents (title and abstract)",
    "descriptors_used": "descriptors used in headings",
    "citations_between_records": "citations between records",
}


def graph_stats(client: GraphClient) -> list[dict[str, Any]]:
    """Rows ``kind``, ``name``, ``count``: nodes by label, relationships by type, loaded counts."""
    rows = [
        {"kind": "nodes", **row} for row in client.rows(named_query("graph", "stats_nodes"))
    ] + [
        {"kind": "relationships", **row}
        for row in client.rows(named_query("graph", "stats_relationships"))
    ]
    for state in client.rows(named_query("graph", "graph_state")):
        rows += [
            {"kind": "loaded", "name": words, "count": state[column]}
            for column, words in _STATE_COUNTS.items()
        ]
    return rows
