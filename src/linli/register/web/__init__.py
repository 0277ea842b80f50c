"""Pages of the register, and what it adds to the page of one grid."""
