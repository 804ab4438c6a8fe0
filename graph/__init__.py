"""PubMed, MeSH and citations into Neo4j: readers, loader, the local server, named queries."""
