"""What people say of audited negatives, and what becomes of a mined set by it."""
