"""What is given, made fit: valid polygons on one grid of corners, near the origin, inside the territory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely

from linli.methods.division.ground.shapes import STEP_M, Floats, Ints, Shapes, as_shapes, polygonal

CUT_M2 = 0.01
"""A building loses no land to the boundary where it loses less than this."""


@dataclass(frozen=True)
class Buildings:
    """The b buildings that have an area: their positions in what was given, their shapes; and what was done."""

    at: Ints
    shapes: Shapes
    empty: tuple[int, ...]
    mended: tuple[int, ...]


def buildings_from(given: Iterable[object]) -> Buildings:
    """Buildings with an area; what is invalid is mended."""
    shapes = as_shapes(given)
    whole = as_shapes([polygonal(shape) for shape in shapes])
    known = np.flatnonzero([shape is not None for shape in whole])
    crossed = [int(at) for at in known if not shapes[at].is_valid]
    empty = [at for at in range(len(shapes)) if whole[at] is None]
    return Buildings(known.astype(np.int64), whole[known], tuple(empty), tuple(crossed))


def middle_of(shapes: Shapes) -> Floats:
    """The middle (2,) of all shapes, in whole metres: near it, numbers have digits to spare."""
    return np.asarray(np.round(shapely.total_bounds(shapes).reshape(2, 2).mean(axis=0)), np.float64)


def settled(shapes: Shapes, middle: Floats) -> Shapes:
    """Shapes moved so that ``middle`` is the origin, valid, with corners on the grid of ``STEP_M``."""
    if not len(shapes):
        return shapes
    whole = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes, method="structure", keep_collapsed=False))
    return as_shapes(shapely.set_precision(shapely.transform(whole, lambda xy: xy - middle), STEP_M))


def present(shapes: Iterable[object] | None) -> Shapes:
    """Without what has no shape at all."""
    return as_shapes([shape for shape in as_shapes(shapes) if shape is not None and np.isfinite(shapely.bounds(shape)).all()])


@dataclass(frozen=True)
class Inside:
    """Which buildings lie in the territory (positions), as far as they do; which of them its border cuts; which lie beyond."""

    at: Ints
    shapes: Shapes
    rim: Ints
    outside: Ints


def inside_of(buildings: Shapes, territory: object) -> Inside:
    """Buildings of which at least half lies in the territory."""
    within = as_shapes([polygonal(shape) for shape in shapely.intersection(buildings, territory)])
    area = np.asarray([0.0 if shape is None else shape.area for shape in within])
    whole = shapely.area(buildings)
    kept = area >= 0.5 * whole
    at = np.flatnonzero(kept)
    cut = kept & (whole - area > CUT_M2)
    return Inside(at, within[at], np.flatnonzero(cut), np.flatnonzero(~kept))
