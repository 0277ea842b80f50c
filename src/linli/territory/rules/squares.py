"""Squares over a cloud of points, for territories that nobody has divided."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import as_shapes, to_degrees, to_metric

FARTHEST_M = 50_000.0
"""Points farther than this from the middle of all are slips of a finger, not places of this community."""


def squares_over(lonlat: NDArray[np.float64], cell_m: int, epsg: int) -> tuple[Shapes, int]:
    """Squares (degrees) that hold at least one point, from north to south and west to east, and how many points were too far off.

    ``lonlat``: n × 2 degrees. Squares start at multiples of ``cell_m`` in the metric system, so more points never move them.
    """
    points: list[Any] = list(shapely.points(lonlat))
    plane = shapely.get_coordinates(to_metric(as_shapes(points), epsg))
    plane = np.where(np.isfinite(plane), plane, 1e12)
    middle = np.median(plane, axis=0)
    near = np.hypot(*(plane - middle).T) <= FARTHEST_M
    cells = np.unique(np.floor(plane[near] / cell_m).astype(np.int64), axis=0)
    cells = cells[np.lexsort((cells[:, 0], -cells[:, 1]))]
    low = cells * float(cell_m)
    boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + cell_m, low[:, 1] + cell_m)
    return to_degrees(as_shapes(boxes), epsg), int((~near).sum())
