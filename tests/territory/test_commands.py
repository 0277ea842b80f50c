from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.territory import commands, queries
from linli.territory.commands import NewDwelling
from linli.territory.dwelling_file import read_dwellings
from linli.territory.models import Area, Building, BuildingGrid, Dwelling, Feature, GridVersion, SourceFile
from linli.territory.reader import read_delivery
from linli.territory.reports import ImportReport
from linli.territory.rules import crs
from linli.territory.rules.divisions import Level
from linli.territory.rules.faults import FaultKind
from linli.trust import SYSTEM, audit_events
from tests.territory.files import box, grid_boxes, house_boxes, polygon, town, write_layer


def _take(place: UUID, path: Path, **more: object) -> ImportReport:
    read = {key: more.pop(key) for key in ("crs", "layers", "encoding") if key in more}
    return commands.import_territory(by=SYSTEM, community=place, delivery=read_delivery(path, **read), **more)  # type: ignore[arg-type]


def test_a_community_lies_below_its_subdistrict(place: UUID) -> None:
    row = queries.community(viewer=SYSTEM, community=place)
    assert (row.code, row.name["zh-Hans"], row.time_zone, row.metric_crs) == ("999901001001", "柳荫社区", "Asia/Shanghai", None)
    assert {area["level"]: area["code"] for area in row.areas} == {"community": "999901001001", "subdistrict": "999901001"}
    second = commands.add_community(by=SYSTEM, code="999901001002", name={"en": "Bridge Lane"}, subdistrict="999901001")
    codes = [row.code for row in queries.communities(viewer=SYSTEM)]
    assert codes == ["999901001001", "999901001002"]
    assert queries.community(viewer=SYSTEM, community=second).name == {"en": "Bridge Lane", "zh-Hans": "Bridge Lane"}


@pytest.mark.parametrize(
    "wrong", [{"code": "12"}, {"name": {}}, {"zone": "Mars/Olympus"}, {"zone": "../etc/passwd"}, {"subdistrict": "999901002"}]
)
def test_a_community_that_cannot_be_leaves_nothing(db: None, wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"code": "999901001001", "name": {"en": "Willow Court"}, **wrong}
    with pytest.raises(BadInput):
        commands.add_community(by=SYSTEM, **given)  # type: ignore[arg-type]
    assert queries.communities(viewer=SYSTEM) == []


def test_codes_keep_their_history(place: UUID) -> None:
    commands.record_area(
        by=SYSTEM, community=place, level=Level.COMMUNITY, code="999901001009", name={"en": "Willow"}, valid_from=date(2026, 1, 1)
    )
    areas = Area.objects.filter(community_id=place, level="community").order_by("valid_from")
    assert [(a.code, a.valid_to) for a in areas] == [("999901001001", date(2026, 1, 1)), ("999901001009", None)]
    with pytest.raises(Conflict):
        commands.record_area(
            by=SYSTEM, community=place, level=Level.COMMUNITY, code="999901001010", name={"en": "W"}, valid_from=date(2026, 1, 1)
        )


def test_a_whole_territory_is_taken_in(place: UUID, settled: ImportReport) -> None:
    assert {layer.role: (layer.new, layer.refused) for layer in settled.layers} == {
        "boundary": (1, 0),
        "grids": (6, 0),
        "buildings": (36, 0),
        "streets": (1, 0),
        "water": (1, 0),
        "counters": (1, 0),
    }
    assert settled.faults == []
    assert settled.state == "published"
    grids = queries.grids(viewer=SYSTEM, community=place)
    assert [(g.label, g.buildings, g.name["zh-Hans"]) for g in grids] == [(f"0{n}", 6, f"柳荫0{n}") for n in range(1, 7)]
    assert grids[0].area_m2 == pytest.approx(150 * 150, rel=1e-3)
    assert queries.faults_of(viewer=SYSTEM, community=place) == []
    index = queries.building_index(viewer=SYSTEM, community=place)
    assert index.streets == ["桐荫路"]
    assert index.estates == ["柳荫苑"]
    assert {b.name for b in index.buildings} == {f"柳荫苑{n}号楼" for n in range(1, 37)}
    assert queries.counter_sites(viewer=SYSTEM, community=place)[0]["code"] == "footbridge"
    shapes = queries.map_shapes(viewer=SYSTEM, community=place)
    assert (len(shapes.grids), len(shapes.buildings), len(shapes.streets)) == (6, 36, 1)
    assert shapes.boundary is not None


def test_the_same_file_again_changes_nothing(place: UUID, settled: ImportReport, town_file: Path) -> None:
    before = (Building.objects.count(), Feature.objects.count(), GridVersion.objects.count(), BuildingGrid.objects.count())
    again = _take(place, town_file)
    assert again.again
    assert [layer.new for layer in again.layers] == [layer.new for layer in settled.layers]
    assert before == (
        Building.objects.count(),
        Feature.objects.count(),
        GridVersion.objects.count(),
        BuildingGrid.objects.count(),
    )


