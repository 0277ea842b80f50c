"""In which order grids are numbered: row by row from the north, in each row from west to east.

A row begins with the northernmost grid that has no number yet and holds every grid whose middle lies at most half a grid's height
(the side of a square of the mean area) further south. Source: CJ/T 349 (left to right, top to bottom); DB11, DB6101/T 3185 §5.3.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def in_order(points: NDArray[np.float64], areas: NDArray[np.float64]) -> list[int]:
    """The grids, by position, in the order of their numbers. ``points`` (n, 2) their middles in metres, ``areas`` (n,) in m²."""
    if not len(points):
        return []
    height = float(np.sqrt(areas.mean())) / 2
    left = sorted(range(len(points)), key=lambda at: (-points[at][1], points[at][0]))
    order: list[int] = []
    while left:
        south = points[left[0]][1] - height
        row = [at for at in left if points[at][1] >= south]
        order += sorted(row, key=lambda at: (points[at][0], -points[at][1]))
        left = [at for at in left if points[at][1] < south]
    return order


def out_of_order(labels: Sequence[str], order: Sequence[int]) -> list[int]:
    """The fewest grids, by position, without which the numbers would follow ``order``."""
    numbers = [int(labels[at]) if labels[at].isdigit() else 0 for at in order]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for here, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(number)
            ends.append(here)
        else:
            tails[at], ends[at] = number, here
    kept: set[int] = set()
    here = ends[-1] if ends else -1
    while here >= 0:
        kept.add(here)
        here = before[here]
    return [at for here, at in enumerate(order) if here not in kept]
