"""Evaluation: held-out tasks, exact search, measures, comparison with the base, report."""
