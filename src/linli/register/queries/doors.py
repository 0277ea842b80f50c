"""Who lives where, door by door, for those who go there. Names are masked; whatever lies out of scope does not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import Attestation, Household, Lapse, Membership, Residence, Visit
from linli.register.opening import chunks, open_people
from linli.register.queries.people import PersonRow, person_rows
from linli.register.queries.places import Ground, ground, places_of
from linli.register.queries.survey import is_planned_now
from linli.register.queries.visits import doors_seen
from linli.register.rules.codes import HEADS
from linli.register.rules.masking import masked_number, masked_phone
from linli.territory.queries import DwellingRow, dwellings
from linli.trust import NOT_FOUND

_OF_A_VISIT = ("address", "relation")
"""What a visit that found nothing changed vouches for."""


@dataclass(frozen=True)
class BuildingHomes:
    """One building of a worker's list. ``waiting``: people whom the newest full file did not show."""

    id: UUID
    name: str
    grid: str
    people: int
    waiting: int


@dataclass(frozen=True)
class Door:
    """One door. ``seen``: when somebody last found nothing changed; ``tried``: when nobody opened last, if that was later."""

    dwelling: UUID | None
    unit: str
    room: str
    people: int
    waiting: int
    seen: date | None = None
    tried: date | None = None

    @property
    def label(self) -> str:
        return "-".join(part for part in (self.unit, self.room) if part)


@dataclass(frozen=True)
class MemberRow:
    """Somebody who lives there, masked, with the relation to the head of the household."""

    row: PersonRow
    relation: str

    @property
    def head(self) -> bool:
        return self.relation in HEADS


@dataclass(frozen=True)
class House:
    """A household: the head first, then by relation. ``id`` None: people of no household."""

    id: UUID | None
    members: tuple[MemberRow, ...]


@dataclass(frozen=True)
class DoorPage:
    """A door and who lives behind it. ``written``: the viewer has put something right about them today; ``planned``: the survey
    leads here now."""

    building: UUID
    name: str
    grid: str
    door: Door
    houses: tuple[House, ...]
    written: bool = False
    planned: bool = False


@dataclass(frozen=True)
class HouseholdPage:
    """A household of today and where it keeps house."""

    id: UUID
    building: UUID
    name: str
    grid: str
    unit: str
    room: str
    dwelling: UUID | None
    members: tuple[MemberRow, ...]


def homes(*, viewer: Actor, community: UUID) -> list[BuildingHomes]:
    """The buildings within scope with how many live there, those with somebody to look for first."""
    if not viewer.sees_community(community):
        return []
    places = ground(viewer=viewer, community=community)
    living = Residence.objects.filter(community=community, to_date__isnull=True)
    people = dict(living.values_list("building_id").annotate(Count("id")))
    missed = Lapse.objects.filter(community=community, to_monday__isnull=True).values("person")
    waiting = dict(living.filter(person__in=missed).values_list("building_id").annotate(Count("id")))
    rows = [
        BuildingHomes(building, name, places.label_of(building), people.get(building, 0), waiting.get(building, 0))
        for building, name in places.names.items()
    ]
    return sorted(rows, key=lambda row: (row.waiting == 0, row.grid, row.name))


def doors(*, viewer: Actor, community: UUID, building: UUID) -> tuple[BuildingHomes, list[Door]]:
    """A building and its doors in order; last those who live there behind no known door. NotFound out of scope."""
    places = _place(viewer, community, building)
    rows = dwellings(viewer=viewer, community=community, building=building)
    living = list(
        Residence.objects.filter(community=community, building=building, to_date__isnull=True).values_list(
            "dwelling_id", "person_id"
        )
    )
    missed = _missed([person for _, person in living])
    people: dict[UUID | None, list[UUID]] = defaultdict(list)
    for dwelling, person in living:
        people[dwelling].append(person)
    seen, tried = _visits(viewer, community, [row.id for row in rows])
    found = [_door(row, people[row.id], missed, seen.get(row.id), tried.get(row.id)) for row in rows]
    if people[None]:
        found.append(Door(None, "", "", len(people[None]), sum(person in missed for person in people[None])))
    whole = BuildingHomes(
        building, places.names[building], places.label_of(building), len(living), sum(person in missed for _, person in living)
    )  # fmt: skip
    return whole, found


def door(*, viewer: Actor, community: UUID, building: UUID, dwelling: UUID | None, today: date) -> DoorPage:
    """A door and who lives behind it by household. NotFound out of scope."""
    places = _place(viewer, community, building)
    row = DwellingRow(building, building, "", "")
    if dwelling is not None:
        found = dwellings(viewer=viewer, community=community, ids=[dwelling])
        if not found or found[0].building != building:
            raise NotFound(NOT_FOUND)
        row = found[0]
    living = Residence.objects.filter(community=community, building=building, dwelling=dwelling, to_date__isnull=True)
    people = list(living.values_list("person_id", flat=True))
    seen, tried = _visits(viewer, community, [dwelling] if dwelling else [])
    listed = {p.id: p for p in person_rows(viewer=viewer, community=community, people=people, today=today, places=places)}
    members = Membership.objects.filter(person__in=people, to_date__isnull=True).values_list(
        "person_id", "household_id", "relation"
    )
    groups: dict[UUID | None, list[MemberRow]] = defaultdict(list)
    housed = {person: (household, relation) for person, household, relation in members}
    for person in people:
        household, relation = housed.get(person, (None, ""))
        if person in listed:
            groups[household].append(MemberRow(listed[person], relation))
    houses = tuple(House(household, _in_order(rows)) for household, rows in groups.items())
    missed = _missed(people)
    at = _door(row, people, missed, seen.get(dwelling) if dwelling else None, tried.get(dwelling) if dwelling else None)
    if dwelling is None:
        at = Door(None, "", "", len(people), len(missed))
    put_right = Attestation.objects.filter(person__in=people, by=viewer.account, on=today).exclude(field__in=_OF_A_VISIT)
    return DoorPage(
        building, places.names[building], places.label_of(building), at, houses,
        written=viewer.account is not None and put_right.exists(),
        planned=dwelling is not None and is_planned_now(viewer=viewer, community=community, dwelling=dwelling, day=today),
    )  # fmt: skip


