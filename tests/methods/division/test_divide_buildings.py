"""``linli divide --buildings``: maps in, a GeoPackage of grids out; clear words where something can't be used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio import list_layers, raw
from pyproj import Transformer
from shapely import box

from linli.site.cli import main
from linli.territory.rules.numbering import in_order
from tests.methods.division.towns import Town, town

UTM = "EPSG:32650"
PLACE = np.array([500_000.0, 4_400_000.0])


def placed(shapes: Any, crs: str = UTM) -> Any:
    """Shapes of a town somewhere in the world, in ``crs``."""
    way = Transformer.from_crs(UTM, crs, always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(way.transform(*(xy + PLACE).T)))


def write(path: Path, layer: str, shapes: Any, crs: str | None = UTM, **fields: Sequence[Any]) -> Path:
    """A layer of a GeoPackage; further layers may follow."""
    kind = "LineString" if shapely.get_type_id(shapes)[0] == 1 else "Unknown"
    columns = [np.asarray(values, object if isinstance(values[0], str) else None) for values in fields.values()]
    raw.write(
        path,
        np.asarray(shapely.to_wkb(shapes), object),
        columns,
        list(fields),
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        append=path.exists(),
        **({"crs": crs} if crs else {}),
    )
    return path


def read(path: Path, layer: str) -> tuple[Any, dict[str, list[Any]], str]:
    meta, _, geometry, columns = raw.read(path, layer=layer)
    return (
        shapely.from_wkb(geometry),
        {str(n): c.tolist() for n, c in zip(meta["fields"], columns, strict=True)},
        str(meta["crs"]),
    )


@pytest.fixture
def place() -> Town:
    return town(3)


@pytest.fixture
def persons(place: Town) -> list[int]:
    return [int(n) for n in np.random.default_rng(5).poisson(30, len(place.houses))]


@pytest.fixture
def maps(tmp_path: Path, place: Town, persons: list[int]) -> Path:
    """A file with layers buildings (id, persons), streets and boundary."""
    keys = [f"B{at:03d}" for at in range(len(place.houses))]
    path = write(tmp_path / "town.gpkg", "buildings", placed(place.houses), id=keys, persons=persons)
    write(path, "streets", placed(place.streets))
    return write(path, "boundary", placed(np.array([place.boundary])))


def divide(*arguments: object) -> int:
    return main(["divide", *(str(argument) for argument in arguments)])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_grids_with_codes_cover_the_territory(
    tmp_path: Path, maps: Path, place: Town, persons: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "grids.gpkg"
    given = ("--buildings", maps, "--streets", maps, "--boundary", maps, "--persons", "persons", "--target", 300)
    assert divide(*given, "--community", "310104003001", "--out", out, "--json") == 0
    shown = told(capsys)
    assert shown["grids"] == 7
    assert shown["persons"] == sum(persons)
    assert shown["max_deviation"]["persons"] <= 0.05
    assert shown["notes"] == []
    assert list_layers(out).tolist() == [["grids", "Polygon"], ["cells", "Polygon"], ["buildings", "Polygon"]]
    grids, columns, crs = read(out, "grids")
    assert crs == UTM
    assert columns["code"] == [f"310104003001{at:03d}" for at in range(1, 8)]
    assert columns["label"] == [f"{at:03d}" for at in range(1, 8)]
    assert sum(columns["persons"]) == sum(persons)
    assert sum(columns["area_m2"]) == pytest.approx(place.boundary.area, rel=0.001)
    assert shapely.coverage_is_valid(grids)
    whole = shapely.union_all(grids)
    assert shapely.symmetric_difference(whole, placed(place.boundary)).area < 0.01
    assert shapely.area(grids).sum() == pytest.approx(whole.area, abs=0.001)
    houses, rows, _ = read(out, "buildings")
    assert rows["id"] == rows["key"] == [f"B{at:03d}" for at in range(len(persons))]
    grid = dict(zip(columns["code"], grids, strict=True))
    assert max(shapely.difference(house, grid[code]).area for house, code in zip(houses, rows["grid"], strict=True)) < 0.001
    held = {code: sum(n for n, own in zip(rows["persons"], rows["grid"], strict=True) if own == code) for code in grid}
    assert list(held.values()) == columns["persons"]
    middles = shapely.get_coordinates(shapely.centroid(grids))
    assert in_order(middles, shapely.area(grids)) == list(range(7))
    _, cell, _ = read(out, "cells")
    assert sum(cell["persons"]) == sum(persons)


def test_the_same_seed_gives_the_same_grids(tmp_path: Path, maps: Path) -> None:
    given = ("--buildings", maps, "--streets", maps, "--persons", "persons", "--target", 300, "--seed", 3)
    found = []
    for name in ("one.gpkg", "two.gpkg"):
        assert divide(*given, "--out", tmp_path / name) == 0
        found.append(read(tmp_path / name, "grids"))
    assert shapely.equals_exact(found[0][0], found[1][0]).all()
    assert found[0][1] == found[1][1]


def test_two_systems_become_one_and_it_is_said(
    tmp_path: Path, maps: Path, place: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    streets = write(tmp_path / "streets.gpkg", "roads", placed(place.streets, "EPSG:4326"), "EPSG:4326")
    edge = write(tmp_path / "edge.gpkg", "edge", placed(np.array([place.boundary]), "EPSG:3857"), "EPSG:3857")
    out = tmp_path / "grids.gpkg"
    given = ("--buildings", maps, "--streets", streets, "--boundary", edge, "--persons", "persons", "--target", 300)
    assert divide(*given, "--out", out, "--json") == 0
    notes = told(capsys)["notes"]
    assert notes == [
        "Streets: brought from EPSG:4326 to EPSG:32650, in which the buildings are.",
        "Boundary: brought from EPSG:3857 to EPSG:32650, in which the buildings are.",
    ]
    grids, _, _ = read(out, "grids")
    assert shapely.symmetric_difference(shapely.union_all(grids), placed(place.boundary)).area < 0.01


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_areas_are_those_on_the_ground(
    tmp_path: Path, place: Town, persons: list[int], crs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "houses.gpkg", "houses", placed(place.houses, crs), crs, persons=persons)
    edge = write(tmp_path / "edge.gpkg", "edge", placed(np.array([place.boundary]), crs), crs)
    out = tmp_path / "grids.gpkg"
    assert divide("--buildings", path, "--boundary", edge, "--persons", "persons", "--target", 300, "--out", out, "--json") == 0
    assert told(capsys)["crs"] == crs
    _, columns, _ = read(out, "grids")
    assert sum(columns["area_m2"]) == pytest.approx(place.boundary.area, rel=0.001)


def test_households_and_a_target_beyond_all(tmp_path: Path, maps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--buildings", maps, "--households", "PERSONS", "--target", 1e6, "--out", tmp_path / "g.gpkg", "--json")
    assert divide(*given) == 0
    shown = told(capsys)
    assert shown["grids"] == 1
    assert shown["notes"] == ["No street lies in the territory: grids end half-way between buildings, or at plots."]
    _, columns, _ = read(tmp_path / "g.gpkg", "grids")
    assert columns["households"] == [shown["households"]]


def test_what_is_wrong_with_buildings_is_told_by_their_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bow = shapely.Polygon([(120, 0), (150, 10), (150, 0), (120, 10)])
    parts = shapely.union(box(30, 0, 35, 10), box(38, 0, 40, 10))
    shapes = [box(0, 0, 10, 10), box(5, 5, 15, 15), parts, bow, box(900, 0, 910, 10), box(195, 0, 203, 10), shapely.Point(9, 9)]
    path = write(
        tmp_path / "odd.gpkg",
        "buildings",
        placed(np.array(shapes)),
        id=["a", "b", "c", "bow", "far", "rim", "dot"],
        persons=[10, 10, 10, 10, 50, 10, 7],
    )
    edge = write(tmp_path / "edge.gpkg", "edge", placed(np.array([box(-20, -20, 200, 40)])))
    given = ("--buildings", path, "--boundary", edge, "--persons", "persons", "--target", 25, "--tolerance", "50%")
    assert divide(*given, "--out", tmp_path / "g.gpkg", "--json") == 1
    shown = told(capsys)
    assert shown["overlaps"] == [["a", "b", pytest.approx(25, rel=0.001)]]
    assert (shown["outside"], shown["rim"], shown["mended"], shown["empty"]) == (["far"], ["rim"], ["bow"], ["dot"])
    assert shown["persons"] == 50
    assert "Left out, with 7 persons: 1 building without an area: dot." in shown["notes"]
    assert "Left out, with 50 persons: 1 building outside the boundary: far." in shown["notes"]
    _, rows, _ = read(tmp_path / "g.gpkg", "buildings")
    grid = dict(zip(rows["id"], rows["grid"], strict=True))
    assert grid["a"] == grid["b"]
    assert grid["far"] is None


def test_a_building_larger_than_a_grid_ends_with_status_1(
    tmp_path: Path, place: Town, persons: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [f"B{at:03d}" for at in range(len(persons))]
    path = write(tmp_path / "t.gpkg", "buildings", placed(place.houses), id=keys, persons=[900, *persons[1:]])
    assert divide("--buildings", path, "--persons", "persons", "--target", 300, "--out", tmp_path / "g.gpkg") == 1
    said = capsys.readouterr().err
    assert "B000" in said
    assert "alone hold more than a part may" in said


def test_land_in_two_pieces_needs_two_grids(tmp_path: Path, maps: Path, place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    halves = [box(-200, -200, 100, 600), box(130, -200, 600, 600)]
    both = placed(shapely.intersection(place.boundary, np.array(halves)))
    edge = write(tmp_path / "edge.gpkg", "edge", both)
    given = ("--buildings", maps, "--boundary", edge, "--persons", "persons", "--target", 1e6)
    assert divide(*given, "--out", tmp_path / "g.gpkg", "--json") in (0, 1)
    shown = told(capsys)
    assert shown["grids"] == 2
    assert "The territory is in 2 pieces; each was divided by itself." in shown["notes"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "--persons FIELD or --households FIELD"),
        (("--persons", "persons"), "--target 1000"),
        (("--persons", "persons", "--target", "0"), "--target 1000"),
        (("--persons", "persons", "--target", "300", "--tolerance", "much"), "write a share such as 0.05"),
        (("--persons", "persons", "--target", "300", "--out", "g.shp"), "ends in .gpkg"),
        (("--persons", "persons", "--target", "300", "--community", "上海"), "a code is digits"),
        (("--persons", "people", "--target", "300"), "no field people. It has id, persons"),
        (("--persons", "id", "--target", "300"), "Field id of town.gpkg holds no number for 72 buildings: B000 (B000)"),
        (("--persons", "persons", "--target", "4"), "no building is ever cut"),
        (("--persons", "persons", "--target", "1"), "at most 999"),
        (("--persons", "persons", "--target", "300", "--plots", "nowhere.gpkg"), "no file nowhere.gpkg"),
        (("--persons", "persons", "--target", "300", "--graph", "g.json"), "either --graph G.json or --buildings FILE"),
        (("--persons", "persons", "--target", "300", "--parts", "3"), "--parts belongs to --graph"),
    ],
)
def test_wishes_that_cannot_be(maps: Path, given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert divide("--buildings", maps, *given) == 2
    assert said in capsys.readouterr().err


def test_weights_that_cannot_be(tmp_path: Path, place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [f"B{at:03d}" for at in range(len(place.houses))]
    for values, said in (
        ([-3.0, *[1.0] * 71], "is below nought for 1 building: B000 (-3.0)"),
        ([0.0] * 72, "is nought for every building"),
    ):
        path = tmp_path / "t.gpkg"
        path.unlink(missing_ok=True)
        write(path, "buildings", placed(place.houses), id=keys, persons=values)
        assert divide("--buildings", path, "--persons", "persons", "--target", 10, "--out", tmp_path / "g.gpkg") == 2
        assert said in capsys.readouterr().err
    path.unlink()
    write(path, "buildings", placed(place.houses), id=keys, persons=[np.nan, *[1.0] * 71])
    given = ("--buildings", path, "--persons", "persons", "--target", 10, "--tolerance", "10%")
    assert divide(*given, "--out", tmp_path / "g.gpkg", "--json") == 0
    assert "The field is empty for 1 building; that counts as nought." in told(capsys)["notes"]


def test_boundaries_that_cannot_be(tmp_path: Path, maps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = np.array([(-40, -40), (380, -40), (380, 380), (-40, 380), (-40, -35)], np.float64)
    given = ("--buildings", maps, "--persons", "persons", "--target", 300, "--out", tmp_path / "g.gpkg")
    for layer, shape, said in (
        ("open", shapely.linestrings(ring), "The boundary is not closed: its ends lie up to 5.0 m apart, at 499960, 4.39996e+06"),
        ("far", box(5000, 0, 6000, 100), "No building lies inside the boundary"),
        ("point", shapely.Point(0, 0), "neither an area nor a line"),
    ):
        edge = write(tmp_path / "edges.gpkg", layer, placed(np.array([shape])))
        assert divide(*given, "--boundary", f"{edge}:{layer}") == 2
        assert said in capsys.readouterr().err
        assert not (tmp_path / "g.gpkg").exists()


def test_a_ring_that_does_not_end_where_it_began_is_told(tmp_path: Path, maps: Path, capsys: pytest.CaptureFixture[str]) -> None:
    west, south, east, north = shapely.total_bounds(placed(np.array([box(-40, -40, 380, 380)]), "EPSG:4326"))
    corners = [[west, south], [east, south], [east, north], [west, north]]
    edge = tmp_path / "edge.geojson"
    polygon = {"type": "Polygon", "coordinates": [corners]}
    edge.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": polygon}]})
    )
    given = ("--buildings", maps, "--boundary", edge, "--persons", "persons", "--target", 1e6)
    assert divide(*given, "--out", tmp_path / "g.gpkg", "--json") == 0
    assert "Boundary: a ring doesn't end where it began; it was closed with a straight line." in told(capsys)["notes"]


def test_layers_and_systems_must_be_known(
    tmp_path: Path, maps: Path, place: Town, persons: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--persons", "persons", "--target", 300, "--out", tmp_path / "g.gpkg")
    assert divide("--buildings", f"{maps}:streets", *out) == 2
    assert "no field persons" in capsys.readouterr().err
    assert divide("--buildings", f"{maps}:houses", *out) == 2
    capsys.readouterr()
    assert divide("--buildings", maps, "--plots", maps, *out) == 2
    assert "3 layers (buildings, streets, boundary) and none is called plots" in capsys.readouterr().err
    with pytest.warns(UserWarning, match="crs"):
        bare = write(tmp_path / "bare.gpkg", "houses", placed(place.houses), None, persons=persons)
    assert divide("--buildings", bare, *out) == 2
    assert "does not say in which coordinate system" in capsys.readouterr().err
    assert divide("--buildings", bare, "--crs", UTM, *out) == 0
    (tmp_path / "not.gpkg").write_text("hello", "utf-8")
    assert divide("--buildings", tmp_path / "not.gpkg", *out) == 2
    assert "not a file of the kind" in capsys.readouterr().err


def test_paths_are_no_streets(tmp_path: Path, maps: Path, place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ["footway" if at % 4 == 0 else "residential" for at in range(len(place.streets))]
    streets = write(tmp_path / "osm.gpkg", "lines", placed(place.streets), highway=kinds)
    given = ("--buildings", maps, "--streets", streets, "--persons", "persons", "--target", 300, "--out", tmp_path / "g.gpkg")
    assert divide(*given, "--json") == 0
    assert told(capsys)["notes"] == ["Streets: 6 of 24 lines are paths or unbuilt, and were left aside."]


def test_columns_of_the_buildings_are_kept_and_a_grid_of_before_makes_room(
    tmp_path: Path, place: Town, persons: list[int]
) -> None:
    names = [f"楼{at}" for at in range(len(persons))]
    path = write(tmp_path / "t.gpkg", "b", placed(place.houses), name=names, Grid=["old"] * len(persons), persons=persons)
    assert divide("--buildings", path, "--persons", "persons", "--target", 300, "--out", tmp_path / "g.gpkg") == 0
    _, rows, _ = read(tmp_path / "g.gpkg", "buildings")
    assert list(rows) == ["key", "grid", "name", "persons"]
    assert rows["name"] == names
    assert "old" not in rows["grid"]


def test_it_starts_without_django(tmp_path: Path, maps: Path) -> None:
    given = ["divide", "--buildings", str(maps), "--persons", "persons", "--target", "1e6", "--out", str(tmp_path / "g.gpkg")]
    program = (
        "import sys\nfrom linli.site.cli import main\n"
        f"status = main({given!r})\n"
        "sys.exit(status or ('django' in sys.modules) * 3 or ('duckdb' in sys.modules) * 4)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
