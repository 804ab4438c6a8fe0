"""Cypher files of the graph room, one query each."""
