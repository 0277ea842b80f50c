"""A file that fits the territory only after a shift: found and named, never applied.

The usual causes are tried first: places in GCJ-02 or BD-09 taken as WGS84 (or the other way round), longitude and
latitude exchanged.
Then any displacement up to a kilometre is searched, coarse to fine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from linli.kernel.words import Words, sentence
from linli.territory.rules import crs
from linli.territory.rules.crs import Floats, Pair, Shapes
from linli.territory.rules.faults import Fault, FaultKind
from linli.territory.rules.geometry import to_metric

GOOD_FIT = 0.9
"""Share of things in their place from which on nothing is searched."""
CLEAR_GAIN = 0.1
SAMPLE = 150
FEWEST = 6
"""With fewer things in their place or out of it, a good fit elsewhere is chance."""
SWAPPED_AXES = "swapped"
REACH_M = 1000.0

SHIFTED = sentence(
    "territory.shifted",
    "%(layer)s fits only after a shift of %(metres)s m (%(east)s m east, %(north)s m north): %(before)s%% of it lie in "
    "place now, "
    "%(after)s%% would then.",
)
SHIFTED_SYSTEM = sentence(
    "territory.shifted_system",
    "%(layer)s fits only when it is read as %(system)s, %(metres)s m away: %(before)s%% of it lie in place now, "
    "%(after)s%% would then.",
)
SWAPPED = sentence("territory.swapped", "%(layer)s fits only when longitude and latitude are exchanged.")

Way = Callable[[Floats, Floats], Pair]
_NAMED: tuple[tuple[str, Way], ...] = (
    (crs.GCJ02, crs.gcj02_to_wgs84),
    (crs.BD09, crs.bd09_to_wgs84),
    (SWAPPED_AXES, lambda x, y: (y, x)),
    ("WGS84 ↔ GCJ-02", crs.wgs84_to_gcj02),
    ("WGS84 ↔ BD-09", crs.wgs84_to_bd09),
)


@dataclass(frozen=True)
class Shift:
    """The shift after which a layer fits: ``system`` where a coordinate system explains it; shares from 0 to 1;
    metres to east and north."""

    system: str | None
    east_m: float
    north_m: float
    before: float
    after: float

    def fault(self, layer: str) -> Fault:
        """The fault to report; its words say what would make the layer fit."""
        metres = round(float(np.hypot(self.east_m, self.north_m)))
        params = {"layer": layer, "before": round(100 * self.before), "after": round(100 * self.after), "metres": metres}
        if self.system == SWAPPED_AXES:
            return Fault(FaultKind.SHIFT, Words(SWAPPED, {"layer": layer}), layer)
        if self.system:
            return Fault(FaultKind.SHIFT, Words(SHIFTED_SYSTEM, {**params, "system": self.system}), layer)
        params |= {"east": round(self.east_m), "north": round(self.north_m)}
        return Fault(FaultKind.SHIFT, Words(SHIFTED, params), layer)


def fit(things: Shapes, cells: Shapes) -> float:
    """Share of ``things`` (metres) that lie whole in one of ``cells``."""
    if not len(things) or not len(cells):
        return 1.0
    # Half a metre of tolerance: a wall on the line is in its place.
    at, _ = STRtree(shapely.buffer(cells, 0.5)).query(things, predicate="covered_by")
    return len(np.unique(at)) / len(things)


def find_shift(moving: Shapes, fixed: Shapes, epsg: int, *, moving_are_cells: bool = False) -> Shift | None:
    """What would bring ``moving`` (degrees) into place among ``fixed`` (degrees), or None where it fits, or where nothing helps.

    ``moving_are_cells``: the layer in question holds grids or a boundary, and ``fixed`` the buildings that belong in them.
    """
    things, cells = (fixed, moving) if moving_are_cells else (moving, fixed)
    if len(things) < FEWEST:
        return None
    if len(things) > SAMPLE:
        things = things[np.linspace(0, len(things) - 1, SAMPLE).astype(int)]
    plane_things, plane_cells = to_metric(things, epsg), to_metric(cells, epsg)
    if not (np.isfinite(shapely.bounds(plane_things)).all() and np.isfinite(shapely.bounds(plane_cells)).all()):
        plane_things = plane_things[:0]
    before = fit(plane_things, plane_cells) if len(plane_things) else 0.0
    if before >= GOOD_FIT:
        return None
    enough = max(GOOD_FIT, before + CLEAR_GAIN)
    best: Shift | None = None
    for system, way in _NAMED:
        turned = crs.moved(cells if moving_are_cells else things, way)
        plane = to_metric(turned, epsg)
        if not np.isfinite(shapely.bounds(plane)).all():
            continue
        after = fit(plane_things, plane) if moving_are_cells else fit(plane, plane_cells)
        if after >= enough and (best is None or after > best.after):
            east, north = _between(plane_cells if moving_are_cells else plane_things, plane)
            best = Shift(system, east, north, before, after)
    if best or not len(plane_things):
        return best
    east, north, after = _search(plane_things, plane_cells)
    if after < enough:
        return None
    return Shift(None, -east, -north, before, after) if moving_are_cells else Shift(None, east, north, before, after)


def _between(here: Shapes, there: Shapes) -> tuple[float, float]:
    if not len(here):
        return 0.0, 0.0
    one, other = shapely.centroid(here[0]), shapely.centroid(there[0])
    return float(other.x - one.x), float(other.y - one.y)


def _search(things: Shapes, cells: Shapes) -> tuple[float, float, float]:
    """Metres to east and north that bring most ``things`` into ``cells``, and the share that then fits."""
    tree = STRtree(shapely.buffer(cells, 0.5))

    def share(east: float, north: float) -> float:
        moved = shapely.transform(things, lambda xy: xy + np.array([east, north]))
        return len(np.unique(tree.query(moved, predicate="covered_by")[0])) / len(things)

    spread = np.asarray(shapely.total_bounds(cells)) - np.asarray(shapely.total_bounds(things))
    middle = ((spread[0] + spread[2]) / 2, (spread[1] + spread[3]) / 2)
    if max(abs(middle[0]), abs(middle[1])) > REACH_M:
        return 0.0, 0.0, 0.0
    best = (0.0, 0.0, share(0.0, 0.0))
    for start, reach, step in ((middle, 120.0, 12.0), (None, 10.0, 2.0)):
        centre = start or best[:2]
        offsets = np.arange(-reach, reach + step / 2, step)
        for east in offsets:
            for north in offsets:
                here = (float(centre[0] + east), float(centre[1] + north))
                found = share(*here)
                if found > best[2]:
                    best = (*here, found)
    return best
