"""MeSH: reading its files, and what follows from its tree."""
