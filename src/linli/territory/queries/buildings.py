"""Buildings, dwellings, and what reading an address needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

import numpy as np
import pyarrow as pa

from linli.intake import bulk
from linli.territory.models import Building, BuildingGrid, Dwelling, Street
from linli.territory.versions import version_on
from linli.trust import Actor


@dataclass(frozen=True)
class BuildingRow:
    """A building. ``grid``: as of the date asked about, None in no grid. ``number`` in the estate, ``house_number``
    along the street."""

    id: UUID
    name: str
    estate: str
    street: str
    number: str
    house_number: str
    units: int | None
    storeys: int | None
    use: str
    lon: float
    lat: float
    area_m2: float
    source_key: str
    grid: UUID | None


@dataclass(frozen=True)
class BuildingIndex:
    """What the register's address parser looks up."""

    buildings: list[BuildingRow]
    streets: list[str]
    estates: list[str]
    dwellings: KnownDoors


class KnownDoors:
    """The dwellings of some buildings, read at once as columns; objects are made for a building that is asked about."""

    def __init__(self, dwellings: pa.Table, buildings: Collection[UUID]) -> None:
        whose = dwellings["building"].to_numpy(zero_copy_only=False).astype("S32")
        order = np.argsort(whose, kind="stable")
        self._whose, self._seen = whose[order], frozenset(buildings)
        self._columns = [dwellings[name].combine_chunks().take(pa.array(order)) for name in ("unit", "room", "id")]
        self._known: dict[UUID, Mapping[tuple[str, str], UUID]] = {}

    def of(self, building: UUID) -> Mapping[tuple[str, str], UUID]:
        """Id by (stair well, room), as written; empty where the building lies out of scope."""
        if building not in self._known:
            self._known[building] = self._read(building) if building in self._seen else {}
        return self._known[building]

    def _read(self, building: UUID) -> Mapping[tuple[str, str], UUID]:
        wanted = np.bytes_(building.hex.encode())
        first, end = (int(np.searchsorted(self._whose, wanted, side)) for side in ("left", "right"))
        units, rooms, ids = (column.slice(first, end - first).to_pylist() for column in self._columns)
        return _Doors(dict(zip(zip(units, rooms, strict=True), ids, strict=True)))


class _Doors(Mapping[tuple[str, str], UUID]):
    """The dwellings of one building; an id becomes an object where it is taken."""

    def __init__(self, digits: dict[tuple[str, str], str]) -> None:
        self._digits = digits

    def __getitem__(self, door: tuple[str, str]) -> UUID:
        return UUID(hex=self._digits[door])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._digits)

    def __len__(self) -> int:
        return len(self._digits)


def buildings(*, viewer: Actor, community: UUID, grid: UUID | None = None, on: date | None = None) -> list[BuildingRow]:
    """The buildings within scope (those of the viewer's grids), with their grid as of a date; only those of ``grid``
    where given."""
    if not viewer.sees_community(community):
        return []
    held = building_grids(viewer=viewer, community=community, on=on, grid=grid)
    rows = Building.objects.filter(community_id=community).order_by("estate", "name", "id")
    if grid is not None:
        rows = rows.filter(id__in=held)
    columns = [column.name for column in fields(BuildingRow) if column.name != "grid"]
    found = [BuildingRow(**row, grid=held.get(row["id"])) for row in rows.values(*columns)]
    return [row for row in found if viewer.sees_grid(row.grid)]


def building_grids(*, viewer: Actor, community: UUID, on: date | None = None, grid: UUID | None = None) -> dict[UUID, UUID]:
    """Grid id by building id as of a date (None: in force), within scope: how a person's grid follows from their dwelling.

    With ``grid`` only the buildings of that one.
    """
    version = version_on(community, on) if viewer.sees_community(community) else None
    if version is None:
        return {}
    rows = BuildingGrid.objects.filter(version_id=version)
    if viewer.grids is not None:
        rows = rows.filter(grid_id__in=viewer.grids)
    if grid is not None:
        rows = rows.filter(grid_id=grid)
    return dict(rows.values_list("building_id", "grid_id"))


def building_index(*, viewer: Actor, community: UUID) -> BuildingIndex:
    """Names, estates, numbers, streets and dwellings of the buildings within scope."""
    rows = buildings(viewer=viewer, community=community)
    dwellings = bulk.fetch(Dwelling, ["building", "unit", "room", "id"], community=community)
    streets = set(Street.objects.filter(community_id=community).values_list("name", flat=True)) | {row.street for row in rows}
    return BuildingIndex(
        rows,
        sorted(streets - {""}) if viewer.sees_community(community) else [],
        sorted({row.estate for row in rows} - {""}),
        KnownDoors(dwellings, {row.id for row in rows}),
    )


def dwelling_count(*, viewer: Actor, community: UUID) -> int:
    """How many dwellings are known within scope."""
    if not viewer.sees_community(community):
        return 0
    rows = Dwelling.objects.filter(community_id=community)
    if viewer.grids is not None:
        rows = rows.filter(building_id__in=building_grids(viewer=viewer, community=community))
    return rows.count()


@dataclass(frozen=True)
class DwellingRow:
    """One dwelling: its building, stair well (may be empty) and room."""

    id: UUID
    building: UUID
    unit: str
    room: str


def buildings_seen(*, viewer: Actor, community: UUID, buildings: Collection[UUID]) -> set[UUID]:
    """Those of ``buildings`` that lie within the viewer's scope today."""
    if not viewer.sees_community(community) or not buildings:
        return set()
    if viewer.grids is not None:
        return set(buildings) & set(building_grids(viewer=viewer, community=community))
    return set(Building.objects.filter(community_id=community, id__in=set(buildings)).values_list("id", flat=True))


def dwellings(
    *, viewer: Actor, community: UUID, building: UUID | None = None, ids: Collection[UUID] | None = None
) -> list[DwellingRow]:
    """The dwellings within scope, of one building or by id, by stair well and room."""
    rows = Dwelling.objects.filter(community_id=community)
    if building is not None:
        rows = rows.filter(building_id=building)
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    found = [DwellingRow(*row) for row in rows.values_list("id", "building_id", "unit", "room")]
    seen = buildings_seen(viewer=viewer, community=community, buildings={row.building for row in found})
    return sorted((row for row in found if row.building in seen), key=lambda row: (_natural(row.unit), _natural(row.room)))


def _natural(text: str) -> tuple[int, str]:
    digits = "".join(sign for sign in text if sign.isdigit())
    return int(digits) if digits and len(digits) < 9 else -1, text
