"""Queries generated from documents, filtered by whether they lead back."""
