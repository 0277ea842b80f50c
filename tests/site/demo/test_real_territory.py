from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from shapely.affinity import rotate
from shapely.geometry import box

from linli.site.demo import write_demo
from linli.site.demo.gazetteer import COMMUNITIES
from linli.site.demo.real_territory import read_territory

from .conftest import MAIN, Delivery

DATA = Path(os.environ.get("LINLI_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


def write_buildings(path: Path, shapes: list, crs: str | None, layer: str = "buildings") -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.arange(len(shapes), dtype=np.int32)],
        np.array(["uID"]),
        layer=layer,
        driver="GPKG",
        geometry_type="Polygon",
        crs=crs,
    )
    return path


def terraces(rows: int = 7, houses: int = 12) -> list:
    """Rows of houses that share their walls, turned a little, in EPSG:3857 as a file from the web has them."""
    east, north = 13_640_000.0, 3_650_000.0
    shapes = [box(x * 11.3, y * 42.0, (x + 1) * 11.3, y * 42.0 + 13.0) for y in range(rows) for x in range(houses)]
    turned = [rotate(shape, 17.0, origin=(0, 0)) for shape in shapes]
    return [shapely.transform(shape, lambda xy: xy + np.array([east, north])) for shape in turned]


def check(delivery: Delivery, grids: int) -> None:
    shapes, _ = delivery.layer("grids")
    buildings, columns = delivery.layer("buildings")
    boundary, _ = delivery.layer("boundary")
    assert len(shapes) == grids
    assert {shape.geom_type for shape in shapes} == {"Polygon"}
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.coverage_union_all(shapes).symmetric_difference(boundary[0]).area < 1e-6 * boundary[0].area
    tree = shapely.STRtree(shapes)
    assert all(len(tree.query(building, predicate="covered_by")) == 1 for building in buildings)
    assert len(set(columns["name"])) == len(buildings)


def test_people_move_into_the_buildings_of_a_file(tmp_path: Path) -> None:
    path = write_buildings(tmp_path / "terraces.gpkg", terraces(), "EPSG:3857")
    out = tmp_path / "out"
    write_demo(out, residents=1700, weeks=4, territory=path, communities=1)
    delivery = Delivery(out / MAIN, json.loads((out / "planted.json").read_text("utf-8")))
    check(delivery, 4)
    assert len(delivery.layer("buildings")[0]) == 84
    assert len(delivery.population(delivery.weeks[0])) > 1600
    assert len(delivery.planted) == 5


def test_reprojected_areas_are_true(tmp_path: Path) -> None:
    path = write_buildings(tmp_path / "terraces.gpkg", terraces(), "EPSG:3857")
    plan = read_territory(path, COMMUNITIES[0], 4, np.random.default_rng(1))
    # At 31.1° north a metre of EPSG:3857 is cos(31.1°) = 0.856 metres.
    assert np.mean([building.shape.area for building in plan.buildings]) == pytest.approx(11.3 * 13.0 * 0.856**2, rel=0.02)


def test_too_few_buildings_are_refused(tmp_path: Path) -> None:
    path = write_buildings(tmp_path / "few.gpkg", terraces(1, 5), "EPSG:3857")
    with pytest.raises(ValueError, match="too few for 4 grids"):
        write_demo(tmp_path / "out", residents=1000, weeks=1, territory=path)


def test_a_file_without_buildings_is_refused(tmp_path: Path) -> None:
    path = write_buildings(tmp_path / "two.gpkg", terraces(1, 5), "EPSG:3857", layer="fields")
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(terraces(1, 2), dtype=object)),
        [np.arange(2, dtype=np.int32)],
        np.array(["uID"]),
        layer="meadows",
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:3857",
        append=True,
    )
    with pytest.raises(ValueError, match="no layer of buildings"):
        write_demo(tmp_path / "out", residents=1000, weeks=1, territory=path)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["bubenec.gpkg", "Helsinki.osm.pbf"])
def test_a_real_neighbourhood(tmp_path: Path, name: str) -> None:
    path = DATA / "places" / name
    if not path.exists():
        pytest.skip(f"published data are not here: {path.name}")
    write_demo(tmp_path, residents=9000, weeks=1, territory=path, communities=1)
    check(Delivery(tmp_path / MAIN, []), 21)
