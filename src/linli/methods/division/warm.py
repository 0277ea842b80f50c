"""``python -m linli.methods.division.warm``: compile the division now, so that nobody's first proposal of grids waits for it."""

from __future__ import annotations

from linli.methods.division import divide, units_of_edges


def warm() -> None:
    """Divide four units, which takes every compiled path."""
    units = units_of_edges(("1", "2", "3", "4"), {"persons": [1.0, 1.0, 1.0, 1.0]}, [(0, 1), (1, 2), (2, 3)])
    divide(units, parts=2)


if __name__ == "__main__":
    warm()
