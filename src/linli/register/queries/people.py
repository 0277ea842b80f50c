"""Finding people, and one person's record. Everything is masked; whom a viewer may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from linli.faces.masks import masked_name
from linli.kernel.actor import Actor
from linli.register.models import Lapse, Person, RegisterRound, Residence
from linli.register.queries.places import Ground, ground
from linli.register.rules.addresses import normalise
from linli.register.rules.ages import age_on, band
from linli.territory.queries import building_grids

SHORTEST = 2
MOST = 200
"""Above so many matches nothing is listed: a list of everybody is no search."""
_HOME = ("person_id", "building_id", "from_date", "to_date", "ending", "came")


@dataclass(frozen=True)
class Home:
    """Where somebody lives, or lived last."""

    person: UUID
    building: UUID
    since: date
    until: date | None
    ending: str
    came: str


@dataclass(frozen=True)
class PersonRow:
    """One line of a list: never a whole name, a door or a need. ``matched``: ``name``, ``address``, ``phone``."""

    id: UUID
    name: str
    sex: str
    age_band: str
    building: str
    grid: str
    since: date
    until: date | None
    ending: str
    came: str
    verified: date | None
    stale: bool
    matched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Search:
    """What a search found. No ``rows`` where ``total`` is above ``MOST`` or ``too_short``; ``grids``: matches by grid number."""

    rows: list[PersonRow]
    total: int
    here_now: int = 0
    grids: tuple[tuple[str, int], ...] = ()
    too_short: bool = False


def search_people(
    *, viewer: Actor, community: UUID, q: str, today: date, grid: str | None = None, here_now: bool = False
) -> Search:
    """People by part of the name, by address or building, or by the last four digits of the telephone."""
    text = normalise(q)
    if not viewer.sees_community(community) or len(text) < SHORTEST:
        return Search([], 0, too_short=len(text) < SHORTEST)
    places = ground(viewer=viewer, community=community)
    matched = _matches(community, q.strip(), text, places)
    homes = _homes(viewer, community, places, matched)
    if here_now:
        homes = {person: home for person, home in homes.items() if home.until is None}
    if grid:
        homes = {person: home for person, home in homes.items() if places.label_of(home.building) == grid}
    by_grid: dict[str, int] = {}
    for home in homes.values():
        label = places.label_of(home.building)
        by_grid[label] = by_grid.get(label, 0) + 1
    counts = tuple(sorted(by_grid.items()))
    now = sum(home.until is None for home in homes.values())
    if len(homes) > MOST:
        return Search([], len(homes), now, counts)
    return Search(_rows(community, homes, places, today, matched), len(homes), now, counts)


def may_see(*, viewer: Actor, community: UUID, person: UUID) -> bool:
    """Whether the person is on the register of the viewer's community, and lives, or lived last, in one of their grids."""
    if not viewer.sees_community(community):
        return False
    if viewer.grids is None:
        return Person.objects.filter(community=community, id=person).exists()
    last = Residence.objects.filter(community=community, person=person).order_by(
        F("to_date").desc(nulls_first=True), "-from_date"
    )
    building = last.values_list("building_id", flat=True).first()
    return building in building_grids(viewer=viewer, community=community)


def person_rows(
    *, viewer: Actor, community: UUID, people: Iterable[UUID], today: date, places: Ground | None = None
) -> list[PersonRow]:
    """The lines of given people; those out of scope are left out. ``places``: where it has been asked for already."""
    if not viewer.sees_community(community):
        return []
    places = places or ground(viewer=viewer, community=community)
    wanted: dict[UUID, tuple[str, ...]] = dict.fromkeys(people, ())
    return _rows(community, _homes(viewer, community, places, wanted), places, today, wanted)


def _matches(community: UUID, raw: str, text: str, places: Ground) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = {}

    def note(people: QuerySet[Person, UUID], how: str) -> None:
        for person in people:
            found.setdefault(person, []).append(how)

    people = Person.objects.filter(community=community)
    digits = "".join(sign for sign in text if sign.isdigit())
    if text.isdigit():
        if len(digits) == 4:
            note(people.filter(phone__endswith=digits).values_list("id", flat=True), "phone")
        return {person: tuple(how) for person, how in found.items()}
    note(people.filter(Q(name__icontains=raw) | Q(name__icontains=text)).values_list("id", flat=True), "name")
    buildings = [building for building, name in places.names.items() if text in normalise(name)]
    homes = Residence.objects.filter(community=community)
    at = Q(building__in=buildings) if buildings and len(buildings) <= MOST else Q(address_text__icontains=raw)
    for person in set(homes.filter(at).values_list("person_id", flat=True)):
        found.setdefault(person, []).append("address")
    return {person: tuple(how) for person, how in found.items()}


def _homes(viewer: Actor, community: UUID, places: Ground, people: Iterable[UUID]) -> dict[UUID, Home]:
    """The present, else the last home of each of ``people``, where it lies within scope."""
    wanted = list(people)
    homes: dict[UUID, Home] = {}
    for start in range(0, len(wanted), 500):
        rows = Residence.objects.filter(community=community, person__in=wanted[start : start + 500])
        rows = rows.order_by("person_id", F("to_date").desc(nulls_first=True), "-from_date")
        for row in rows.values_list(*_HOME):
            homes.setdefault(row[0], Home(*row))
    return {person: home for person, home in homes.items() if viewer.sees_grid(places.grid_of.get(home.building))}


def _rows(
    community: UUID, homes: dict[UUID, Home], places: Ground, today: date, matched: dict[UUID, tuple[str, ...]]
) -> list[PersonRow]:
    lapsed = dict(
        Lapse.objects.filter(community=community, person__in=list(homes), to_monday__isnull=True).values_list(
            "person_id", "verified"
        )
    )
    newest = RegisterRound.objects.filter(community=community, full=True).order_by("-monday").first()
    vouched = newest.monday if newest else None
    people = Person.objects.filter(community=community, id__in=list(homes)).values_list("id", "name", "sex", "birth_date")
    rows = []
    for person, name, sex, birth in people:
        home = homes[person]
        verified = home.until or lapsed.get(person, vouched)
        rows.append(
            PersonRow(
                id=person,
                name=masked_name(name),
                sex=sex,
                age_band=band(age_on(birth, today)),
                building=places.names.get(home.building, ""),
                grid=places.label_of(home.building),
                since=home.since,
                until=home.until,
                ending=home.ending,
                came=home.came,
                verified=verified,
                stale=home.until is None and person in lapsed,
                matched=matched.get(person, ()),
            )
        )
    return sorted(
        rows, key=lambda row: (row.until is not None, "name" not in row.matched, row.building, row.age_band, str(row.id))
    )
