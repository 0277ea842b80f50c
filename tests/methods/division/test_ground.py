"""Cells: they cover the land, cut no building, and end at streets and plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from linli.methods.division.ground import Flaw, Ground, NoGround, cells, rank_of
from tests.methods.division.towns import town, world


def holds(ground: Ground, buildings: list[Any], *, leaning: bool = False) -> None:
    """The promises: a valid coverage of the whole territory, every building in it in one cell, borders as geometry measures them.

    ``leaning``: walls may lean over each other by less than a sliver's width.
    """
    assert shapely.coverage_is_valid(ground.cells)
    whole = shapely.union_all(ground.cells)
    assert shapely.symmetric_difference(whole, ground.territory).area < 0.01
    assert ground.areas.sum() == pytest.approx(whole.area, abs=0.01)
    if ground.territory.geom_type == "Polygon":
        assert set(shapely.get_type_id(ground.cells)) == {3}
    for at, building in enumerate(buildings):
        if ground.cell_of[at] < 0:
            assert at in (*ground.remarks.empty, *ground.remarks.outside)
            continue
        there = shapely.intersection(shapely.make_valid(building), ground.territory)
        lost = shapely.difference(there, ground.cells[ground.cell_of[at]]).area
        assert lost < 0.001 + (0.05 * building.length if leaning else 0.0)
    one, other = shapely.STRtree(ground.cells).query(ground.cells, predicate="intersects")
    apart = one < other
    long = shapely.length(shapely.intersection(ground.cells[one[apart]], ground.cells[other[apart]]))
    measured = {pair: metres for pair, metres in zip(zip(one[apart], other[apart], strict=True), long, strict=True) if metres > 1}
    told = dict(zip(map(tuple, ground.pairs.tolist()), ground.borders.tolist(), strict=True))
    for pair, metres in measured.items():
        assert told[pair] == pytest.approx(metres, abs=0.001)


def test_a_town_is_covered_and_every_house_has_its_cell() -> None:
    place = town(3)
    ground = cells(place.houses, place.streets, place.boundary)
    holds(ground, list(place.houses))
    assert sorted(ground.cell_of.tolist()) == list(range(len(place.houses)))
    assert ground.remarks.outside == ground.remarks.empty == ground.remarks.overlaps == ()
    assert shapely.symmetric_difference(ground.territory, place.boundary).area < 0.01


def test_cells_end_at_streets() -> None:
    place = town(3)
    ground = cells(place.houses, place.streets, place.boundary)
    net = shapely.union_all(place.streets)
    middle = shapely.intersection(net, shapely.buffer(place.boundary, -40))
    inside = shapely.intersection(shapely.buffer(ground.cells, -0.01), middle)
    assert shapely.length(inside).max() < 0.01
    assert len(np.unique(ground.blocks)) == 9
    for (one, other), share in zip(ground.pairs, ground.streets, strict=True):
        if ground.blocks[one] == ground.blocks[other]:
            assert share < 0.5


def test_the_strip_beyond_the_last_street_belongs_to_the_houses_along_it() -> None:
    place = town(4)
    gone = np.ones(len(place.streets), bool)
    # Without the first street at the edge the strip hangs on a block; it is shared out all the same.
    gone[0] = False
    for streets in (place.streets, place.streets[gone]):
        ground = cells(place.houses, streets, place.boundary)
        holds(ground, list(place.houses))
        assert len(ground) == len(place.houses)
        compact = 4 * np.pi * ground.areas / ground.perimeters**2
        assert compact.min() > 0.15


def test_cutting_along_a_large_street_is_cheaper_than_along_a_lane_or_through_a_block() -> None:
    houses = [box(x, y, x + 10, y + 10) for x in (0, 30, 60, 90) for y in (0, 20)]
    streets = [shapely.LineString([(20, -20), (20, 50)]), shapely.LineString([(80, -20), (80, 50)])]
    ground = cells(houses, streets, box(-10, -10, 110, 40), ranks=[1.0, 0.2])
    cost = {tuple(sorted(pair)): crossing for pair, crossing in zip(ground.pairs.tolist(), ground.crossing, strict=True)}
    cell = ground.cell_of
    road, lane, within = ((cell[a], cell[b]) for a, b in ((0, 2), (4, 6), (2, 4)))
    assert cost[tuple(sorted(road))] > cost[tuple(sorted(lane))] > cost[tuple(sorted(within))]


def test_walls_that_touch_are_the_border() -> None:
    ground = cells([box(0, 0, 10, 12), box(10, 0, 20, 15)], None, box(-5, -5, 25, 20))
    holds(ground, [box(0, 0, 10, 12), box(10, 0, 20, 15)])
    assert len(ground) == 2
    border = shapely.intersection(*ground.cells)
    assert shapely.covers(shapely.buffer(border, 0.001), shapely.LineString([(10, 0), (10, 12)]))


def test_half_way_between_buildings_without_streets() -> None:
    ground = cells([box(0, 0, 10, 10), box(30, 0, 40, 10)], None, box(-10, -10, 50, 20))
    border = shapely.intersection(*ground.cells)
    assert np.abs(shapely.get_coordinates(border)[:, 0] - 20).max() < 0.6
    assert ground.remarks.streets == 0


@pytest.mark.parametrize(
    "other",
    [box(4, 4, 20, 20), box(0, 0, 10, 10), box(2, 2, 6, 6), box(9.5, 0, 20, 10)],
    ids=["across a corner", "the same again", "inside", "a strip of half a metre"],
)
def test_buildings_on_each_other_share_a_cell_and_are_told(other: shapely.Polygon) -> None:
    buildings = [box(0, 0, 10, 10), box(40, 0, 50, 10), other]
    ground = cells(buildings, None, box(-10, -10, 60, 30))
    holds(ground, buildings)
    assert ground.cell_of[0] == ground.cell_of[2] != ground.cell_of[1]
    assert [(pair.one, pair.other) for pair in ground.remarks.overlaps] == [(0, 2)]
    assert ground.remarks.overlaps[0].area_m2 == pytest.approx(shapely.intersection(buildings[0], other).area, abs=0.01)


def test_walls_that_lean_over_by_a_sliver_are_two_buildings() -> None:
    buildings = [box(0, 0, 10, 10), box(9.98, 0, 20, 10)]
    ground = cells(buildings, None, box(-10, -10, 30, 20))
    holds(ground, buildings, leaning=True)
    assert len(ground) == 2
    assert ground.remarks.overlaps == ()


def test_a_building_across_a_street_stays_whole() -> None:
    buildings = [box(-20, 0, -10, 10), box(-6, 0, 14, 10), box(20, 0, 30, 10)]
    ground = cells(buildings, [shapely.LineString([(0, -30), (0, 40)])], box(-40, -20, 50, 30))
    holds(ground, buildings)
    assert len(set(ground.cell_of.tolist())) == 3
    assert ground.blocks[ground.cell_of[1]] == ground.blocks[ground.cell_of[2]]


def test_a_building_in_parts_stays_in_one_cell_of_one_piece() -> None:
    twins = shapely.union(box(0, 0, 10, 10), box(60, 0, 70, 10))
    buildings = [twins, box(25, 0, 45, 10), box(25, 60, 45, 70)]
    ground = cells(buildings, None, box(-10, -10, 80, 80))
    holds(ground, buildings)
    assert ground.cell_of[0] == ground.cell_of[1] != ground.cell_of[2]


def test_a_street_that_ends_too_early_is_drawn_on() -> None:
    houses = [box(-40, 0, -20, 20), box(20, 0, 40, 20)]
    ground = cells(houses, [shapely.LineString([(0, -100), (0, 80)])], box(-60, -50, 60, 100))
    assert ground.streets[0] == pytest.approx(1.0)
    blocked = cells([*houses, box(-10, 85, 10, 95)], [shapely.LineString([(0, -100), (0, 80)])], box(-60, -50, 60, 100))
    holds(blocked, [*houses, box(-10, 85, 10, 95)])
    assert len(set(blocked.blocks.tolist())) == 1


def test_land_without_a_building_is_a_cell_of_its_own_where_it_is_large() -> None:
    houses = [box(-40, 0, -20, 20), box(90, 0, 110, 20)]
    streets = [shapely.LineString([(x, -100), (x, 200)]) for x in (0, 80)]
    park = cells(houses, streets, box(-60, -50, 130, 100))
    assert len(park) == 3
    assert sum(not park.buildings_in(cell) for cell in range(3)) == 1
    median = [shapely.LineString([(x, -100), (x, 200)]) for x in (0, 6)]
    assert len(cells(houses, median, box(-60, -50, 130, 100))) == 2


def test_plots_are_borders() -> None:
    houses = [box(0, 0, 10, 10), box(30, 0, 40, 10)]
    plots = [box(-10, -10, 25, 20), box(25, -10, 50, 20)]
    ground = cells(houses, None, box(-10, -10, 50, 20), plots)
    assert shapely.symmetric_difference(ground.cells[ground.cell_of[0]], plots[0]).area < 0.01
    yard = [box(-10, -10, 12, 20), box(12, -10, 22, 20), box(22, -10, 50, 20)]
    ground = cells(houses, None, box(-10, -10, 50, 20), yard)
    assert ground.areas[ground.cell_of[0]] + ground.areas[ground.cell_of[1]] == pytest.approx(1800)
    assert {round(float(area)) for area in ground.areas} == {22 * 30 + 10 * 30, 28 * 30} or {
        round(float(area)) for area in ground.areas
    } == {22 * 30, 38 * 30}


def test_two_houses_on_one_plot_part_it_and_a_large_bare_plot_stays() -> None:
    houses = [box(0, 0, 10, 10), box(30, 0, 40, 10), box(100, 0, 110, 10)]
    plots = [box(-10, -10, 50, 20), box(90, -10, 120, 20), box(-10, 20, 120, 80)]
    ground = cells(houses, None, box(-10, -10, 120, 80), plots)
    holds(ground, houses)
    assert len(ground) == 4
    bare = next(cell for cell in range(4) if not ground.buildings_in(cell))
    assert ground.areas[bare] == pytest.approx(130 * 60, abs=1)
    both = shapely.union_all(ground.cells[ground.cell_of[:2]])
    assert shapely.difference(plots[0], both).area < 1


def test_outside_on_the_rim_empty_and_crossed() -> None:
    bow = shapely.Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])
    buildings = [box(0, 0, 10, 10), box(100, 0, 110, 10), box(45, 0, 52, 10), None, shapely.Polygon(), bow, shapely.Point(3, 3)]
    ground = cells(buildings, None, box(-10, -10, 50, 20))
    told = ground.remarks
    assert (told.outside, told.rim, told.empty, told.mended) == ((1,), (2,), (3, 4, 6), (5,))
    assert [at for at in range(len(buildings)) if ground.cell_of[at] < 0] == [1, 3, 4, 6]
    holds(ground, buildings)
    assert ground.held([1, 10, 100, 1000, 0, 5, 0]).sum() == 106


def test_a_boundary_may_be_lines_that_nearly_close() -> None:
    houses = [box(0, 0, 10, 10), box(30, 0, 40, 10)]
    ring = [(-10, -10), (50, -10), (50, 20), (-10, 20)]
    closed = cells(houses, None, [shapely.LineString([*ring, ring[0]])])
    assert closed.territory.area == pytest.approx(1800)
    assert closed.remarks.closed_m == 0
    nearly = cells(houses, None, [shapely.LineString([*ring, (-10, -9.6)])])
    assert nearly.territory.area == pytest.approx(1800)
    assert nearly.remarks.closed_m == pytest.approx(0.4)
    with pytest.raises(NoGround) as fault:
        cells(houses, None, [shapely.LineString([*ring, (-10, 0)])])
    assert fault.value.flaw is Flaw.OPEN_BOUNDARY
    assert fault.value.gap_m == pytest.approx(10)


def test_a_boundary_and_plots_that_cross_themselves_are_mended() -> None:
    houses = [box(0, 0, 10, 10), box(30, 0, 40, 10)]
    bow = shapely.Polygon([(-10, -10), (50, -10), (50, 30), (-10, 20), (-10, 40), (0, 10)])
    ground = cells(houses, None, bow, [shapely.Polygon([(20, -10), (60, 30), (60, -10), (20, 30)])])
    assert ground.remarks.boundary_mended
    holds(ground, houses)
    assert not cells(houses, None, box(-10, -10, 50, 20)).remarks.boundary_mended


def test_what_no_ground_can_be_made_of() -> None:
    for buildings, boundary, flaw in (
        ([], None, Flaw.NO_BUILDINGS),
        ([shapely.Point(0, 0)], None, Flaw.NO_BUILDINGS),
        ([box(0, 0, 1, 1)], box(50, 50, 60, 60), Flaw.NO_BUILDINGS),
        ([box(0, 0, 1, 1)], [shapely.Point(0, 0)], Flaw.NO_BOUNDARY),
    ):
        with pytest.raises(NoGround) as fault:
            cells(buildings, None, boundary)
        assert fault.value.flaw is flaw


def test_one_house_is_one_cell() -> None:
    ground = cells([box(0, 0, 10, 10)])
    assert len(ground) == 1
    assert len(ground.pairs) == len(ground.crossing) == 0
    assert ground.areas[0] == pytest.approx(50 * 50)


def test_without_a_boundary_the_territory_is_the_blocks_around_the_houses() -> None:
    place = town(3)
    inner = shapely.within(place.houses, box(100, 100, 240, 240))
    ground = cells(place.houses[inner], place.streets)
    middle = shapely.polygonize(shapely.get_parts(shapely.node(shapely.multilinestrings(list(place.streets)))))
    block = next(face for face in middle.geoms if face.contains(place.houses[inner][0]))
    assert shapely.symmetric_difference(ground.territory, block).area < 1
    holds(ground, list(place.houses[inner]))


def test_places_far_from_the_origin_lose_nothing() -> None:
    place = town(2)
    away = np.array([39_500_000.0, 4_400_000.0])
    far, streets = (shapely.transform(shapes, lambda xy: xy + away) for shapes in (place.houses, place.streets))
    edge = shapely.transform(place.boundary, lambda xy: xy + away)
    ground = cells(far, streets, edge)
    holds(ground, list(far))
    assert shapely.symmetric_difference(shapely.union_all(ground.cells), edge).area < 0.01


@pytest.mark.parametrize("seed", range(24))
def test_worlds_in_which_nothing_fits(seed: int) -> None:
    place = world(seed)
    ground = cells(place.buildings, place.streets, place.boundary, place.plots)
    holds(ground, place.buildings, leaning=True)
    if place.boundary is not None:
        assert shapely.symmetric_difference(shapely.union_all(ground.cells), place.boundary).area < 0.01


def test_kinds_of_streets() -> None:
    assert rank_of("primary") == rank_of("motorway_link") == rank_of("主干路") == 1.0
    residential, service = rank_of("residential"), rank_of("service")
    assert residential is not None
    assert service is not None
    assert service < residential < 1.0
    assert rank_of("footway") is None
    assert rank_of("") == rank_of("Hauptstrasse") == residential
