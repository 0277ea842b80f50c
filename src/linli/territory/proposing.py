"""A proposal: the free cells of a draft divided by the method into grids that hold about the same. Pure but for its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linli.kernel.words import Words, sentence
from linli.territory.rules.drawing import Drawn
from linli.territory.rules.sheets import NOWHERE, Ints, Sheet

if TYPE_CHECKING:
    from linli.methods.division import Shortfall

Progress = Callable[[float, float], bool]
"""Told the share of the work that is done and the largest deviation so far; False cancels."""

_SHORT = {  # by the method's ``Cause``
    "large_unit": sentence(
        "territory.proposal.large_unit",
        "One building or plot alone holds more than a grid may: the largest deviation is %(percent)s%%.",
    ),
    "uneven_rest": sentence(
        "territory.proposal.uneven_rest",
        "Large buildings leave too little for the other grids: the largest deviation is %(percent)s%%.",
    ),
    "fixed": sentence("territory.proposal.fixed", "Locked grids keep the others apart: the largest deviation is %(percent)s%%."),
    "time": sentence("territory.proposal.time", "Time was up: the largest deviation is %(percent)s%%."),
    "not_found": sentence(
        "territory.proposal.not_found", "No more even division was found: the largest deviation is %(percent)s%%."
    ),
}
NOT_DIVISIBLE = sentence(
    "territory.proposal.not_divisible", "What is not locked can't be divided into %(count)s grids: there are too few buildings."
)
ALL_LOCKED = sentence("territory.proposal.all_locked", "Every grid is locked: there is nothing to propose.")


class NoProposal(Exception):
    """Nothing can be proposed; ``words`` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.key)
        self.words = words


def propose(
    sheet: Sheet,
    drawn: Drawn,
    *,
    weight: str,
    target: float,
    tolerance: float,
    seed: int = 0,
    keep: bool = True,
    progress: Progress = lambda share, worst: True,
) -> tuple[Ints, list[Words]]:
    """The part of every cell, and why a tolerance isn't kept. Locked parts stay; with ``keep`` as few as can be change grid.

    Land in several pieces (or parted by locked grids) is divided piece by piece. Raises NoProposal; Cancelled where ``progress``
    answered False.
    """
    free = ~np.isin(drawn.parts, sorted(drawn.locked))
    if not free.any():
        raise NoProposal(Words(ALL_LOCKED))
    held = sheet.weight(weight)
    parts = drawn.parts.copy()
    told: list[Words] = []
    next_part = drawn.new_part
    pieces = _pieces(sheet, free)
    done = 0.0
    for cells in pieces:
        size = len(cells) / int(free.sum())
        many = max(1, round(float(held[cells].sum()) / target))

        def step(share: float, worst: float, done: float = done, size: float = size) -> bool:
            return progress(done + size * share, worst)

        given = drawn.parts[cells] if keep else np.zeros(len(cells), dtype=np.int64)
        made, short = _divided(sheet, cells, held, many, given, {weight: tolerance}, seed, step)
        kept = _largest(given, held[cells], many)
        numbers = [*kept, *range(next_part, next_part + many - len(kept))]
        next_part = max(next_part, *(number + 1 for number in numbers))
        parts[cells] = np.asarray(numbers, dtype=np.int64)[made]
        told += [Words(_SHORT[one.cause.value], {"percent": round(100 * one.deviation, 1)}) for one in short]
        done += size
    return parts, told


def _divided(
    sheet: Sheet,
    cells: Ints,
    held: Any,
    many: int,
    given: Ints,
    tolerance: dict[str, float],
    seed: int,
    progress: Progress,
) -> tuple[Ints, tuple[Shortfall, ...]]:
    # Imported where grids are proposed: it brings the compiler along, which takes a second that few processes need.
    from linli.methods.division import Unfit, divide, units_of_edges

    if many == 1:
        return np.zeros(len(cells), dtype=np.int64), ()
    if many > len(cells):
        raise NoProposal(Words(NOT_DIVISIBLE, {"count": many}))
    place = np.full(len(sheet), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    inside = (place[sheet.pairs] >= 0).all(axis=1)
    name = next(iter(tolerance))
    kept = _largest(given, held[cells], many)
    previous = np.full(len(cells), -1, dtype=np.int64)
    for at, part in enumerate(kept):
        previous[given == part] = at
    try:
        units = units_of_edges(
            [str(cell) for cell in cells.tolist()],
            {name: held[cells]},
            place[sheet.pairs[inside]],
            borders=sheet.metres[inside],
            crossing=sheet.crossing[inside],
            areas=sheet.area_m2[cells],
        )
        found = divide(
            units,
            parts=many,
            tolerance=tolerance,
            seed=seed,
            previous=previous if kept else None,
            progress=progress,
        )
    except Unfit:
        raise NoProposal(Words(NOT_DIVISIBLE, {"count": many})) from None
    return found.part.astype(np.int64), found.shortfall


def _largest(given: Ints, held: Any, many: int) -> list[int]:
    """The parts there are, at most ``many``, those that hold most."""
    numbers = [part for part in np.unique(given).tolist() if part != NOWHERE]
    return sorted(numbers, key=lambda part: (-float(held[given == part].sum()), part))[:many]


def _pieces(sheet: Sheet, free: Any) -> list[Ints]:
    """The free cells by connected piece of land, largest first."""
    kept = sheet.pairs[free[sheet.pairs].all(axis=1)]
    ones = np.ones(len(kept), dtype=np.int8)
    graph = coo_matrix((ones, (kept[:, 0], kept[:, 1])), shape=(len(sheet), len(sheet)))
    of = np.where(free, connected_components(graph, directed=False)[1], -1)
    found = [np.flatnonzero(of == piece).astype(np.int64) for piece in np.unique(of[free]).tolist()]
    return sorted(found, key=lambda cells: (-len(cells), int(cells[0])))
