"""Buildings and dwellings by what somebody types: asked of the database, so that a city's buildings needn't be loaded for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.territory.models import Building, BuildingGrid, Dwelling
from linli.territory.queries.buildings import BuildingRow, building_grids
from linli.territory.versions import version_on
from linli.trust import Actor

MOST = 2000
"""So many buildings are looked at; what more would match names no place."""
SIZE = 900


@dataclass(frozen=True)
class Typed:
    """An address as typed, taken apart. ``words``: name of an estate, street or building; the rest may be empty."""

    words: str
    number: str = ""
    unit: str = ""
    room: str = ""


def find_buildings(*, viewer: Actor, community: UUID, typed: Collection[Typed]) -> set[UUID]:
    """The buildings within scope that one of the readings may mean: by part of a name, or by estate or street and number."""
    if not viewer.sees_community(community) or not typed:
        return set()
    wanted = Q(pk__in=[])
    for one in typed:
        if not one.words:
            continue
        if one.number:
            house = Q(house_number=one.number) | Q(house_number__in=[f"{one.number}{word}" for word in ("号", "弄")])
            wanted |= Q(estate__icontains=one.words, number=one.number) | (Q(street__icontains=one.words) & house)
        else:
            wanted |= Q(name__icontains=one.words) | Q(estate__icontains=one.words) | Q(street__icontains=one.words)
    rows = Building.objects.filter(wanted, community_id=community)
    found = set(rows.values_list("id", flat=True)[:MOST])
    return found & set(building_grids(viewer=viewer, community=community)) if viewer.grids is not None else found


def find_dwellings(*, viewer: Actor, community: UUID, buildings: Collection[UUID], unit: str, room: str) -> set[UUID]:
    """Dwellings of ``buildings`` (within scope already) by room, and by stair well where one is given."""
    if not viewer.sees_community(community) or not room:
        return set()
    found: set[UUID] = set()
    for part in _parts(buildings):
        rows = Dwelling.objects.filter(community_id=community, building__in=part, room=room)
        found.update((rows.filter(unit=unit) if unit else rows).values_list("id", flat=True))
    return found


def buildings_by_id(
    *, viewer: Actor, community: UUID, buildings: Collection[UUID], on: date | None = None
) -> dict[UUID, BuildingRow]:
    """Those of ``buildings`` that lie within scope, with their grid as of a date (None: today)."""
    if not viewer.sees_community(community) or not buildings:
        return {}
    version = version_on(community, on)
    columns = [column.name for column in fields(BuildingRow) if column.name != "grid"]
    found: dict[UUID, BuildingRow] = {}
    for part in _parts(buildings):
        held = dict(BuildingGrid.objects.filter(version_id=version, building__in=part).values_list("building_id", "grid_id"))
        # By id alone, so that the database can't but take the primary key; whose they are, is looked at here.
        for row in Building.objects.filter(id__in=part).values("community_id", *columns):
            if row.pop("community_id") == community and viewer.sees_grid(held.get(row["id"])):
                found[row["id"]] = BuildingRow(**row, grid=held.get(row["id"]))
    return found


def _parts(ids: Collection[UUID]) -> list[list[UUID]]:
    whole = sorted(ids)
    return [whole[start : start + SIZE] for start in range(0, len(whole), SIZE)]
