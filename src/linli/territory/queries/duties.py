"""Who looks after what and how much that is; the public card of each grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from linli.kernel.errors import NotFound
from linli.territory.models import Building, BuildingGrid, BuildingHead, Community, DutyPhone
from linli.territory.queries.buildings import buildings
from linli.territory.queries.grids import GridRow, grids
from linli.territory.queries.loads import Loads, building_loads
from linli.territory.queries.maps import MapShapes, map_shapes
from linli.territory.rules import my_address
from linli.territory.rules.my_address import Called
from linli.territory.versions import version_on
from linli.trust import NOT_FOUND, STAFF, SYSTEM, Actor, Permission, Role, account_names, holders

MOST_SHOWN = 12
"""So many buildings are offered to somebody whose address named none."""


@dataclass(frozen=True)
class DutyRow:
    """One duty. ``grid``: its label; ``since``, ``until``: half-open; ``deputy_for``: name, where they stand in for somebody."""

    grant: UUID
    role: str
    grid: str
    since: date
    until: date | None
    deputy_for: str
    buildings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WorkerRow:
    """Somebody with duties, and what their own grids hold (not those where they stand in). None: not for this viewer to see."""

    account: UUID
    name: str
    phone: str
    duties: list[DutyRow]
    persons: int | None
    households: int | None
    hours: float | None
    open_cases: int | None

    @property
    def grids(self) -> list[str]:
        """Labels of the grids that are theirs today."""
        return sorted({duty.grid for duty in self.duties if duty.role == Role.GRID_WORKER and not duty.deputy_for})


@dataclass(frozen=True)
class DutyPlan:
    """Who looks after the community's grids on a day. ``without``: labels of grids with no worker. ``week`` of the facts."""

    workers: list[WorkerRow]
    heads: list[WorkerRow]
    without: list[str]
    week: str
    supervision_phone: str


@dataclass(frozen=True)
class Answerable:
    """Somebody on a grid's card: name, duty telephone (may be empty), and for whom they stand in."""

    name: str
    phone: str
    deputy_for: str = ""


@dataclass(frozen=True)
class Card:
    """What everybody may know of a grid: name, extent, who looks after it and under which telephones."""

    grid: GridRow
    workers: list[Answerable]
    supervision_phone: str


@dataclass(frozen=True)
class FoundGrid:
    """A building that somebody may mean, and its grid's label; ``sure``: the text names it."""

    building: str
    label: str
    sure: bool


def duty_plan(*, viewer: Actor, community: UUID, today: date) -> DutyPlan:
    """Who looks after which grid within scope, today and from later days on, and how much that is."""
    if not viewer.sees_community(community):
        return DutyPlan([], [], [], "", "")
    rows = grids(viewer=viewer, community=community, on=today)
    labels = {row.id: row.label for row in rows}
    held = holders(viewer=viewer, community=community, roles=[Role.GRID_WORKER, Role.BUILDING_HEAD], today=today, later=True)
    names_of = _buildings_of_heads(community)
    duties: dict[tuple[UUID, str], list[DutyRow]] = {}
    people: dict[UUID, str] = {}
    staffed: set[UUID] = set()
    for row in held:
        if row["grid"] not in labels and (row["grid"] is not None or viewer.grids is not None):
            continue
        people[row["account"]] = row["name"]
        duty = DutyRow(
            row["grant"],
            row["role"],
            labels.get(row["grid"], ""),
            row["since"],
            row["until"],
            row["deputy_for"] or "",
            names_of.get(row["grant"], []),
        )
        duties.setdefault((row["account"], row["role"]), []).append(duty)
        if row["role"] == Role.GRID_WORKER and row["since"] <= today and not row["deputy_for"]:
            staffed |= {row["grid"]} if row["grid"] else set(labels)
    held_by = _held_by(building_loads(viewer=viewer, community=community), labels.values())
    phones = dict(DutyPhone.objects.filter(community_id=community).values_list("account_id", "phone"))

    def person(account: UUID, role: Role) -> WorkerRow:
        mine = duties[account, role.value]
        own = {duty.grid for duty in mine if duty.since <= today and not duty.deputy_for and duty.grid}
        sums = [sum(column) for column in zip(*(held_by.of[label] for label in own if label in held_by.of), strict=True)]
        known = held_by.week and role is Role.GRID_WORKER
        persons, households, work, cases = sums or [0, 0, 0.0, 0]
        return WorkerRow(
            account,
            people[account],
            phones.get(account, ""),
            sorted(mine, key=lambda duty: (duty.grid, duty.since)),
            int(persons) if known else None,
            int(households) if known else None,
            round(work / 60, 1) if known else None,
            int(cases) if known else None,
        )

    def everybody(role: Role) -> list[WorkerRow]:
        return sorted((person(account, role) for account, its in duties if its == role.value), key=lambda row: row.name)

    mine = Community.objects.filter(zone_id=community).first() or Community()
    return DutyPlan(
        everybody(Role.GRID_WORKER),
        everybody(Role.BUILDING_HEAD),
        [row.label for row in rows if row.id not in staffed],
        held_by.week,
        mine.supervision_phone,
    )


