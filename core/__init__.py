"""CiteMesh: hard negatives for biomedical dense retrieval from PubMed's citation graph and MeSH."""

__version__ = "0.1.0"
