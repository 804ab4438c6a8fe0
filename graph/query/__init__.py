"""Asking the graph: named queries and the user's own Cypher."""
