from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.site.demo.buildings import build
from linli.site.demo.gazetteer import COMMUNITIES, estate_names
from linli.site.demo.ground import lay_out
from linli.site.demo.plan import capacity

from .conftest import MAIN, Delivery


def test_grids_cover_the_territory_and_cut_no_building(main: Delivery, second: Delivery) -> None:
    for delivery in (main, second):
        boundary, _ = delivery.layer("boundary")
        grids, columns = delivery.layer("grids")
        buildings, _ = delivery.layer("buildings")
        assert shapely.is_valid(grids).all()
        assert shapely.is_valid(buildings).all()
        assert shapely.coverage_is_valid(grids)
        assert shapely.coverage_union_all(grids).symmetric_difference(boundary[0]).area < 1e-6 * boundary[0].area
        tree = shapely.STRtree(grids)
        assert all(len(tree.query(building, predicate="covered_by")) == 1 for building in buildings)
        assert len(set(columns["name_zh"])) == len(grids)


def test_nothing_stands_in_the_canal_or_on_another_building(main: Delivery) -> None:
    buildings, _ = main.layer("buildings")
    water, _ = main.layer("water")
    assert not shapely.intersects(shapely.union_all(water), buildings).any()
    first, other = shapely.STRtree(buildings).query(buildings, predicate="overlaps")
    assert len(first) == len(other) == 0


@given(st.integers(4, 40), st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_any_number_of_grids_comes_out_numbered_from_the_north_west(grids: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    plan = lay_out(COMMUNITIES[seed % 2], grids, rng)
    assert [grid.label for grid in plan.grids] == [f"{k:02d}" for k in range(1, grids + 1)]
    assert sum(grid.shape.area for grid in plan.grids) == pytest.approx(plan.boundary.area)
    for grid in plan.grids:
        grid.homes = 160
    build(plan, rng)
    for at, grid in enumerate(plan.grids):
        there = [building for building in plan.buildings if building.grid == at]
        assert sum(capacity(building) for building in there if building.use == "residential") >= 160
        assert all(grid.shape.contains(building.shape) for building in there)
    middles = [grid.shape.centroid for grid in plan.grids]
    # A new row begins where the next grid lies further west; rows go from north to south.
    assert all(b.x > a.x or b.y < a.y for a, b in itertools.pairwise(middles))


def test_buildings_have_unique_names_and_the_surveyor_lists_their_dwellings(main: Delivery) -> None:
    _, columns = main.layer("buildings")
    assert len(set(columns["name"])) == len(columns["name"])
    text = (main.folder / "dwellings.csv").read_bytes().decode("gb18030")
    dwellings = list(csv.DictReader(io.StringIO(text)))
    assert list(dwellings[0]) == ["楼栋", "单元", "室", "面积", "用途"]
    homes = {name for name, use in zip(columns["name"], columns["use"], strict=True) if use == "residential"}
    assert {row["楼栋"] for row in dwellings} == homes
    assert len({(row["楼栋"], row["单元"], row["室"]) for row in dwellings}) == len(dwellings)


def test_counters_stand_within_the_territory(main: Delivery, second: Delivery) -> None:
    for delivery, count in ((main, 12), (second, 5)):
        points, columns = delivery.layer("counters")
        boundary, _ = delivery.layer("boundary")
        assert len(points) == count
        assert shapely.covers(boundary[0], points).all()
        assert set(columns["interval_minutes"]) == {60}


def test_labels_of_the_description_are_those_of_the_map(main: Delivery) -> None:
    told = json.loads((main.folder / "community.json").read_text("utf-8"))
    _, columns = main.layer("grids")
    assert [grid["label"] for grid in told["grids"]] == list(columns["label"])
    assert told["code"] == MAIN == main.folder.name


def test_estate_names_never_repeat() -> None:
    kinds = ["slab", "lane", "tower", "park"] * 60
    names = estate_names(COMMUNITIES[0], kinds)
    assert len({zh for zh, _ in names}) == len({en for _, en in names}) == len(kinds)


def test_the_place_is_out_at_sea(main: Delivery) -> None:
    west, south, east, north = shapely.total_bounds(main.layer("boundary")[0])
    assert 122.5 < west < east < 122.8
    assert 31.0 < south < north < 31.3


def test_folder_of_the_file_is_clean(main: Delivery) -> None:
    leftovers = [path for path in Path(main.folder).iterdir() if path.suffix in (".gpkg-wal", ".gpkg-shm", ".gpkg-journal")]
    assert leftovers == []
