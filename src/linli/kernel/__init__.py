"""The ground floor: ids, weeks, words, errors, actors, national codes. Standard library only."""
