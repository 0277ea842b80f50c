"""Grids of real places, drawn as a planner would: Bubeneč in Prague, and central Helsinki as OpenStreetMap has it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio import raw

from linli.site.cli import main
from linli.territory.rules.crs import to_stored
from linli.territory.rules.geometry import areas_m2, to_metric

DATA = Path(os.environ.get("LINLI_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
BUBENEC, HELSINKI = DATA / "places" / "bubenec.gpkg", DATA / "places" / "Helsinki.osm.pbf"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not (DATA / "places").is_dir(), reason=f"the published data are not at {DATA} (set LINLI_SHARED_DATA)"),
]


def _peopled(path: Path, shapes: Any, crs: str, epsg: int, seed: int) -> int:
    """Buildings with residents that nobody counted: three to six storeys, 35 m² each on four fifths of the floors, at random
    (Poisson); sheds under 60 m² are empty, and nobody lives in more than 2,500 m² of one building's ground."""
    random = np.random.default_rng(seed)
    ground = areas_m2(to_stored(shapes, crs), epsg)
    persons = random.poisson(np.minimum(ground, 2500) * random.choice([3, 4, 5, 6], len(ground)) * 0.8 / 35)
    persons[ground < 60] = 0
    raw.write(
        path,
        np.asarray(shapely.to_wkb(shapes), object),
        [np.arange(1, len(shapes) + 1), persons.astype(np.int32)],
        ["id", "persons"],
        layer="buildings",
        driver="GPKG",
        geometry_type="Unknown",
        crs=crs,
    )
    return int(persons.sum())


def _layer(path: Path, name: str, where: str | None = None) -> tuple[Any, dict[str, list[Any]]]:
    meta, _, geometry, columns = raw.read(path, layer=name, where=where)
    shapes = shapely.from_wkb(geometry, on_invalid="fix")
    return shapes, {str(field): column.tolist() for field, column in zip(meta["fields"], columns, strict=True)}


def _holds(out: Path, buildings: Any, epsg: int, crs: str) -> None:
    """No gap, no overlap, nothing outside, no building cut: in square metres, on the ground."""
    grids, _ = _layer(out, "grids")
    plane = to_metric(to_stored(grids, crs), epsg)
    assert shapely.is_valid(plane).all()
    whole = shapely.union_all(plane)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapely.area(plane).sum() - whole.area < 0.01
    one, other = shapely.STRtree(plane).query(plane, predicate="intersects")
    assert shapely.area(shapely.intersection(plane[one], plane[other]))[one < other].sum() < 0.01
    _, rows = _layer(out, "buildings")
    _, columns = _layer(out, "grids")
    of = dict(zip(columns["code"], plane, strict=True))
    houses = to_metric(to_stored(buildings, crs), epsg)
    for house, code in zip(houses, rows["grid"], strict=True):
        if code is not None:
            lost = shapely.difference(shapely.make_valid(house), of[code])
            # Where two houses were surveyed to lean on each other by centimetres, the strip belongs to one of them.
            assert lost.area < 0.01 or 2 * lost.area / lost.length < 0.05


def test_twelve_grids_of_bubenec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    buildings, _ = _layer(BUBENEC, "buildings")
    persons = _peopled(tmp_path / "people.gpkg", buildings, "EPSG:3857", 32633, seed=11)
    out = tmp_path / "grids.gpkg"
    given = ["--buildings", tmp_path / "people.gpkg", "--streets", BUBENEC, "--plots", BUBENEC, "--persons", "persons"]
    arguments = [*given, "--target", persons / 12, "--community", "bubenec", "--out", out, "--json"]
    assert main(["divide", *map(str, arguments)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["grids"], told["persons"], told["cells"], told["overlaps"]) == (12, persons, 145, [])
    assert told["max_deviation"]["persons"] <= 0.05
    _holds(out, buildings, 32633, "EPSG:3857")
    assert told["mean_polsby_popper"] > 0.5
    grids, columns = _layer(out, "grids")
    assert columns["code"] == [f"bubenec{at:03d}" for at in range(1, 13)]
    assert sum(columns["persons"]) == persons
    # In EPSG:3857, at 50° north, the areas would come out 2.4 times too large.
    assert shapely.area(grids).sum() / sum(columns["area_m2"]) == pytest.approx(2.43, abs=0.02)
    streets, _ = _layer(BUBENEC, "streets")
    rim = shapely.boundary(shapely.union_all(grids))
    inner = shapely.difference(shapely.union_all(shapely.boundary(grids)), shapely.buffer(rim, 0.1))
    along = shapely.intersection(inner, shapely.buffer(shapely.union_all(streets), 0.1))
    assert along.length > 0.4 * inner.length


def test_helsinki_as_users_download_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.warns(RuntimeWarning):
        buildings, _ = _layer(HELSINKI, "multipolygons", "building IS NOT NULL")
    buildings = buildings[[shape is not None and shape.area > 0 for shape in buildings]]
    persons = _peopled(tmp_path / "people.gpkg", buildings, "EPSG:4326", 32635, seed=12)
    out = tmp_path / "grids.gpkg"
    given = ["--buildings", tmp_path / "people.gpkg", "--streets", HELSINKI, "--persons", "persons", "--target", persons / 30]
    assert main(["divide", *map(str, given), "--tolerance", "10%", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["grids"] == 30
    assert told["max_deviation"]["persons"] <= 0.1
    assert told["overlaps"] != []
    assert any("are paths or unbuilt" in note for note in told["notes"])
    _holds(out, buildings, 32635, "EPSG:4326")
