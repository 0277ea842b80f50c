"""A chessboard of cells for tests of drafts: ``rows`` × ``columns``, 20 m a side, from the north-west, ten persons in each."""

from __future__ import annotations

import numpy as np

from linli.territory.rules.sheets import Ints, Sheet

SIDE = 20.0


def board(rows: int = 4, columns: int = 6, persons: int = 10) -> Sheet:
    """Cell ``r * columns + c`` lies in row r from the north, column c from the west."""
    n = rows * columns
    row, column = np.divmod(np.arange(n), columns)
    right = [(at, at + 1) for at in range(n) if at % columns < columns - 1]
    down = [(at, at + columns) for at in range(n - columns)]
    pairs = np.array(right + down, dtype=np.int64)
    return Sheet(
        persons=np.full(n, persons, dtype=np.int64),
        households=np.full(n, 4, dtype=np.int64),
        minutes=np.full(n, 60.0),
        area_m2=np.full(n, SIDE * SIDE),
        buildings=np.ones(n, dtype=np.int64),
        block=column // 2 + 1,
        points=np.column_stack([(column + 0.5) * SIDE, (rows - row - 0.5) * SIDE]),
        pairs=pairs,
        metres=np.full(len(pairs), SIDE),
        crossing=np.zeros(len(pairs)),
    )


def halves(rows: int = 4, columns: int = 6) -> Ints:
    """Part 1 in the west, part 2 in the east."""
    return np.where(np.arange(rows * columns) % columns < columns // 2, 1, 2).astype(np.int64)
