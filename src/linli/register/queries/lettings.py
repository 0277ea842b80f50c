"""Dwellings that are let, within scope: to whom, by whom, since when, and who lives there beside. Names are masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.faces.masks import masked_name
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import Membership, Residence, Tenancy
from linli.register.opening import Opened, chunks, open_people
from linli.register.queries.people import PersonRow, person_rows, unshown
from linli.register.queries.places import Ground, places_of
from linli.register.queries.visits import doors_seen
from linli.register.rules.letting import Living, beside_the_lease
from linli.register.rules.sealing import LANDLORD, opened
from linli.territory.queries import DwellingRow, dwellings
from linli.trust import NOT_FOUND


@dataclass(frozen=True)
class Lease:
    """One tenancy. ``tenant``: masked, empty where not on the register; ``landlord``: masked, of the register or as told."""

    id: UUID
    person: UUID | None
    tenant: str
    landlord: str
    use: str
    hazard: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Letting:
    """A dwelling with its leases, the open ones first. ``beside``: how many live there who are of no tenant's household, None
    where no tenant is known; ``seen``: when somebody last found its people there, or a lease or move was told."""

    dwelling: UUID
    building: str
    room: str
    grid: str
    leases: tuple[Lease, ...]
    living: int
    beside: int | None
    seen: date
    weeks: int

    @property
    def open(self) -> tuple[Lease, ...]:
        return tuple(lease for lease in self.leases if lease.until is None)


def lettings(*, viewer: Actor, community: UUID, today: date, grid: str = "") -> list[Letting]:
    """The dwellings that are let now, by grid and building. ``grid``: number of one grid, empty for all in scope."""
    if not viewer.sees_community(community):
        return []
    let = set(Tenancy.objects.filter(community=community, to_date__isnull=True).values_list("dwelling_id", flat=True))
    rows: list[DwellingRow] = []
    for part in chunks(let):
        rows += dwellings(viewer=viewer, community=community, ids=part)
    found = _lettings(viewer, community, rows, today, open_only=True)
    return sorted((one for one in found if not grid or one.grid == grid), key=lambda one: (one.grid, one.building, one.room))


def letting(*, viewer: Actor, community: UUID, dwelling: UUID, today: date) -> tuple[Letting, list[PersonRow]]:
    """One dwelling with all its leases, and who lives there. NotFound out of scope."""
    rows = dwellings(viewer=viewer, community=community, ids=[dwelling]) if viewer.sees_community(community) else []
    if not rows:
        raise NotFound(NOT_FOUND)
    (found,) = _lettings(viewer, community, rows, today, open_only=False)
    people = Residence.objects.filter(community=community, dwelling=dwelling, to_date__isnull=True).values_list(
        "person_id", flat=True
    )
    return found, person_rows(viewer=viewer, community=community, people=people, today=today)


def _lettings(
    viewer: Actor, community: UUID, rows: Collection[DwellingRow], today: date, *, open_only: bool
) -> list[Letting]:  # fmt: skip
    ids = [row.id for row in rows]
    leases: dict[UUID, list[Tenancy]] = defaultdict(list)
    people: dict[UUID, list[tuple[UUID, date]]] = defaultdict(list)
    seen: dict[UUID, date] = {}
    hidden = unshown(viewer=viewer, community=community)
    for part in chunks(ids):
        kept = Tenancy.objects.filter(community=community, dwelling__in=part)
        for tenancy in (kept.filter(to_date__isnull=True) if open_only else kept).order_by("-from_date", "-id"):
            if tenancy.person_id not in hidden:
                leases[tenancy.dwelling_id].append(tenancy)
        homes = Residence.objects.filter(community=community, dwelling__in=part, to_date__isnull=True)
        for dwelling, person, told_at in homes.values_list("dwelling_id", "person_id", "known_from"):
            if dwelling is not None and person not in hidden:
                people[dwelling].append((person, told_at.date()))
        seen |= doors_seen(viewer=viewer, community=community, dwellings=part)
    named = {one for rows_ in leases.values() for lease in rows_ for one in (lease.person_id, lease.landlord_id) if one}
    known = open_people(community, named)
    houses = _households({person for rows_ in people.values() for person, _ in rows_} | named)
    places = places_of(viewer=viewer, community=community, buildings={row.building for row in rows})
    return [_letting(row, leases[row.id], people[row.id], seen.get(row.id), known, houses, places, hidden, today) for row in rows]


def _letting(
    row: DwellingRow,
    leases: list[Tenancy],
    people: list[tuple[UUID, date]],
    visited: date | None,
    known: dict[UUID, Opened],
    houses: dict[UUID, UUID],
    places: Ground,
    hidden: set[UUID],
    today: date,
) -> Letting:
    told = [day for _, day in people] + [lease.known_from.date() for lease in leases]
    last = max([*told, *([visited] if visited else [])], default=today)
    running = [lease for lease in leases if lease.to_date is None]
    return Letting(
        dwelling=row.id,
        building=places.names.get(row.building, ""),
        room="-".join(part for part in (row.unit, row.room) if part),
        grid=places.label_of(row.building),
        leases=tuple(sorted((_lease(lease, known, hidden) for lease in leases), key=lambda lease: lease.until is not None)),
        living=len(people),
        beside=beside_the_lease(
            [Living(person, houses.get(person)) for person, _ in people],
            tenants=[Living(one.person_id, houses.get(one.person_id)) for one in running if one.person_id],
            landlords={one.landlord_id for one in running if one.landlord_id},
        ),
        seen=last,
        weeks=max(0, (today - last).days // 7),
    )


def _lease(lease: Tenancy, known: dict[UUID, Opened], hidden: set[UUID]) -> Lease:
    tenant = known.get(lease.person_id) if lease.person_id else None
    landlord = known.get(lease.landlord_id) if lease.landlord_id and lease.landlord_id not in hidden else None
    told = opened(tenant.key, LANDLORD, lease.sealed_landlord) if tenant else ""
    return Lease(
        id=lease.id,
        person=lease.person_id,
        tenant=masked_name(tenant.name) if tenant else "",
        landlord=masked_name(landlord.name if landlord else told),
        use=lease.use,
        hazard=lease.hazard,
        since=lease.from_date,
        until=lease.to_date,
    )


def _households(people: Collection[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for part in chunks(people):
        found.update(Membership.objects.filter(person__in=part, to_date__isnull=True).values_list("person_id", "household_id"))
    return found
