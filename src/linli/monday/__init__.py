"""Monday."""
