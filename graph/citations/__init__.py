"""Citation files: reading them, and joining several sources."""
