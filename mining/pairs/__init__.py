"""What the graph says of pairs of articles, kind by kind, asked in Cypher or of arrays."""
