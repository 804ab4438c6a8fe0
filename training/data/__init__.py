"""What is trained on: exports, titles with abstracts, documents with labels."""
