"""Cypher files of the mining room, one query each."""
