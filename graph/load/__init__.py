"""Putting records, citations and MeSH into the graph: the first load and later updates."""