def test_the_same_content_in_another_file_is_the_same(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    write_layer(town(copy / "territory.gpkg"), "notes", [box(0, 0, 1, 1)], {"text": ["another fingerprint"]})
    report = _take(place, copy / "territory.gpkg")
    assert not report.again
    assert report.ignored == ["notes"]
    assert {layer.role: (layer.new, layer.changed, layer.same) for layer in report.layers}["buildings"] == (0, 0, 36)
    assert sum(layer.new + layer.changed for layer in report.layers) == 0
    assert GridVersion.objects.count() == 1


def test_a_changed_building_is_changed_and_none_is_lost(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    houses = house_boxes()[:2]
    path = write_layer(
        tmp_path / "part.gpkg",
        "buildings",
        [houses[0], box(20, 12, 30, 12)],
        {"name": ["柳荫苑1号楼", "柳荫苑新楼"], "estate": ["柳荫苑"] * 2, "storeys": [7, 18]},
    )
    known = Building.objects.get(name="柳荫苑1号楼").id
    report = _take(place, path)
    mine = report.layers[0]
    assert (mine.new, mine.changed, mine.same, mine.absent) == (1, 1, 0, 35)
    assert Building.objects.get(name="柳荫苑1号楼").id == known
    assert Building.objects.count() == 37
    new = next(b for b in queries.buildings(viewer=SYSTEM, community=place) if b.name == "柳荫苑新楼")
    assert new.grid is not None


def test_bad_features_are_refused_one_by_one(place: UUID, tmp_path: Path) -> None:
    path = tmp_path / "bad.gpkg"
    shapes = [box(0, 0, 10, 10), polygon((0, 0), (20, 20), (20, 0), (0, 20)), box(40, 0, 10, 10)]
    write_layer(path, "buildings", shapes, {"name": ["A", "B", "C"]})
    write_layer(path, "grids", [box(0, 0, 60, 60), box(60, 0, 60, 60), box(120, 0, 9, 9)], {"label": ["1", "1", "x"]})
    report = _take(place, path)
    assert {fault.kind for fault in report.faults} == {FaultKind.INVALID_RING, FaultKind.DUPLICATE, FaultKind.NO_NUMBER}
    assert {layer.role: (layer.features, layer.new, layer.refused) for layer in report.layers} == {
        "grids": (3, 1, 2),
        "buildings": (3, 2, 1),
    }
    assert report.refused == 3


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_a_displaced_file_is_refused_with_the_way_out(place: UUID, settled: ImportReport, tmp_path: Path, system: str) -> None:
    way = crs.wgs84_to_gcj02 if system == "GCJ-02" else crs.wgs84_to_bd09

    def move(shape: object) -> object:
        return crs.moved(np.array([shape], dtype=object), way)[0]

    names = [f"柳荫苑{n}号楼" for n in range(1, 37)]
    path = write_layer(tmp_path / "shifted.gpkg", "buildings", [move(h) for h in house_boxes()], {"name": names})  # type: ignore[misc]
    with pytest.raises(BadInput) as fault:
        _take(place, path)
    assert fault.value.remedy is not None
    assert fault.value.remedy.params["system"] == system
    assert fault.value.remedy.params["metres"] > 100
    assert SourceFile.objects.count() == 1
    report = _take(place, path, crs=system)
    assert report.layers[0].same + report.layers[0].changed == 36
    assert max(abs(b.lon - h.centroid.x) for b, h in zip(_by_number(place), house_boxes(), strict=True)) < 1e-6


def _by_number(place: UUID) -> list[queries.BuildingRow]:
    rows = queries.buildings(viewer=SYSTEM, community=place)
    return sorted(rows, key=lambda row: int(row.name.removeprefix("柳荫苑").removesuffix("号楼")))


def test_a_shifted_file_can_be_taken_as_it_is_but_says_so(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    way = crs.wgs84_to_gcj02
    moved = [crs.moved(np.array([h], dtype=object), way)[0] for h in house_boxes()]
    path = write_layer(tmp_path / "shifted.gpkg", "buildings", moved, {"name": [f"N{n}" for n in range(36)]})
    report = _take(place, path, despite_shift=True)
    assert report.faults[0].kind is FaultKind.SHIFT


def test_another_towns_file_is_refused(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    far = [box(40_000 + 60 * n, 9_000, 40, 12) for n in range(12)]
    path = write_layer(tmp_path / "elsewhere.gpkg", "buildings", far, {"name": [f"N{n}" for n in range(12)]})
    with pytest.raises(BadInput):
        _take(place, path)
    assert Building.objects.count() == 36


def test_later_grids_wait_until_they_are_published(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    first = {g.label: g.id for g in queries.grids(viewer=SYSTEM, community=place)}
    shapes = grid_boxes()
    merged = [box(0, 150, 300, 150), *shapes[2:]]
    path = write_layer(tmp_path / "grids.gpkg", "grids", merged, {"label": ["01", "03", "04", "05", "06"]})
    report = _take(place, path)
    assert report.state == "checked"
    assert len(queries.grids(viewer=SYSTEM, community=place)) == 6
    assert report.version is not None
    commands.publish_grids(by=SYSTEM, community=place, version=report.version, valid_from=date(2026, 7, 6))
    before = queries.grids(viewer=SYSTEM, community=place, on=date(2026, 7, 5))
    after = queries.grids(viewer=SYSTEM, community=place, on=date(2026, 7, 6))
    assert [g.label for g in before] == ["01", "02", "03", "04", "05", "06"]
    assert [g.label for g in after] == ["01", "03", "04", "05", "06"]
    assert {g.label: g.id for g in after}.items() <= first.items(), "a grid that keeps its number keeps its identity"
    assert next(g for g in after if g.label == "01").buildings == 12
    assert [v.state for v in queries.versions(viewer=SYSTEM, community=place)] == ["published", "published"]
    with pytest.raises(Conflict):
        commands.publish_grids(by=SYSTEM, community=place, version=report.version, valid_from=date(2026, 8, 3))


def test_faulty_grids_are_published_only_with_a_reason(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "gap.gpkg", "grids", grid_boxes()[:5], {"label": ["01", "02", "03", "04", "05"]})
    report = _take(place, path)
    assert FaultKind.GAP in {fault.kind for fault in report.faults}
    assert report.version is not None
    with pytest.raises(Conflict):
        commands.publish_grids(by=SYSTEM, community=place, version=report.version, valid_from=date(2026, 7, 6))
    assert len(queries.grids(viewer=SYSTEM, community=place)) == 6
    commands.publish_grids(
        by=SYSTEM, community=place, version=report.version, valid_from=date(2026, 7, 6), despite_faults="the school keeps its own"
    )
    assert len(queries.grids(viewer=SYSTEM, community=place)) == 5
    assert audit_events(viewer=SYSTEM, community=place, limit=1)[0].reason == "the school keeps its own"


def test_squares_are_laid_over_points(place: UUID) -> None:
    rng = np.random.default_rng(4)
    points = list(zip(rng.normal(-122.42, 0.01, 300).tolist(), rng.normal(37.77, 0.01, 300).tolist(), strict=True))
    report = commands.grid_from_points(by=SYSTEM, community=place, points=[*points, (0.0, 0.0)], cell_m=500)
    assert report.left_out == 1
    grids = queries.grids(viewer=SYSTEM, community=place)
    assert len(grids) == report.grids
    assert all(g.area_m2 == pytest.approx(250_000, rel=2e-3) for g in grids)
    found = queries.grid_of_points(viewer=SYSTEM, community=place, lon=[p[0] for p in points], lat=[p[1] for p in points])
    assert None not in found
    assert set(found) == {g.id for g in grids}, "no square is empty"
    faults = queries.faults_of(viewer=SYSTEM, community=place)
    assert {fault.kind for fault in faults} <= {FaultKind.GAP}, "an empty square among full ones is a gap, and nothing overlaps"
    with pytest.raises(Conflict):
        commands.grid_from_points(by=SYSTEM, community=place, points=points)


def test_dwellings_come_from_the_list_and_from_the_register(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    lines = (
        "楼栋,单元,室,面积,用途",
        "柳荫苑1号楼,1,101,62.5,住宅",
        "柳荫苑1号楼,1单元,102室,,住宅",
        "没有的楼,1,101,60,住宅",
        "柳荫苑2号楼,1,101,很大,住宅",
    )
    path = tmp_path / "dwellings.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    report = commands.import_dwellings(by=SYSTEM, community=place, file=read_dwellings(path))
    assert (report.rows, report.new, report.same, len(report.faults)) == (4, 2, 0, 2)
    assert {(fault.where.row, fault.where.column) for fault in report.faults} == {(4, "楼栋"), (5, "面积")}
    again = commands.import_dwellings(by=SYSTEM, community=place, file=read_dwellings(path))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    building = Building.objects.get(name="柳荫苑1号楼").id
    batch = new_id()
    rows = [NewDwelling(building, "1", "101"), NewDwelling(building, "2", "301"), NewDwelling(new_id(), "1", "1")]
    ids = commands.add_dwellings(by=SYSTEM, community=place, rows=rows, batch=batch)
    assert set(ids) == {(building, "1", "101"), (building, "2", "301")}
    assert (
        queries.building_index(viewer=SYSTEM, community=place).dwellings.of(building)["2", "301"] == ids[(building, "2", "301")]
    )
    assert commands.drop_dwellings(by=SYSTEM, community=place, batch=batch) == 1
    assert Dwelling.objects.count() == 2


def test_who_may_and_who_may_not(place: UUID, town_file: Path, actor_for: Callable[..., Actor]) -> None:
    other = commands.add_community(by=SYSTEM, code="999901001002", name={"en": "Bridge Lane"})
    delivery = read_delivery(town_file)
    with pytest.raises(NotAllowed):
        commands.import_territory(by=actor_for("grid_worker", place), community=place, delivery=delivery)
    with pytest.raises(NotFound):
        commands.import_territory(by=actor_for("community_manager", other), community=place, delivery=delivery)
    manager = actor_for("community_manager", place)
    assert commands.import_territory(by=manager, community=place, delivery=delivery).refused == 0
