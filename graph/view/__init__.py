"""A part of the graph as an interactive page."""
