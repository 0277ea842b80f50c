"""The worklist: on the desk for everybody, in the field for those on the street."""
