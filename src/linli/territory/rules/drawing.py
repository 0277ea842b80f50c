"""What the editor can do to a draft: each act takes the parts as they are and says which cells go where. Pure; nothing is cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.territory.rules.sheets import NOWHERE, Floats, Ints, Sheet

NO_CELL = sentence("territory.draft.no_cell", "Nothing was chosen.")
NO_PART = sentence("territory.draft.no_part", "The draft has no such grid.")
LOCKED = sentence("territory.draft.locked", "A locked grid is not changed.")
UNLOCK = sentence("territory.draft.unlock", "Unlock it first.")
NOTHING = sentence("territory.draft.nothing", "Nothing would change.")
WHOLE = sentence("territory.draft.whole", "A grid is split into two that both hold something.")
SELECT_PART = sentence(
    "territory.draft.select_part", "Choose a part of its buildings, or draw a line that goes right through it."
)
TWO_GRIDS = sentence("territory.draft.two_grids", "At least two grids are merged.")
ONE_OR_TWO = sentence("territory.draft.one_or_two", "A line goes through one grid, or moves the border between two.")
NO_LINE = sentence("territory.draft.no_line", "A line needs at least two different points.")
NOTHING_UNDONE = sentence("territory.draft.nothing_undone", "There is no step to undo.")
NOTHING_REDONE = sentence("territory.draft.nothing_redone", "There is no step to redo.")
FAR_M = 100_000.0


class Act(StrEnum):
    """The steps of a draft."""

    MOVE = "move"
    SPLIT = "split"
    MERGE = "merge"
    LINE = "line"
    LOCK = "lock"
    PROPOSE = "propose"


@dataclass(frozen=True)
class Drawn:
    """The parts of n cells as they stand, which of them are locked, and the number that a new part gets."""

    parts: Ints
    locked: frozenset[int] = frozenset()
    next_part: int = 0

    @property
    def new_part(self) -> int:
        return max(self.next_part, int(self.parts.max(initial=0)) + 1)


@dataclass(frozen=True)
class Change:
    """One step: ``moved`` cells with their part before and after; ``locked`` parts after it."""

    act: Act
    moved: list[tuple[int, int, int]] = field(default_factory=list)
    locked: frozenset[int] = frozenset()


def move(drawn: Drawn, cells: Collection[int], to: int) -> Change:
    """Give cells to a part; to 0: to no grid. A part that gives its last cell away ends."""
    if to != NOWHERE and to not in drawn.parts:
        raise BadInput(NO_PART)
    return _change(Act.MOVE, drawn, dict.fromkeys(_known(drawn, cells), to), touched={to} if to else set())


def split(drawn: Drawn, part: int, cells: Collection[int]) -> Change:
    """Make some of a part's cells a part of their own."""
    mine = set(np.flatnonzero(drawn.parts == part).tolist()) if part != NOWHERE else set()
    chosen = set(_known(drawn, cells)) & mine
    if part == NOWHERE or not mine:
        raise BadInput(NO_PART)
    if not chosen or chosen == mine:
        raise BadInput(WHOLE, remedy=SELECT_PART)
    return _change(Act.SPLIT, drawn, dict.fromkeys(chosen, drawn.new_part))


def found(drawn: Drawn, cells: Collection[int]) -> Change:
    """Make cells a part of their own, wherever they belonged."""
    return _change(Act.SPLIT, drawn, dict.fromkeys(_known(drawn, cells), drawn.new_part))


def merge(sheet: Sheet, drawn: Drawn, parts: Collection[int]) -> Change:
    """Make several parts one: that with the most people keeps its number."""
    chosen = sorted(set(parts) - {NOWHERE})
    if any(part not in drawn.parts for part in chosen):
        raise BadInput(NO_PART)
    if len(chosen) < 2:
        raise BadInput(TWO_GRIDS)
    kept = max(chosen, key=lambda part: (_held(sheet, drawn.parts == part), -part))
    moving = np.flatnonzero(np.isin(drawn.parts, chosen) & (drawn.parts != kept)).tolist()
    return _change(Act.MERGE, drawn, dict.fromkeys(moving, kept), touched={kept})


