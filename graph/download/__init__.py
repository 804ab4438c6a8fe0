"""Fetching PubMed, MeSH and iCite files: checked, resumed, kept."""
