"""A draft as numbers: cells that are never cut, who lives in each, which of them touch, and the part that each belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOWHERE = 0
"""The part of cells that lie in no grid."""
WEIGHTS = ("persons", "households", "workload", "area")


@dataclass(frozen=True)
class Sheet:
    """n cells. ``pairs`` (e, 2): cells that touch along ``metres`` (e,), with what it costs to have one grid on both sides.

    ``persons``, ``households``, ``buildings``, ``block`` (n,) whole numbers; ``minutes`` of work a month, ``area_m2`` (n,);
    ``points`` (n, 2) inside the cells, metres of the community's system.
    """

    persons: Ints
    households: Ints
    minutes: Floats
    area_m2: Floats
    buildings: Ints
    block: Ints
    points: Floats
    pairs: Ints
    metres: Floats
    crossing: Floats

    def __len__(self) -> int:
        return len(self.persons)

    def weight(self, name: str) -> Floats:
        """One of :data:`WEIGHTS` for each cell: people, homes, minutes a month, square metres."""
        columns = {"persons": self.persons, "households": self.households, "workload": self.minutes, "area": self.area_m2}
        return np.asarray(columns[name], dtype=np.float64)

    @cached_property
    def beside(self) -> list[list[int]]:
        """For each cell the cells that it touches."""
        found: list[list[int]] = [[] for _ in range(len(self))]
        for one, other in self.pairs.tolist():
            found[one].append(other)
            found[other].append(one)
        return found


@dataclass(frozen=True)
class PartFigures:
    """One grid of a draft: sums of its cells. ``deviation``: from the target, as a share; None for cells in no grid.

    ``pieces``: 1 for a grid that hangs together.
    """

    part: int
    cells: int
    buildings: int
    persons: int
    households: int
    minutes: float
    area_m2: float
    deviation: float | None
    pieces: int


def figures(sheet: Sheet, parts: Ints, *, weight: str, target: float) -> list[PartFigures]:
    """The figures of each part by number, cells in no grid first where there are any."""
    held = sheet.weight(weight)
    found = []
    piece_of = pieces(sheet, parts)
    for part in np.unique(parts).tolist():
        mine = parts == part
        found.append(
            PartFigures(
                part,
                int(mine.sum()),
                int(sheet.buildings[mine].sum()),
                int(sheet.persons[mine].sum()),
                int(sheet.households[mine].sum()),
                float(sheet.minutes[mine].sum()),
                float(sheet.area_m2[mine].sum()),
                float(held[mine].sum() / target - 1) if part != NOWHERE and target > 0 else None,
                len(np.unique(piece_of[mine])),
            )
        )
    return found


def pieces(sheet: Sheet, parts: Ints) -> Ints:
    """For each cell the number of the connected piece of its part that it lies in. Corners don't connect."""
    kept = sheet.pairs[parts[sheet.pairs[:, 0]] == parts[sheet.pairs[:, 1]]] if len(sheet.pairs) else sheet.pairs
    ones = np.ones(len(kept), dtype=np.int8)
    graph = coo_matrix((ones, (kept[:, 0], kept[:, 1])), shape=(len(sheet), len(sheet)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