def assignable(*, viewer: Actor, community: UUID) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Who can be given a grid (the staff), and who can speak for a building (whoever has a role here): names by account."""
    if not viewer.may(Permission.TERRITORY_ASSIGN) or not viewer.sees_community(community):
        return {}, {}
    rows = holders(viewer=SYSTEM, community=community, roles=list(Role), later=True)
    staff = {row["account"] for row in rows if row["role"] in {role.value for role in STAFF}}
    names = account_names(viewer=SYSTEM, accounts={row["account"] for row in rows})
    ordered = dict(sorted(names.items(), key=lambda item: item[1]))
    return {account: name for account, name in ordered.items() if account in staff}, ordered


def grid_cards(*, viewer: Actor, community: UUID, today: date, shapes: bool = False) -> list[Card]:
    """The public card of every people's grid, by number: anybody may know who looks after which grid."""
    if not viewer.may(Permission.PORTAL_READ):
        return []
    found = holders(viewer=SYSTEM, community=community, roles=[Role.GRID_WORKER], today=today)
    phones = dict(DutyPhone.objects.filter(community_id=community).values_list("account_id", "phone"))
    mine = Community.objects.filter(zone_id=community).first() or Community()
    answer: dict[UUID | None, list[Answerable]] = {}
    for row in sorted(found, key=lambda row: bool(row["deputy_for"])):
        one = Answerable(row["name"], phones.get(row["account"], ""), row["deputy_for"] or "")
        answer.setdefault(row["grid"], []).append(one)
    rows = grids(viewer=SYSTEM, community=community, on=today, shapes=shapes)
    # Somebody who looks after all grids at once answers where no grid has its own.
    return [Card(row, answer.get(row.id) or answer.get(None, []), mine.supervision_phone) for row in rows]


def grid_card(*, viewer: Actor, community: UUID, label: str, today: date) -> Card:
    """One grid's public card; NotFound where there is none of that number today."""
    card = next((one for one in grid_cards(viewer=viewer, community=community, today=today) if one.grid.label == label), None)
    if card is None:
        raise NotFound(NOT_FOUND)
    return card


def card_places(*, viewer: Actor, community: UUID, grid: UUID, today: date) -> list[str]:
    """The estates and streets whose buildings lie in a grid, at most eight, those with the most first. Public as the card is."""
    if not viewer.may(Permission.PORTAL_READ):
        return []
    rows = buildings(viewer=SYSTEM, community=community, grid=grid, on=today)
    counts = Counter(place for row in rows if (place := row.estate or row.street))
    return sorted(counts, key=lambda place: (-counts[place], place))[:8]


def card_shapes(*, viewer: Actor, community: UUID, today: date) -> MapShapes:
    """What the public map of the grids is drawn from; nothing for those who may not read the portal."""
    return map_shapes(viewer=SYSTEM if viewer.may(Permission.PORTAL_READ) else viewer, community=community, on=today, plots=False)


def find_grid(*, viewer: Actor, community: UUID, text: str) -> list[FoundGrid]:
    """The grids of the buildings that an address as typed may mean; nothing typed is kept. Where buildings lie is public."""
    if not viewer.may(Permission.PORTAL_READ) or not my_address.plain(text):
        return []
    held: dict[UUID, str] = dict(
        BuildingGrid.objects.filter(version_id=version_on(community, None)).values_list("building_id", "grid__label")
    )
    columns = ("id", "name", "estate", "street", "number", "house_number")
    rows = [row for row in Building.objects.filter(community_id=community).order_by("id").values_list(*columns) if row[0] in held]
    called = [Called(*row[1:]) for row in rows]
    sure = my_address.meant(text, called)
    chosen = sure or my_address.near(text, called)
    found = [FoundGrid(_title(called[at]), held[rows[at][0]], bool(sure)) for at in chosen]
    if len({one.label for one in found}) == 1 and not sure:
        # A whole estate in one grid: no building needs to be named.
        return [FoundGrid(called[chosen[0]].estate or called[chosen[0]].street, found[0].label, sure=True)]
    return sorted(set(found), key=lambda one: (one.label, one.building))[:MOST_SHOWN]


def _title(called: Called) -> str:
    return called.name or " ".join(
        part for part in (called.street or called.estate, called.house_number or called.number) if part
    )


@dataclass(frozen=True)
class _Held:
    week: str
    of: dict[str, tuple[Any, ...]]


def _held_by(loads: Loads, labels: Iterable[str]) -> _Held:
    """Persons, homes, minutes, open matters by grid's label."""
    found: dict[str, tuple[Any, ...]] = {label: (0, 0, 0.0, loads.open_cases.get(label, 0)) for label in labels}
    for building, load in loads.buildings.items():
        label = loads.label_of.get(building, "")
        if label in found:
            persons, households, minutes, cases = found[label]
            found[label] = (persons + load.persons, households + load.households, minutes + load.minutes, cases)
    return _Held(loads.week, found)


def _buildings_of_heads(community: UUID) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = BuildingHead.objects.filter(community_id=community).order_by("building__name", "building_id")
    for grant, name, key in rows.values_list("grant_id", "building__name", "building__source_key"):
        found.setdefault(grant, []).append(name or f"#{key}")
    return found
