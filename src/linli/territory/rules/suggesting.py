"""What would help a grid of a draft that holds too much or too little: one cell to move; or where to part it in two. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from linli.territory.rules.sheets import NOWHERE, Floats, Ints, Sheet

TRIED = 200
"""So many cells at a border are looked at."""


@dataclass(frozen=True)
class Suggestion:
    """A cell that ``source`` could give to ``target``."""

    cell: int
    source: int
    target: int


def suggest(
    sheet: Sheet, parts: Ints, part: int, *, weight: str, target: float, tolerance: float, locked: Collection[int] = ()
) -> Suggestion | None:
    """The one cell whose move brings ``part`` nearest to its target without harm: neither grid is torn or emptied, and the other
    one stays within its tolerance or comes nearer to it. None where ``part`` is as wanted or nothing helps.
    """
    held = sheet.weight(weight)
    sums = np.bincount(parts, weights=held)
    if part == NOWHERE or part in locked or target <= 0 or part >= len(sums):
        return None
    off = sums[part] / target - 1
    if abs(off) <= tolerance:
        return None
    found: list[tuple[float, int, Suggestion]] = []
    one, other = sheet.pairs[:, 0], sheet.pairs[:, 1]
    for mine, theirs in ((one, other), (other, one)):
        at_border = (parts[mine] == part) & (parts[theirs] != part) & (parts[theirs] != NOWHERE)
        for here, there in zip(mine[at_border].tolist(), theirs[at_border].tolist(), strict=True):
            cell, source, goal = (there, int(parts[there]), part) if off < 0 else (here, part, int(parts[there]))
            if source in locked or goal in locked or held[cell] <= 0:
                continue
            before = {which: abs(sums[which] / target - 1) for which in (source, goal)}
            after = {source: abs((sums[source] - held[cell]) / target - 1), goal: abs((sums[goal] + held[cell]) / target - 1)}
            beside = goal if source == part else source
            if after[part] < before[part] and after[beside] <= max(tolerance, before[beside]):
                found.append((max(after.values()), cell, Suggestion(cell, source, goal)))
    ordered = sorted(found, key=lambda row: row[:2])[:TRIED]
    return next((suggestion for _, _, suggestion in ordered if _stays_whole(sheet, parts, suggestion.cell)), None)


def half(sheet: Sheet, parts: Ints, part: int, *, weight: str, across: Floats) -> list[int]:
    """The cells of one half of a part: those that lie first in the direction ``across`` (east, north), up to half its weight.

    Counted by area where it holds nothing of the weight. Empty for a part of less than two cells.
    """
    mine = np.flatnonzero(parts == part)
    if len(mine) < 2 or part == NOWHERE:
        return []
    held = sheet.weight(weight)[mine]
    held = held if held.sum() > 0 else sheet.area_m2[mine]
    order = np.argsort(sheet.points[mine] @ np.asarray(across, dtype=np.float64), kind="stable")
    reached = np.cumsum(held[order]) - held[order] / 2
    count = int(np.searchsorted(reached, held.sum() / 2))
    return [int(mine[at]) for at in order[: min(max(count, 1), len(mine) - 1)]]


def widest(sheet: Sheet, parts: Ints, part: int) -> Floats:
    """The direction (east, north) in which a part reaches furthest: along it a cut leaves the roundest halves."""
    mine = sheet.points[parts == part]
    reach = np.ptp(mine, axis=0) if len(mine) else np.zeros(2)
    return np.array([1.0, 0.0]) if reach[0] >= reach[1] else np.array([0.0, -1.0])


def _stays_whole(sheet: Sheet, parts: Ints, cell: int) -> bool:
    """Whether the part of a cell has others, and hangs together without it as much as with it."""
    around = [other for other in sheet.beside[cell] if parts[other] == parts[cell]]
    if not around:
        return False
    wanted, seen, ahead = set(around), {cell, around[0]}, [around[0]]
    wanted.discard(around[0])
    while ahead and wanted:
        for other in sheet.beside[ahead.pop()]:
            if other not in seen and parts[other] == parts[cell]:
                seen.add(other)
                wanted.discard(other)
                ahead.append(other)
    return not wanted
