"""PubMed XML: reading records into tables, one file or many."""
