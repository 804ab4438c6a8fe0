"""Batches: which rows come together, and what a loss is told of them."""
