"""The desk's Imports: files and what became of them, one file row by row, its results to take away, its receipt."""
