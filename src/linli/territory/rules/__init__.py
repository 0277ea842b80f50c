"""Territory's pure decisions: official codes, coordinate systems, geometry in metres, what a territory must satisfy."""