def draw_line(sheet: Sheet, drawn: Drawn, parts: Sequence[int], line: Floats) -> Change:
    """Part one grid along a line, or move the border of two to it. ``line`` (k, 2) metres; borders follow the cells beside it.

    The line goes on straight beyond its ends. With two grids each keeps the side on which more of its people live.
    """
    chosen = sorted(set(parts) - {NOWHERE})
    if any(part not in drawn.parts for part in chosen):
        raise BadInput(NO_PART)
    if len(chosen) not in (1, 2):
        raise BadInput(ONE_OR_TWO)
    inside = np.isin(drawn.parts, chosen)
    left = _left_of(line, sheet.points) & inside
    right = inside & ~left
    if not left.any() or not right.any():
        raise BadInput(WHOLE, remedy=SELECT_PART)
    if len(chosen) == 1:
        smaller = min((left, right), key=lambda side: (_held(sheet, side), side.sum()))
        return _change(Act.LINE, drawn, dict.fromkeys(np.flatnonzero(smaller).tolist(), drawn.new_part))
    one, other = (drawn.parts == part for part in chosen)
    stay, swap = (
        sum(_held(sheet, part & side)[0] for part, side in ((one, first), (other, second)))
        for first, second in ((left, right), (right, left))
    )
    if stay == swap:
        stay, swap = int((one & left).sum() + (other & right).sum()), int((one & right).sum() + (other & left).sum())
    sides = (left, right) if stay >= swap else (right, left)
    wanted = {cell: part for part, side in zip(chosen, sides, strict=True) for cell in np.flatnonzero(side).tolist()}
    return _change(Act.LINE, drawn, wanted, touched=set(chosen))


def lock(drawn: Drawn, part: int, *, on: bool) -> Change:
    """Lock a part, or unlock it."""
    if part == NOWHERE or part not in drawn.parts:
        raise BadInput(NO_PART)
    locked = drawn.locked | {part} if on else drawn.locked - {part}
    if locked == drawn.locked:
        raise Conflict(NOTHING)
    return Change(Act.LOCK, [], locked)


def replace(drawn: Drawn, parts: Ints) -> Change:
    """Take over a proposal; locked parts must be in it as they are."""
    return _change(Act.PROPOSE, drawn, dict(enumerate(parts.tolist())))


def apply(parts: Ints, moved: Sequence[Sequence[int]], *, back: bool = False) -> Ints:
    """The parts after a step, or before it."""
    made = parts.copy()
    for cell, before, after in moved:
        made[cell] = before if back else after
    return made


def _known(drawn: Drawn, cells: Collection[int]) -> list[int]:
    chosen = sorted(set(cells))
    if not chosen or chosen[0] < 0 or chosen[-1] >= len(drawn.parts):
        raise BadInput(NO_CELL)
    return chosen


def _change(act: Act, drawn: Drawn, wanted: dict[int, int], touched: Collection[int] = ()) -> Change:
    moved = [(cell, int(drawn.parts[cell]), part) for cell, part in sorted(wanted.items()) if drawn.parts[cell] != part]
    if not moved:
        raise Conflict(NOTHING)
    giving = {before for _, before, _ in moved} | {after for _, _, after in moved}
    if drawn.locked & (giving | set(touched)):
        raise Conflict(LOCKED, remedy=UNLOCK)
    return Change(act, moved, drawn.locked)


def _held(sheet: Sheet, mine: NDArray[np.bool_]) -> tuple[int, int, float]:
    return int(sheet.persons[mine].sum()), int(sheet.buildings[mine].sum()), float(sheet.area_m2[mine].sum())


def _left_of(line: Floats, points: Floats) -> NDArray[np.bool_]:
    """Which points lie left of a line that goes on straight at both ends."""
    line = np.asarray(line, dtype=np.float64).reshape(-1, 2)
    keep = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 0]) if len(line) > 1 else np.ones(len(line), bool)
    line = line[keep]
    if len(line) < 2 or not np.isfinite(line).all():
        raise BadInput(NO_LINE)

    def beyond(end: Floats, before: Floats) -> Floats:
        way = end - before
        return np.asarray(end + way / np.hypot(*way) * FAR_M, dtype=np.float64)

    start, end = beyond(line[0], line[1]), beyond(line[-1], line[-2])
    long = np.vstack([start, line, end])
    # A half of the world: along the line, and back around the left of it.
    way = (end - start) / np.hypot(*(end - start))
    left = np.array([-way[1], way[0]]) * 2 * FAR_M
    half = shapely.make_valid(shapely.Polygon(np.vstack([long, end + left, start + left])))
    return np.asarray(shapely.intersects_xy(half, points[:, 0], points[:, 1]), dtype=bool)
