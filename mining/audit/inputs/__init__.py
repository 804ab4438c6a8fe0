"""What is audited: mined sets, and what users bring."""
