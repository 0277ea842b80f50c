"""Focus's pages: the board, one finding with its evidence and its decision, and the residents' view of what is attended to."""
