"""Small measurements: one part at a time."""
