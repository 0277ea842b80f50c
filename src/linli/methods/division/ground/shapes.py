"""Shapes for the ground: everything in metres, on one grid of a ten-thousandth of a millimetre, so that equal corners are equal
numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

STEP_M = 1e-7
"""Corners stand on a grid this fine: along a border of a hundred kilometres that makes less than 0.01 m²."""
SLIVER_WIDTH_M = 0.05
"""What is narrower comes from lines of one survey that were rounded apart."""


def as_shapes(shapes: Iterable[object] | None) -> Shapes:
    """An object array of any series of shapes; none at all is an empty one."""
    if isinstance(shapes, np.ndarray):
        return shapes
    series = list(shapes or ())
    array: Shapes = np.empty(len(series), dtype=object)
    array[:] = series
    return array


def polygonal(shape: Any) -> Any | None:
    """The polygons of a shape, made valid: a Polygon or MultiPolygon, or None where it has no area."""
    if shape is None or shape.is_empty or not np.isfinite(shapely.bounds(shape)).all():
        return None
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
        shape = shapely.union_all(parts)
    return shape if shape.area > 0 else None


def pieces(shapes: Iterable[object]) -> Shapes:
    """The single polygons or lines that shapes consist of; points and empty ones fall away."""
    parts = shapely.get_parts(as_shapes(shapes))
    while len(parts) and (shapely.get_type_id(parts) >= 4).any():
        parts = shapely.get_parts(parts[shapely.get_type_id(parts) != 0])
        parts = parts[shapely.get_type_id(parts) != 4]
    return as_shapes(parts[~shapely.is_empty(parts)])


def lines_of(shapes: Iterable[object]) -> Shapes:
    """The single lines among shapes, outlines of polygons included."""
    parts = pieces(shapes)
    areal = shapely.get_type_id(parts) == 3
    rings = shapely.boundary(parts[areal])
    found = np.concatenate([parts[~areal], pieces(rings)]) if areal.any() else parts
    return as_shapes(found[np.isin(shapely.get_type_id(found), (1, 2))])


def noded(shapes: Iterable[object]) -> Shapes:
    """Lines cut wherever they meet, each stretch once, on the grid of ``STEP_M``."""
    lines = lines_of(shapes)
    return pieces([shapely.union_all(lines, grid_size=STEP_M)]) if len(lines) else lines


def faces_of(lines: Shapes) -> Shapes:
    """The polygons that noded lines enclose; ends that lead nowhere enclose nothing."""
    return as_shapes(shapely.get_parts(shapely.polygonize(lines)))


def width(shapes: Shapes) -> Floats:
    """Mean width of polygons in metres: of a long strip, what a ruler would say."""
    around = shapely.length(shapes)
    return np.asarray(2 * shapely.area(shapes) / np.where(around > 0, around, 1.0), np.float64)


def summed(label: Ints, weight: ArrayLike, many: int) -> Floats:
    """The sum of weights (n,) for each of ``many`` labels."""
    return np.asarray(np.bincount(label, np.asarray(weight, np.float64), many), np.float64)


@dataclass(frozen=True)
class Sides:
    """The m stretches between two corners of a coverage, each once: the two polygons beside it (``right`` -1: the outside), its
    ends."""

    left: Ints
    right: Ints
    ends: Floats
    """(m, 4): x and y of one end, then of the other."""

    @property
    def length(self) -> Floats:
        return np.asarray(np.hypot(self.ends[:, 2] - self.ends[:, 0], self.ends[:, 3] - self.ends[:, 1]), np.float64)

    @property
    def middle(self) -> Floats:
        """(m, 2)."""
        return np.asarray((self.ends[:, :2] + self.ends[:, 2:]) / 2, np.float64)


def sides_of(polygons: Shapes) -> Sides:
    """The sides of polygons whose corners agree, as :func:`faces_of` gives them: found by equal numbers, without any geometry."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    onward = ring[1:] == ring[:-1]
    here, there = xy[:-1][onward], xy[1:][onward]
    of = polygon[ring[:-1][onward]]
    turned = (here[:, 0] > there[:, 0]) | ((here[:, 0] == there[:, 0]) & (here[:, 1] > there[:, 1]))
    ends = np.where(turned[:, None], np.hstack([there, here]), np.hstack([here, there]))
    order = np.lexsort((of, *ends.T))
    ends, of = ends[order], of[order].astype(np.int64)
    twin = np.zeros(len(ends), bool)
    if len(ends) > 1:
        twin[1:] = (ends[1:] == ends[:-1]).all(axis=1)
    first = np.flatnonzero(~twin)
    right = np.full(len(first), -1, np.int64)
    doubled = np.flatnonzero(twin)
    right[np.searchsorted(first, doubled) - 1] = of[doubled]
    return Sides(of[first], right, ends[first])
