"""Where things are: territory's buildings and grids in the form that the register works with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.register.queries.aliases import teach
from linli.register.rules.addresses import Index, Place
from linli.register.rules.review import NO_BUILDING
from linli.territory import queries as territory
from linli.trust import grids_of


@dataclass(frozen=True)
class Ground:
    """Names of buildings, and the grid of each, within scope. ``labels``: grid number by grid id."""

    names: dict[UUID, str]
    grid_of: dict[UUID, UUID]
    labels: dict[UUID, str]

    def label_of(self, building: UUID | None) -> str:
        """Number of the grid that the building lies in; empty for none."""
        grid = self.grid_of.get(building) if building else None
        return self.labels.get(grid, "") if grid else ""


def community_code(*, viewer: Actor, community: UUID) -> str:
    """The community's code of twelve digits."""
    return territory.community(viewer=viewer, community=community).code


def time_zone(*, viewer: Actor, community: UUID) -> str:
    """The community's IANA time zone."""
    return territory.community_zone(viewer=viewer, community=community)


def address_index(*, viewer: Actor, community: UUID) -> Index:
    """The buildings and dwellings within scope, ready to be found by address."""
    known = territory.building_index(viewer=viewer, community=community)
    places = [
        Place(row.id, row.name, row.estate, row.number, row.street, row.house_number, row.units or 0) for row in known.buildings
    ]
    index = Index(places, known.dwellings, areas=territory.area_names(viewer=viewer, community=community))
    return teach(index, viewer=viewer, community=community, known={place.id for place in places})


def ground(*, viewer: Actor, community: UUID, on: date | None = None) -> Ground:
    """Buildings and grids within scope as of a date (None: today)."""
    rows = territory.buildings(viewer=viewer, community=community, on=on)
    labels = {zone.id: zone.code for zone in grids_of(viewer=viewer, community=community)}
    grid_of = {row.id: row.grid for row in rows if row.grid is not None}
    return Ground({row.id: row.name or _address(row) for row in rows}, grid_of, labels)


def places_of(*, viewer: Actor, community: UUID, buildings: Collection[UUID]) -> Ground:
    """As ``ground``, for those of ``buildings`` that lie within scope today: a city's are not loaded for a page of people."""
    rows = territory.buildings_by_id(viewer=viewer, community=community, buildings=buildings)
    labels = {zone.id: zone.code for zone in grids_of(viewer=viewer, community=community)}
    grid_of = {row.id: row.grid for row in rows.values() if row.grid is not None}
    return Ground({row.id: row.name or _address(row) for row in rows.values()}, grid_of, labels)


def building_meant(*, viewer: Actor, community: UUID, text: str) -> tuple[UUID, UUID | None]:
    """The building, and dwelling where one is named, that somebody wrote. BadInput where it names none."""
    found = address_index(viewer=viewer, community=community).find(text)
    if found.building is None:
        raise BadInput(NO_BUILDING)
    return found.building, found.dwelling


def _address(row: territory.BuildingRow) -> str:
    return f"{row.street} {row.house_number}".strip() or row.source_key
