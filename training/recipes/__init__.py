"""Recipes: every setting of a training run as a typed value with its source."""
