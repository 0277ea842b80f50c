"""Units that are fixed: they must be in the part that somebody said, and each part stays of one piece."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import ArrayLike

from linli.methods.division.faults import Fault, Unfit
from linli.methods.division.units import Parts, Units


def labels_of(units: Units, parts: int, fixed: ArrayLike | None) -> Parts:
    """The part (n,) that each unit must be in, −1 where it is free. Raises Unfit."""
    if fixed is None:
        return np.full(len(units), -1, np.int32)
    given = np.asarray(fixed)
    if given.shape != (len(units),) or not np.issubdtype(given.dtype, np.integer) or given.max() >= parts or given.min() < -1:
        raise Unfit(Fault.FIXED, f"what is fixed must give each of {len(units):,} units one of {parts:,} parts, or -1")
    used, free = len(np.unique(given[given >= 0])), int((given < 0).sum())
    if used + free < parts:
        raise Unfit(Fault.FIXED, f"only {free} units are free, which can't make the other {parts - used} parts")
    return given.astype(np.int32)


def joined_labels(units: Units, fixed: Parts) -> Parts:
    """``fixed`` with free units added so that what is fixed in one part hangs together: shortest ways that pass no other
    part's.

    Raises Unfit where there is no such way.
    """
    label = fixed.copy()
    for part in np.unique(fixed[fixed >= 0]).tolist():
        own = np.nonzero(fixed == part)[0].tolist()
        reached = _spread(units, label, part, own[0])
        for unit in own[1:]:
            if unit in reached:
                continue
            way = _way(units, label, part, unit, reached)
            if way is None:
                raise Unfit(
                    Fault.FIXED,
                    f"{units.ids[own[0]]} and {units.ids[unit]} are fixed in one part, but what is fixed in others parts them",
                    units=(units.ids[own[0]], units.ids[unit]),
                )
            label[way] = part
            reached = _spread(units, label, part, own[0])
    return label


def _spread(units: Units, label: Parts, part: int, first: int) -> set[int]:
    """Units of a part's label that hang together with one."""
    reached, open_ = {first}, deque([first])
    while open_:
        for near in _near(units, open_.popleft()):
            if near not in reached and label[near] == part:
                reached.add(near)
                open_.append(near)
    return reached


def _way(units: Units, label: Parts, part: int, first: int, goal: set[int]) -> list[int] | None:
    """Units on a shortest way from one to any of ``goal`` through units that are free or the part's own."""
    came: dict[int, int] = {first: -1}
    open_ = deque([first])
    while open_:
        unit = open_.popleft()
        if unit in goal:
            way = []
            while unit >= 0:
                way.append(unit)
                unit = came[unit]
            return way
        for near in _near(units, unit):
            if near not in came and label[near] in (-1, part):
                came[near] = unit
                open_.append(near)
    return None


def _near(units: Units, unit: int) -> list[int]:
    found: list[int] = units.neighbours[units.indptr[unit] : units.indptr[unit + 1]].tolist()
    return found
