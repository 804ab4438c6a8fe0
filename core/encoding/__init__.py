"""Texts as vectors: any sentence-transformers model, and a cache of what it encoded."""
