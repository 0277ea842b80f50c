"""A small territory in the database, and population files for it."""

# ruff: noqa: E501 - rows are read by their columns
from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely

from linli.intake import BatchReport, declare_mapping, take_in
from linli.kernel import citizen_number
from linli.kernel.weeks import Week
from linli.register.models import Person
from linli.register.opening import Opened, open_people
from linli.territory.models import Building, BuildingGrid, Community, Dwelling, Grid, GridLayer, GridShape, GridVersion
from linli.trust import SYSTEM
from tests.support.zones import add_grid

ZONE = "Asia/Shanghai"
HEADINGS = {
    "key": "登记号", "household": "户号", "relation": "户主关系", "name": "姓名", "sex": "性别", "number": "公民身份号码", "document": "证件类型",
    "birth": "出生日期", "hukou_region": "户籍地区划", "hukou_address": "户籍地址", "address": "现住址", "residence": "居住类型",
    "since": "来此日期", "phone": "联系电话", "needs": "需要的帮助", "consent": "同意日期", "change": "变动类别", "change_date": "变动日期",
}  # fmt: skip
MAPPING = {
    "name": "police-population",
    "kind": "register.population",
    "recognise": {"file": "人口_*.csv", "headings": ["姓名", "公民身份号码"]},
    "encodings": ["gb18030"],
    "columns": HEADINGS,
    "options": {"coverage": "full", "zone": ZONE},
}


@dataclass(frozen=True)
class Town:
    """A community with two grids and a building in each."""

    community: UUID
    grids: tuple[UUID, UUID]
    buildings: tuple[UUID, UUID]


def build(community: UUID, estate: str = "柳荫苑") -> Town:
    """Grid 01 with building 3, grid 02 with building 5; each has the room 501 in its second stair well."""
    Community.objects.create(zone_id=community, time_zone=ZONE, metric_crs=32651)
    layer = GridLayer.objects.create(community_id=community)
    version = GridVersion.objects.create(
        community_id=community, layer=layer, state="published", valid_from=date(1949, 10, 1), digest="0" * 64
    )
    grids, buildings = [], []
    for label, number in (("01", "3"), ("02", "5")):
        zone = add_grid(community, label)
        grid = Grid.objects.create(zone_id=zone, community_id=community, layer=layer, label=label)
        west = 121.3 + 0.002 * len(grids)
        shape = shapely.to_wkb(shapely.box(west, 31.2, west + 0.002, 31.202))
        bounds = {"west": west, "south": 31.2, "east": west + 0.002, "north": 31.202}
        GridShape.objects.create(community_id=community, version=version, grid=grid, shape=shape, area_m2=42_000.0, **bounds)
        box = bounds | {"lon": west + 0.001, "lat": 31.201, "area_m2": 400.0}
        building = Building.objects.create(
            community_id=community, source_key=f"{estate}{number}", name=f"{estate}{number}号楼", estate=estate, number=number,
            street="桐荫路", house_number="18弄", units=2, footprint=shapely.to_wkb(shapely.box(west, 31.2, west + 0.001, 31.201)), **box,
        )  # fmt: skip
        Dwelling.objects.create(community_id=community, building=building, unit="2", room="501")
        BuildingGrid.objects.create(community_id=community, version=version, building=building, grid=grid)
        grids.append(zone)
        buildings.append(building.id)
    declare_mapping(by=SYSTEM, community=community, definition=MAPPING)
    return Town(community, (grids[0], grids[1]), (buildings[0], buildings[1]))


def named(community: UUID, name: str) -> Opened:
    """The person of that name, opened; fails where there are none or several."""
    people = Person.objects.filter(community=community).values_list("id", flat=True)
    (found,) = [person for person in open_people(community, people).values() if person.name == name]
    return found


def line(name: str, *, birth: date = date(1954, 3, 7), sequence: int = 12, building: int = 3, **more: str) -> dict[str, str]:
    """Cells of one row as a clerk writes them."""
    number = citizen_number.make(birth, sequence)
    cells = {
        "household": f"H{building}", "relation": "户主", "name": name, "sex": "男" if sequence % 2 else "女", "number": number, "document": "111",
        "birth": birth.isoformat(), "hukou_region": "999901", "address": f"柳荫苑{building}号楼2单元501室", "residence": "户籍人口",
        "since": "2019-05-01", "phone": "000 5550 1234", "change": "登记",
    }  # fmt: skip
    cells.update(more)
    return cells


def take(folder: Path, community: UUID, week: str, lines: Sequence[Mapping[str, str]], *, by: Any = SYSTEM) -> BatchReport:
    """Write the lines as the police station does, and take the file in as of the week's Monday."""
    path = folder / f"人口_{week}-{len(list(folder.glob('人口_*')))}.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS.values())
        writer.writerows([cells.get(name, "") for name in HEADINGS] for cells in lines)
    return take_in(by=by, community=community, path=path, as_of=Week.parse(week).starts_at(ZONE))
