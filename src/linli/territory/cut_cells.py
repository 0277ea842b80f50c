"""The cells of a draft as numbers. Only the part that a cell belongs to ever changes, so the rest is read once by a process."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely import STRtree

from linli.territory.models import BuildingGrid, Draft
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import from_wkb, to_metric
from linli.territory.rules.sheets import Sheet

KEPT = 8
"""So many drafts (and their origins) are held ready: one of 2,000 cells takes a few megabytes."""
_COLUMNS = ("block", "shape", "area_m2", "persons", "households", "minutes", "buildings")


@dataclass(frozen=True)
class CutCells:
    """n cells in the order of their numbers. ``shapes`` in degrees, ``plane`` in metres of ``epsg``; ``buildings``: ids by cell.

    ``mark`` is another one as soon as the draft is cut anew.
    """

    mark: UUID
    shapes: Shapes
    plane: Shapes
    sheet: Sheet
    buildings: list[list[UUID]]
    epsg: int

    @cached_property
    def inside(self) -> Shapes:
        """A point in each cell, in degrees."""
        return np.asarray(shapely.point_on_surface(self.shapes))


class _Kept:
    """The newest of what was worked out, by key."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, value: Any) -> Any:
        with self._lock:
            self._held[key] = value
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return value


_CELLS, _ORIGINS = _Kept(), _Kept()


def cells_of(draft: Draft, epsg: int) -> CutCells | None:
    """The cells of a draft, None while they are still being cut."""
    mark = draft.cells.order_by("number").values_list("id", flat=True).first()
    if mark is None:
        return None
    return _CELLS.get((mark, epsg)) or _CELLS.put((mark, epsg), _read(draft, mark, epsg))


def origins_of(cells: CutCells, before: UUID, ids: list[UUID], outlines: Shapes) -> list[UUID | None]:
    """The grid of a published version in which each cell lies: that of most of its buildings, else that around it.

    ``ids``, ``outlines`` (degrees): of the version's grids.
    """
    rows = BuildingGrid.objects.filter(version_id=before)
    key = (cells.mark, before, rows.count(), rows.order_by("-id").values_list("id", flat=True).first())
    return list(_ORIGINS.get(key) or _ORIGINS.put(key, _origins(cells, before, ids, outlines)))


def _read(draft: Draft, mark: UUID, epsg: int) -> CutCells:
    rows = list(draft.cells.order_by("number").values_list(*_COLUMNS))
    shapes = from_wkb(row[1] for row in rows)
    plane = to_metric(shapes, epsg)
    points = shapely.point_on_surface(plane)
    borders = np.asarray(draft.borders, dtype=np.float64).reshape(-1, 4)
    sheet = Sheet(
        persons=np.array([row[3] for row in rows], dtype=np.int64),
        households=np.array([row[4] for row in rows], dtype=np.int64),
        minutes=np.array([row[5] for row in rows], dtype=np.float64),
        area_m2=np.array([row[2] for row in rows], dtype=np.float64),
        buildings=np.array([len(row[6]) for row in rows], dtype=np.int64),
        block=np.array([row[0] for row in rows], dtype=np.int64),
        points=np.column_stack([shapely.get_x(points), shapely.get_y(points)]),
        pairs=borders[:, :2].astype(np.int64),
        metres=borders[:, 2],
        crossing=borders[:, 3],
    )
    held = [[UUID(building) for building in row[6]] for row in rows]
    return CutCells(mark, shapes, plane, sheet, held, epsg)


def _origins(cells: CutCells, before: UUID, ids: list[UUID], outlines: Shapes) -> list[UUID | None]:
    grid_of = dict(BuildingGrid.objects.filter(version_id=before).values_list("building_id", "grid_id"))
    around: list[UUID | None] = [None] * len(cells.shapes)
    at, inside = STRtree(outlines).query(cells.inside, predicate="intersects")
    for cell, grid in sorted(zip(at.tolist(), inside.tolist(), strict=True), reverse=True):
        around[cell] = ids[grid]
    found = []
    for cell, held in enumerate(cells.buildings):
        votes = Counter(grid_of[building] for building in held if building in grid_of)
        found.append(min(votes, key=lambda grid: (-votes[grid], str(grid))) if votes else around[cell])
    return found
