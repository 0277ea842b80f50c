from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from linli.territory.rules import crs
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import as_shapes, to_degrees, to_metric
from linli.territory.rules.shift import find_shift
from tests.territory.files import EPSG, box, grid_boxes, house_boxes

GRIDS, HOUSES = as_shapes(grid_boxes()), as_shapes(house_boxes())


def test_what_fits_is_left_alone() -> None:
    assert find_shift(HOUSES, GRIDS, EPSG) is None


@pytest.mark.parametrize(("system", "way"), [("GCJ-02", crs.wgs84_to_gcj02), ("BD-09", crs.wgs84_to_bd09)])
def test_a_displaced_file_is_found_with_its_system(system: str, way: Callable[..., crs.Pair]) -> None:
    shift = find_shift(crs.moved(HOUSES, way), GRIDS, EPSG)
    assert shift is not None
    assert shift.system == system
    assert shift.after == 1.0
    assert 100 < np.hypot(shift.east_m, shift.north_m) < 1500


def test_displaced_grids_are_found_by_the_houses_that_belong_in_them() -> None:
    shift = find_shift(crs.moved(GRIDS, crs.wgs84_to_gcj02), HOUSES, EPSG, moving_are_cells=True)
    assert shift is not None
    assert shift.system == "GCJ-02"


def test_exchanged_axes_are_found() -> None:
    swapped = crs.moved(HOUSES, lambda x, y: (y, x))
    shift = find_shift(swapped, GRIDS, EPSG)
    assert shift is not None
    assert shift.system == "swapped"


@pytest.mark.parametrize(("east", "north"), [(300.0, -120.0), (35.0, 42.0), (-640.0, 410.0)])
def test_any_other_shift_is_found_to_a_few_metres(east: float, north: float) -> None:
    plane = shapely.transform(to_metric(HOUSES, EPSG), lambda xy: xy + np.array([east, north]))
    moved: Shapes = to_degrees(as_shapes(plane), EPSG)
    shift = find_shift(moved, GRIDS, EPSG)
    assert shift is not None
    assert shift.system is None
    assert shift.after >= 0.9
    # Houses stand 12 to 15 m from the borders: anything within that brings them into place.
    assert abs(shift.east_m + east) <= 30
    assert abs(shift.north_m + north) <= 50


def test_another_town_is_not_talked_into_fitting() -> None:
    far = as_shapes([box(40_000 + 60 * n, 7_000, 40, 12) for n in range(12)])
    assert find_shift(far, GRIDS, EPSG) is None


def test_a_handful_of_houses_proves_nothing() -> None:
    assert find_shift(as_shapes([box(500, 500, 10, 10)]), GRIDS, EPSG) is None
