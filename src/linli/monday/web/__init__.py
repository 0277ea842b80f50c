"""Monday's pages: This Monday, and the agenda on one A4 sheet."""
