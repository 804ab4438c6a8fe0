"""Data that the package carries: the MeSH table."""
