"""Monday: the round from the inbox to the agenda. Killed at any point and started again, it ends in the same state."""
