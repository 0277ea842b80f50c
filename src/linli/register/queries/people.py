"""Finding people, and one person's record. Everything is masked; whom a viewer may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from linli.faces.masks import masked_name
from linli.kernel.actor import Actor
from linli.methods.names import initials, normal_name, pinyin, split_name
from linli.register.models import Lapse, Person, RegisterRound, Residence
from linli.register.queries.places import Ground, ground
from linli.register.queries.sealed import Opened, chunks, open_people
from linli.register.rules.addresses import normalise
from linli.register.rules.ages import age_on, band
from linli.register.rules.codes import IDENTITY_CARD
from linli.register.rules.sealing import PHONE_DIGITS, number_index
from linli.territory.queries import building_grids
from linli.trust import blinder

SHORTEST = 2
MOST = 200
"""Above so many matches nothing is listed: a list of everybody is no search."""
COUNTED = 20_000
"""So many matches are counted; nobody reads a larger number."""
PHONE_MOST = 11
INITIALS_MOST = 4
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
    """One line of a list: never a whole name, a door or a need. ``matched``: ``name``, ``address``, ``phone``,
    ``number``."""

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
    """People by name (whole, given, pinyin, initials), building, last four digits of the telephone, or a document's whole number.

    Keyed hashes are asked for; who matches is opened and looked at again. A surname alone finds nobody.
    """
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
    bare = text.replace(" ", "")
    if len(bare) >= PHONE_DIGITS and bare[:-1].isdigit() and (bare[-1].isdigit() or bare[-1] == "X"):
        return _by_digits(community, bare)
    found = _by_name(community, raw)
    buildings = [building for building, name in places.names.items() if text in normalise(name)]
    if 0 < len(buildings) <= MOST:
        homes = Residence.objects.filter(community=community, building__in=buildings)
        for person in set(homes.values_list("person_id", flat=True)):
            found[person] = (*found.get(person, ()), "address")
    return found


def _by_digits(community: UUID, digits: str) -> dict[UUID, tuple[str, ...]]:
    """The last four digits of a telephone, or all of it; or the whole number of a document, never a part of one."""
    blind = blinder(community)
    people = Person.objects.filter(community=community)
    found: dict[UUID, tuple[str, ...]] = {}
    if len(digits) <= PHONE_MOST and digits.isdigit():
        token = blind.token("phone", digits[-PHONE_DIGITS:])
        for person in _confirmed(community, people.filter(phone_token=token), lambda p: p.phone.endswith(digits)):
            found[person] = ("phone",)
    index = number_index(blind, IDENTITY_CARD, digits)
    for person in people.filter(number_index=index).values_list("id", flat=True):
        found[person] = (*found.get(person, ()), "number")
    return found


def _by_name(community: UUID, raw: str) -> dict[UUID, tuple[str, ...]]:
    blind = blinder(community)
    name = normal_name(raw)
    wanted = Q(name_token=blind.token("name", name)) | Q(given_token=blind.token("given", name))
    spelled = "".join(sign for sign in name.lower() if sign.isascii() and sign.isalpha())
    if spelled:
        wanted |= Q(pinyin_token=blind.token("pinyin", spelled))
        if len(spelled) <= INITIALS_MOST:
            wanted |= Q(initials_token=blind.token("initials", spelled))

    def means(person: Opened) -> bool:
        whole = normal_name(person.name)
        return whole == name or split_name(whole)[1] == name or (bool(spelled) and spelled in (pinyin(whole), initials(whole)))

    people = Person.objects.filter(community=community).filter(wanted)
    return dict.fromkeys(_confirmed(community, people, means), ("name",))


def _confirmed(community: UUID, people: QuerySet[Person], means: Callable[[Opened], bool]) -> list[UUID]:
    """Those of ``people`` who really are meant: 24 bits are shared by strangers. Above ``MOST`` nobody is opened."""
    ids = list(people.values_list("id", flat=True)[: COUNTED + 1])
    if len(ids) > MOST:
        return ids
    return [person.id for person in open_people(community, ids).values() if means(person)]


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
    lapsed: dict[UUID, date] = {}
    for part in chunks(homes):
        lapsed.update(Lapse.objects.filter(person__in=part, to_monday__isnull=True).values_list("person_id", "verified"))
    newest = RegisterRound.objects.filter(community=community, full=True).order_by("-monday").first()
    vouched = newest.monday if newest else None
    rows = []
    for person, plain in open_people(community, homes).items():
        home = homes[person]
        verified = home.until or lapsed.get(person, vouched)
        rows.append(
            PersonRow(
                id=person,
                name=masked_name(plain.name),
                sex=plain.sex,
                age_band=band(age_on(plain.birth_date or today, today)),
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
