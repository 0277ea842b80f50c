"""Focus: what deserves attention this week, and why. A finding is a place, a matter and a time; never a person."""
