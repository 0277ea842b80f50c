"""Real places, as published: Bubeneč in Prague (GeoPackage, EPSG:3857) and central Helsinki (OpenStreetMap PBF)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import shapely
from pyproj import Geod

from linli.territory import commands, queries
from linli.territory.models import Building
from linli.territory.reader import read_delivery
from linli.territory.reports import ImportReport
from linli.territory.rules.faults import FaultKind
from linli.trust import SYSTEM

DATA = Path(os.environ.get("LINLI_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
GEOD = Geod(ellps="WGS84")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not (DATA / "places").is_dir(), reason=f"the published data are not at {DATA} (set LINLI_SHARED_DATA)"),
]


def _take(code: str, zone: str, file: str) -> ImportReport:
    community = commands.add_community(by=SYSTEM, code=code, name={"en": code}, zone=zone)
    return commands.import_territory(by=SYSTEM, community=community, delivery=read_delivery(DATA / "places" / file))


def _areas_are_right() -> None:
    rows = list(Building.objects.values_list("footprint", "area_m2"))
    true = [abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shapely.from_wkb(bytes(wkb))))[0]) for wkb, _ in rows]
    assert sum(area for _, area in rows) == pytest.approx(sum(true), rel=1e-6)
    for (_, area), geodesic in zip(rows, true, strict=True):
        assert area == pytest.approx(geodesic, rel=1e-5, abs=0.006)


def test_bubenec_has_its_true_areas(db: None) -> None:
    report = _take("bubenec", "Europe/Prague", "bubenec.gpkg")
    assert {layer.role: layer.new for layer in report.layers} == {"buildings": 144, "streets": 35, "plots": 407}
    assert report.ignored == ["tessellation"]
    assert report.faults == []
    # In EPSG:3857, at 50° north, they would come out 2.4 times too large.
    _areas_are_right()
    row = queries.communities(viewer=SYSTEM)[0]
    assert row.metric_crs == 32633
    points = [(b.lon, b.lat) for b in queries.buildings(viewer=SYSTEM, community=row.id)]
    grids = commands.grid_from_points(by=SYSTEM, community=row.id, points=points, cell_m=200)
    assert grids.grids == 8
    assert all(b.grid for b in queries.buildings(viewer=SYSTEM, community=row.id))


def test_helsinki_is_taken_as_users_download_it(db: None) -> None:
    report = _take("helsinki", "Europe/Helsinki", "Helsinki.osm.pbf")
    layers = {layer.role: layer for layer in report.layers}
    assert layers["buildings"].features == layers["buildings"].new + layers["buildings"].refused == 494
    assert layers["streets"].new == 2504
    # The extract cuts through buildings at its edge: those are named one by one, not guessed at.
    refused = [fault for fault in report.faults if fault.refusing]
    assert 0 < len(refused) == report.refused < 30
    assert {fault.kind for fault in refused} == {FaultKind.INVALID_RING, FaultKind.EMPTY}
    assert all(fault.place for fault in refused if fault.kind is FaultKind.INVALID_RING)
    _areas_are_right()
    community = queries.communities(viewer=SYSTEM)[0].id
    rows = queries.buildings(viewer=SYSTEM, community=community)
    assert any(b.street == "Mannerheimintie" and b.house_number == "10" and b.storeys == 8 for b in rows)
    shapes = queries.map_shapes(viewer=SYSTEM, community=community)
    assert (len(shapes.buildings), len(shapes.streets)) == (400, 300)
