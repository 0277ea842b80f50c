"""Territory's pages: all grids, and one grid with what the other flats add to it."""
