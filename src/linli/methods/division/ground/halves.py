"""The lines half-way between seeds: the Voronoi diagram of points along their outlines.

After Fleischmann et al., "Morphological tessellation as a way of partitioning space", Computers, Environment and Urban Systems 80
(2020): outlines are drawn in a little first, so that the line between two walls that touch runs along them, and points are close
together. Here it is only lines that are kept; which cell a piece of land belongs to is decided by distance, and walls are walls.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import QhullError, Voronoi

from linli.methods.division.ground.shapes import Floats, Ints, Shapes, as_shapes, pieces

INSET_M = 0.4
SPACING_M = 2.0
STRAIGHT_M = 0.5
"""Lines are straightened by at most this much."""


def lines_between(seeds: Shapes, block: object) -> Shapes:
    """Lines inside the polygon ``block`` from which two of ``seeds`` (k shapes) are about equally far; none for one seed."""
    if len(seeds) < 2:
        return as_shapes([])
    points, owner = _points(seeds)
    west, south, east, north = shapely.bounds(block)
    reach = 4 * (east - west + north - south)
    # Far points all around: every line between two seeds becomes finite, and theirs lie outside.
    turn = np.arange(16) * np.pi / 8
    far = np.column_stack([(west + east) / 2 + reach * np.cos(turn), (south + north) / 2 + reach * np.sin(turn)])
    try:
        diagram = Voronoi(np.vstack([points, far]))
    except QhullError:
        return as_shapes([])
    owner = np.concatenate([owner, np.full(len(far), -1, np.int64)])
    one, other = owner[diagram.ridge_points].T
    ridges = np.asarray(diagram.ridge_vertices)
    kept = (one != other) & (one >= 0) & (other >= 0) & (ridges >= 0).all(axis=1)
    if not kept.any():
        return as_shapes([])
    ends = diagram.vertices[ridges[kept]]
    ends = ends[(ends[:, 0] != ends[:, 1]).any(axis=1)]
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))
    straight = shapely.simplify(shapely.get_parts(merged), STRAIGHT_M)
    return pieces(shapely.intersection(straight, block))


def _points(seeds: Shapes) -> tuple[Floats, Ints]:
    """Points (m, 2) along the drawn-in outlines of seeds, and whose each is."""
    inner = shapely.buffer(seeds, -INSET_M, join_style="mitre")
    inner = np.where(shapely.is_empty(inner), seeds, inner)
    dense = shapely.segmentize(shapely.simplify(inner, 0.1), SPACING_M)
    xy, owner = shapely.get_coordinates(dense, return_index=True)
    _, first = np.unique(np.round(xy, 6), axis=0, return_index=True)
    first.sort()
    return xy[first], owner[first].astype(np.int64)
