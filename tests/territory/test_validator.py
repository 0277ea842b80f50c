from __future__ import annotations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from linli.territory.rules.faults import FaultKind
from linli.territory.rules.geometry import as_shapes, to_metric
from linli.territory.rules.validator import POLYGONS, assign_buildings, check_grids, check_rings
from tests.territory.files import EPSG, box, grid_boxes, house_boxes, polygon

BOUNDARY = box(0, 0, 450, 300)
LABELS = ["01", "02", "03", "04", "05", "06"]


def _kinds(faults: list) -> list[FaultKind]:  # type: ignore[type-arg]
    return [fault.kind for fault in faults]


def test_a_sound_territory_has_no_fault() -> None:
    grids = as_shapes(grid_boxes())
    assert check_grids(LABELS, grids, BOUNDARY, EPSG) == []
    assert check_grids(LABELS, grids, None, EPSG) == []
    found = assign_buildings([str(n) for n in range(36)], as_shapes(house_boxes()), LABELS, grids, EPSG)
    assert found.faults == []
    assert found.grid == [n // 6 for n in range(36)]


def test_a_gap_is_named_with_its_place_and_neighbours() -> None:
    grids = grid_boxes()
    grids[1] = box(150, 150, 140, 150)
    faults = check_grids(LABELS, as_shapes(grids), BOUNDARY, EPSG)
    assert _kinds(faults) == [FaultKind.GAP]
    assert faults[0].area_m2 is not None
    assert abs(faults[0].area_m2 - 1500) < 2
    assert faults[0].words.params["grids"] == "02, 03, 05, 06"
    assert shapely.Point(faults[0].place).within(box(290, 150, 10, 150))


def test_a_hole_between_grids_is_a_gap_even_without_a_boundary() -> None:
    ring = [box(0, 0, 30, 10), box(0, 20, 30, 10), box(0, 10, 10, 10), box(20, 10, 10, 10)]
    faults = check_grids(LABELS[:4], as_shapes(ring), None, EPSG)
    assert _kinds(faults) == [FaultKind.GAP]


def test_an_overlap_names_both_grids() -> None:
    grids = grid_boxes()
    grids[0] = box(0, 150, 160, 150)
    faults = check_grids(LABELS, as_shapes(grids), BOUNDARY, EPSG)
    assert _kinds(faults) == [FaultKind.OVERLAP]
    assert (faults[0].words.params["one"], faults[0].words.params["other"]) == ("01", "02")
    assert faults[0].blocking


def test_what_reaches_beyond_the_boundary_is_named() -> None:
    grids = grid_boxes()
    grids[5] = box(300, -20, 150, 170)
    faults = check_grids(LABELS, as_shapes(grids), BOUNDARY, EPSG)
    assert _kinds(faults) == [FaultKind.OUTSIDE]
    assert faults[0].words.params["label"] == "06"


def test_slivers_of_a_survey_are_no_fault() -> None:
    grids = grid_boxes()
    grids[0] = box(0, 150, 149.98, 150)
    grids[2] = box(300, 150, 150.02, 150)
    assert check_grids(LABELS, as_shapes(grids), BOUNDARY, EPSG) == []


def test_a_cut_building_belongs_to_the_grid_that_holds_most_of_it() -> None:
    houses = [box(140, 160, 40, 12), box(500, 10, 10, 10), box(145, 200, 5.1, 12)]
    found = assign_buildings(["A", "B", "C"], as_shapes(houses), LABELS, as_shapes(grid_boxes()), EPSG)
    assert _kinds(found.faults) == [FaultKind.SPLIT, FaultKind.NO_GRID]
    assert found.grid == [1, -1, 0]
    params = found.faults[0].words.params
    assert (params["building"], params["grids"], params["main"], params["percent"]) == ("A", "01, 02", "02", 75)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(-30, 440), st.floats(-30, 280), st.floats(3, 60), st.floats(3, 60)),
        min_size=1,
        max_size=12,
    )
)
def test_assignment_agrees_with_trying_every_pair(boxes: list[tuple[float, float, float, float]]) -> None:
    """Slow and obvious: intersect every building with every grid, take the largest part, the lower number on a tie."""
    grids, houses = as_shapes(grid_boxes()), as_shapes([box(*values) for values in boxes])
    found = assign_buildings([str(n) for n in range(len(houses))], houses, LABELS, grids, EPSG)
    cells, plane = to_metric(grids, EPSG), to_metric(houses, EPSG)
    for at, house in enumerate(plane):
        parts = [float(house.intersection(cell).area) for cell in cells]
        largest = max(parts)
        if largest < 1e-3:
            continue
        assert parts[found.grid[at]] >= largest - 1e-3


def _ring(*shapes: BaseGeometry):  # type: ignore[no-untyped-def]
    return check_rings("buildings", [f"#{n}" for n in range(len(shapes))], as_shapes(shapes), POLYGONS)


def test_a_bow_tie_is_refused_and_named() -> None:
    found = _ring(polygon((0, 0), (20, 20), (20, 0), (0, 20)), box(30, 0, 10, 10))
    assert found.kept == [1]
    assert _kinds(found.faults) == [FaultKind.INVALID_RING]
    assert found.faults[0].feature == "buildings #0"
    assert found.faults[0].refusing
    assert found.faults[0].place is not None


def test_a_spike_is_mended_and_said() -> None:
    found = _ring(polygon((0, 0), (20, 0), (20, 20), (10, 20), (10, 40), (10, 20), (0, 20)))
    assert found.kept == [0]
    assert _kinds(found.faults) == [FaultKind.REPAIRED]
    assert shapely.is_valid(found.shapes[0])
    assert abs(float(to_metric(found.shapes, EPSG)[0].area) - 400) < 1


def test_empty_shapes_and_wrong_types_are_refused() -> None:
    found = _ring(shapely.Polygon(), shapely.Point(122.0, 31.0), box(0, 0, 5, 5))
    assert _kinds(found.faults) == [FaultKind.EMPTY, FaultKind.WRONG_TYPE]
    assert found.kept == [2]