def household(*, viewer: Actor, community: UUID, household: UUID, today: date) -> HouseholdPage:
    """A household and its members of today. NotFound out of scope."""
    found = Household.objects.filter(community=community, id=household).first() if viewer.sees_community(community) else None
    if found is None:
        raise NotFound(NOT_FOUND)
    places = _place(viewer, community, found.building_id)
    relations = dict(Membership.objects.filter(household=household, to_date__isnull=True).values_list("person_id", "relation"))
    rows = person_rows(viewer=viewer, community=community, people=relations, today=today, places=places)
    at = dwellings(viewer=viewer, community=community, ids=[found.dwelling_id]) if found.dwelling_id else []
    return HouseholdPage(
        id=household,
        building=found.building_id,
        name=places.names[found.building_id],
        grid=places.label_of(found.building_id),
        unit=at[0].unit if at else "",
        room=at[0].room if at else "",
        dwelling=found.dwelling_id,
        members=_in_order([MemberRow(row, relations[row.id]) for row in rows]),
    )


def household_of(*, viewer: Actor, community: UUID, person: UUID) -> UUID | None:
    """The household of somebody today, where it lies within scope."""
    if not viewer.sees_community(community):
        return None
    found = (
        Membership.objects.filter(community=community, person=person, to_date__isnull=True).select_related("household").first()
    )
    places = ground(viewer=viewer, community=community)
    return found.household_id if found and found.household.building_id in places.names else None


def households_at(*, viewer: Actor, community: UUID, building: UUID, dwelling: UUID | None) -> list[UUID]:
    """The households that keep house behind a door today, within scope."""
    _place(viewer, community, building)
    living = Residence.objects.filter(community=community, building=building, dwelling=dwelling, to_date__isnull=True)
    members = Membership.objects.filter(person__in=living.values("person"), to_date__isnull=True)
    return sorted(set(members.values_list("household_id", flat=True)))


def doors_of(*, viewer: Actor, community: UUID, people: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Person → building and dwelling where they live today, within scope."""
    if not viewer.sees_community(community):
        return {}
    found: dict[UUID, tuple[UUID, UUID | None]] = {}
    for part in chunks(people):
        rows = Residence.objects.filter(community=community, person__in=part, to_date__isnull=True)
        for person, building, dwelling in rows.values_list("person_id", "building_id", "dwelling_id"):
            found[person] = (building, dwelling)
    seen = places_of(viewer=viewer, community=community, buildings={building for building, _ in found.values()}).names
    return {person: place for person, place in found.items() if place[0] in seen}


def _place(viewer: Actor, community: UUID, building: UUID) -> Ground:
    if not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    places = ground(viewer=viewer, community=community)
    if building not in places.names:
        raise NotFound(NOT_FOUND)
    return places


def _missed(people: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for part in chunks(people):
        found.update(Lapse.objects.filter(person__in=part, to_monday__isnull=True).values_list("person_id", flat=True))
    return found


def _visits(viewer: Actor, community: UUID, ids: Collection[UUID]) -> tuple[dict[UUID, date], dict[UUID, date]]:
    seen = doors_seen(viewer=viewer, community=community, dwellings=ids)
    tried: dict[UUID, date] = {}
    missed = Visit.objects.filter(community=community, dwelling__in=list(ids), outcome="nobody_home").order_by("on")
    for dwelling, on in missed.values_list("dwelling_id", "on"):
        if dwelling is not None and on is not None and (dwelling not in seen or on > seen[dwelling]):
            tried[dwelling] = on
    return seen, tried


def _door(row: DwellingRow, people: Collection[UUID], missed: set[UUID], seen: date | None, tried: date | None) -> Door:
    return Door(row.id, row.unit, row.room, len(people), sum(person in missed for person in people), seen, tried)


def _in_order(rows: list[MemberRow]) -> tuple[MemberRow, ...]:
    return tuple(sorted(rows, key=lambda m: (not m.head, m.relation or "zz", m.row.age_band)))


@dataclass(frozen=True)
class StandingOf:
    """What the form for corrections shows of somebody: masked."""

    row: PersonRow
    number: str
    phone: str
    head: bool
    head_sex: str


def standing_of(*, viewer: Actor, community: UUID, person: UUID, today: date) -> StandingOf:
    """What is known of somebody, masked. NotFound out of scope."""
    rows = person_rows(viewer=viewer, community=community, people=[person], today=today)
    if not rows:
        raise NotFound(NOT_FOUND)
    known = open_people(community, [person])[person]
    mine = Membership.objects.filter(person=person, to_date__isnull=True).first()
    heads = Membership.objects.filter(household=mine.household_id, to_date__isnull=True, relation__in=HEADS) if mine else None
    head = heads.values_list("person_id", "person__sex").first() if heads is not None else None
    return StandingOf(
        rows[0],
        masked_number(known.number or known.document_number),
        masked_phone(known.phone),
        head is not None and head[0] == person,
        head[1] if head else "",
    )
