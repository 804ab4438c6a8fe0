"""Ways to find candidates, one small module each."""
