"""Grids made of cells."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box

from linli.methods.division import Cancelled, Cause, Fault, Unfit
from linli.methods.division.ground import cells, grids_of, parted, units_on
from tests.methods.division.towns import town


def test_grids_are_whole_even_and_cover_the_land() -> None:
    place = town(4, missing=0.05)
    ground = cells(place.houses, place.streets, place.boundary)
    persons = np.random.default_rng(2).poisson(40, len(place.houses))
    made = parted(ground, {"persons": persons}, 10, tolerance={"persons": 0.05})
    assert made.within
    assert made.deviation["persons"] <= 0.05
    assert made.held["persons"].sum() == persons.sum()
    grids = grids_of(ground, made.part)
    assert {grid.geom_type for grid in grids} == {"Polygon"}
    assert shapely.coverage_is_valid(grids)
    assert shapely.symmetric_difference(shapely.union_all(grids), place.boundary).area < 0.01
    for house, cell in zip(place.houses, ground.cell_of, strict=True):
        assert shapely.difference(house, grids[made.part[cell]]).area < 0.001
    again = parted(ground, {"persons": persons}, 10, tolerance={"persons": 0.05})
    assert again.part.tolist() == made.part.tolist()


def test_grids_end_at_streets_rather_than_inside_blocks() -> None:
    place = town(4)
    ground = cells(place.houses, place.streets, place.boundary)
    made = parted(ground, {"persons": np.full(len(place.houses), 30)}, 8, tolerance={"persons": 0.05})
    across = made.part[ground.pairs[:, 0]] != made.part[ground.pairs[:, 1]]
    along = ground.borders[across] @ ground.streets[across]
    # The rest lies beyond the last streets, where there is no other.
    assert along > 0.85 * ground.borders[across].sum()


def test_land_in_pieces_is_divided_piece_by_piece() -> None:
    place = town(3)
    water = box(105, -100, 125, 500)
    houses = shapely.difference(place.houses, water)
    ground = cells(houses, place.streets, shapely.difference(place.boundary, water))
    assert len(ground.lands) == 2
    made = parted(ground, {"persons": shapely.area(houses)}, 6, tolerance={"persons": 0.1})
    assert made.apart == 2
    grids = grids_of(ground, made.part)
    assert {grid.geom_type for grid in grids} == {"Polygon"}
    east = [grid for grid in grids if shapely.get_x(shapely.point_on_surface(grid)) > 125]
    assert len(east) == 4
    with pytest.raises(Unfit) as fault:
        parted(ground, {"persons": shapely.area(houses)}, 1)
    assert fault.value.fault is Fault.PARTS


def test_a_building_larger_than_a_grid_is_named() -> None:
    houses = [box(x, 0, x + 10, 10) for x in range(0, 200, 20)]
    ground = cells(houses, None, box(-10, -10, 200, 20))
    made = parted(ground, {"persons": [10] * 9 + [100]}, 5, ids=[f"no {at}" for at in range(10)])
    assert not made.within
    (short,) = (one for part in made.divisions.values() for one in part.shortfall)
    assert short.cause is Cause.LARGE_UNIT
    assert short.units == ("no 9",)
    assert made.held["persons"].max() >= 100


def test_one_grid_is_everything() -> None:
    place = town(2)
    ground = cells(place.houses, place.streets, place.boundary)
    made = parted(ground, {"persons": np.ones(len(place.houses))}, 1)
    assert (made.part == 0).all()
    assert made.deviation == {"persons": 0.0}


def test_units_on_a_ground_hold_what_their_buildings_hold() -> None:
    place = town(2)
    ground = cells(place.houses, place.streets, place.boundary)
    units = units_on(ground, {"persons": np.arange(len(place.houses)), "homes": np.ones(len(place.houses))})
    assert units.weights["persons"][ground.cell_of].tolist() == list(range(len(place.houses)))
    assert units.edges == len(ground.pairs)
    assert units.areas is not None
    assert units.areas.sum() == pytest.approx(place.boundary.area, abs=0.01)


def test_whoever_waits_is_told_and_may_stop() -> None:
    place = town(2)
    ground = cells(place.houses, place.streets, place.boundary)
    told: list[float] = []

    def listen(done: float, worst: float) -> bool:
        told.append(done)
        return len(told) < 5

    with pytest.raises(Cancelled):
        parted(ground, {"persons": np.ones(len(place.houses))}, 4, progress=listen)
    assert told == sorted(told)
