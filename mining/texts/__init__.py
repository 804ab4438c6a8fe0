"""What strategies of the text prepare once per run: word indexes, embeddings, a citation space."""
