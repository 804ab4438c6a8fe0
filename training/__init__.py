"""Training dense retrievers on exports."""
