"""Input that can't be used: each a clear error with file and remedy, and nothing taken in."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from linli.kernel.errors import BadInput
from linli.territory import reader
from linli.territory.dwelling_file import read_dwellings
from linli.territory.rules.attributes import LayerRole
from linli.territory.rules.crs import NO_CRS
from tests.territory.files import box, house_boxes, town, write_layer


def _refused(path: Path, **more: object) -> BadInput:
    with pytest.raises(BadInput) as fault:
        reader.read_delivery(path, **more)  # type: ignore[arg-type]
    assert fault.value.remedy is not None
    return fault.value


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert _refused(tmp_path / "none.gpkg").words.key == reader.NO_FILE


@pytest.mark.parametrize("name", ["notes.txt", "table.csv", "photo.png", "noending"])
def test_a_wrong_extension(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("楼栋,单元\n")
    fault = _refused(path)
    assert fault.words.key == reader.WRONG_FORMAT
    assert fault.where.file == name


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.osm.pbf"])
def test_other_content_under_a_known_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    assert _refused(path).words.key == reader.WRONG_FORMAT


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp"])
def test_a_truncated_file(tmp_path: Path, suffix: str) -> None:
    path = write_layer(tmp_path / f"buildings{suffix}", "buildings", house_boxes() * 20, {"name": ["N"] * 720})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    fault = _refused(path)
    assert fault.words.key in {reader.UNREADABLE, reader.EMPTY_LAYER}
    assert str(tmp_path) not in str(fault), "nobody needs to know where the file lay"


def test_an_empty_layer(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "empty.gpkg", "buildings", [], {"name": []})
    fault = _refused(path)
    assert fault.words.key == reader.EMPTY_LAYER
    assert fault.words.params["layer"] == "buildings"


def test_a_shapefile_without_its_system_needs_a_declaration(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "buildings.shp", "buildings", house_boxes(), {"name": ["N"] * 36})
    path.with_suffix(".prj").unlink()
    fault = _refused(path)
    assert fault.words.key == NO_CRS
    assert fault.where.file == "buildings.shp"
    assert len(reader.read_delivery(path, crs="CGCS2000").layers[0].rows) == 36


def test_a_file_too_large(tmp_path: Path) -> None:
    path = town(tmp_path / "t.gpkg")
    assert _refused(path, limit_bytes=1000).words.key == reader.TOO_LARGE


def test_layers_whose_names_say_nothing(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "x.gpkg", "houses", house_boxes())
    assert _refused(path).words.key == reader.NO_ROLES
    assert _refused(path, layers={"buildings": "flats"}).words.key == reader.NO_LAYER
    assert _refused(path, layers={"palaces": "houses"}).remedy is not None
    read = reader.read_delivery(path, layers={"buildings": "houses"})
    assert [(layer.role, layer.name) for layer in read.layers] == [(LayerRole.BUILDINGS, "houses")]


def test_geojson_and_shapefile_say_the_same_as_geopackage(tmp_path: Path) -> None:
    names = [f"柳荫苑{n}号楼" for n in range(36)]
    read = [
        reader.read_delivery(write_layer(tmp_path / f"buildings{suffix}", "buildings", house_boxes(), {"name": names})).layers[0]
        for suffix in (".gpkg", ".geojson", ".shp")
    ]
    for other in read[1:]:
        assert other.names == read[0].names == names
        assert shapely.equals_exact(other.shapes, read[0].shapes, tolerance=2e-7, normalize=True).all()


def test_a_shapefile_in_gb18030_is_read_when_declared(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "buildings.shp", "buildings", house_boxes()[:1], {"name": ["柳荫苑"]})
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    data = table.read_bytes()
    utf8, gb = "柳荫苑".encode(), "柳荫苑".encode("gb18030")
    # Byte 29 names the code page; most of those in circulation leave it empty.
    table.write_bytes(data[:29] + b"\x00" + data[30:].replace(utf8, gb.ljust(len(utf8))))
    assert reader.read_delivery(path, encoding="gb18030").layers[0].names == ["柳荫苑"]


def test_the_fingerprint_covers_all_parts_of_a_shapefile(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "buildings.shp", "buildings", [box(0, 0, 9, 9)], {"name": ["A"]})
    before = reader.read_delivery(path).sha256
    write_layer(path, "buildings", [box(0, 0, 9, 9)], {"name": ["B"]})
    assert reader.read_delivery(path).sha256 != before


def test_a_list_of_dwellings_without_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("building,room\nA,1\n", encoding="utf-8")
    with pytest.raises(BadInput) as fault:
        read_dwellings(path)
    assert fault.value.where.row == 1
    assert "楼栋" in str(fault.value)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_lists_of_dwellings_in_their_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes("楼栋,单元,室,面积,用途\n柳荫苑3号楼,2,501,68㎡,住宅\n,,,,\n".encode(encoding))
    (row,) = read_dwellings(path).rows
    assert (row.building, row.unit, row.room, row.area_m2, row.use) == ("柳荫苑3号楼", "2", "501", 68.0, "residential")


def test_a_list_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(b"\xff\xff\xfe\x80" * 10)
    with pytest.raises(BadInput):
        read_dwellings(path)
