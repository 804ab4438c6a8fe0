"""What is in the graph: counts by label and type."""

from __future__ import annotations

from typing import Any

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.state import read_state

#: Citations up to which those between records are counted: some seconds (5M a second measured).
MOST_CITATIONS_COUNTED = 20_000_000


def graph_stats(client: GraphClient) -> list[dict[str, Any]]:
    """Rows ``kind``, ``name``, ``count``: nodes by label, relationships by type, loaded counts."""
    nodes = client.rows(named_query("graph", "stats_nodes"))
    relationships = client.rows(named_query("graph", "stats_relationships"))
    rows = [{"kind": "nodes", **row} for row in nodes]
    rows += [{"kind": "relationships", **row} for row in relationships]
    citations = next(row["count"] for row in relationships if row["name"] == "CITES")
    state = read_state(client)
    if state is not None:
        counts = {
            "records": state.records,
            "documents (title and abstract)": state.documents,
            "descriptors used in headings": state.descriptors_used,
            "citations between records": _citations_between_records(client, citations),
        }
        rows += [{"kind": "loaded", "name": name, "count": n} for name, n in counts.items()]
    return rows


def _citations_between_records(client: GraphClient, citations: int) -> int | None:
    """Their number; None in a graph where counting them would take minutes."""
    if citations > MOST_CITATIONS_COUNTED:
        return None
    count: int = client.rows(named_query("graph", "citations_between_records"))[0]["count"]
    return count
