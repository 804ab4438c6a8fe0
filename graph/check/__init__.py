"""What must hold in every finished graph."""
