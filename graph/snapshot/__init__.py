"""The graph as arrays in memory-mapped files."""
