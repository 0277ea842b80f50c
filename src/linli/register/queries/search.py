"""Finding people. Keyed hashes and doors are asked for in the database; whom they may mean is opened and looked at again.

Three steps, each on fewer people than the one before: at most ``COUNTED`` by hashes or doors, narrowed by birth, grid and place
without opening anything; at most ``MOST`` of those are opened and confirmed. Above either the search asks for more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from linli.kernel.actor import Actor
from linli.methods.names import initials, normal_name, pinyin, split_name
from linli.register.models import FormerNumber, Person, Residence
from linli.register.opening import Opened, chunks, open_people
from linli.register.queries.links import led
from linli.register.queries.people import Home, PersonRow, homes_of, rows_of
from linli.register.queries.places import Ground
from linli.register.rules import asked
from linli.register.rules.asked import PHONE_DIGITS, Asked, Reading
from linli.register.rules.codes import DOCUMENTS, number_kind
from linli.register.rules.sealing import number_index
from linli.territory.queries import Typed, building_grids, find_buildings, find_dwellings
from linli.trust import blinder, grids_of

MOST = 200
"""Above so many matches nothing is listed: a list of everybody is no search."""
COUNTED = 1000
"""So many matches are counted; nobody reads a larger number."""
WIDEST = 400
"""Words that so many buildings have in their name mean none of them."""
PHONE_MOST = 11
INITIALS_MOST = 4

Means = Callable[[Opened], bool]


@dataclass(frozen=True)
class Narrow:
    """What makes the circle smaller before anybody is opened. ``grid``: its number; ``born``: first and last day; ``place``: part
    of the name of an estate, street or building; ``here``: who lives here now."""

    grid: str = ""
    born: tuple[date, date] | None = None
    place: str = ""
    here: bool = False


@dataclass(frozen=True)
class Search:
    """What a search found. No ``rows`` where ``total`` is above ``MOST`` or ``too_short``; ``more``: there are more.

    ``grids``, ``decades``: matches by grid number and by decade of birth (1950), to go on with.
    """

    rows: list[PersonRow]
    total: int
    here_now: int = 0
    grids: tuple[tuple[str, int], ...] = ()
    decades: tuple[tuple[int, int], ...] = ()
    too_short: bool = False
    more: bool = False


@dataclass
class _Found:
    """Who may be meant: by person, how (``name``, ``given``, ``sound``, ``pinyin``, ``initials``, ``phone``, ``number``,
    ``address``), and what must hold of them once they are opened."""

    how: dict[UUID, dict[str, Means | None]] = field(default_factory=dict)
    more: bool = False

    def add(self, people: Iterable[UUID], how: str, means: Means | None) -> None:
        for person in people:
            if person not in self.how and len(self.how) >= COUNTED:
                self.more = True
                return
            self.how.setdefault(person, {})[how] = means


def search_people(*, viewer: Actor, community: UUID, q: str, today: date, narrow: Narrow | None = None) -> Search:
    """People by name (whole, given, as it sounds, pinyin, initials), address (estate, street, building, room), last digits of the
    telephone, or a document's whole number. A surname alone finds nobody."""
    narrow = narrow or Narrow()
    wanted = asked.read(q)
    if wanted.too_short or not viewer.sees_community(community):
        return Search([], 0, too_short=wanted.too_short)
    within = _within(viewer, community, narrow)
    if wanted.digits:
        found = _by_digits(community, wanted, narrow, within)
    else:
        found = _by_words(viewer, community, wanted, narrow, within)
    if found.more:
        return Search([], len(found.how), more=True)
    # Two records of one person are one match: the record that leads, whichever was found.
    leads = led(viewer=viewer, community=community, people=found.how)
    homes, places = homes_of(viewer=viewer, community=community, people={leads.get(person, person) for person in found.how})
    homes = {person: home for person, home in homes.items() if _holds(home, narrow, places, within)}
    if len(homes) > MOST:
        return _counted(community, homes, places)
    known = open_people(community, {*homes, *(record for record, leader in leads.items() if leader in homes)})
    matched = _confirmed(found, known, leads)
    homes = {person: homes[person] for person in matched}
    rows = rows_of(viewer, community, homes, places, today, matched, known)
    now = sum(home.until is None for home in homes.values())
    return Search(rows, len(rows), now, _by_grid(homes, places))


def _within(viewer: Actor, community: UUID, narrow: Narrow) -> set[UUID] | None:
    """The buildings that come into question; None for all."""
    within: set[UUID] | None = None
    if narrow.grid:
        zone = next((zone.id for zone in grids_of(viewer=viewer, community=community) if zone.code == narrow.grid), None)
        within = set(building_grids(viewer=viewer, community=community, grid=zone)) if zone else set()
    elif viewer.grids is not None:
        within = set(building_grids(viewer=viewer, community=community))
    if narrow.place:
        typed = [_typed(reading) for reading in asked.read(narrow.place).readings]
        there = find_buildings(viewer=viewer, community=community, typed=typed)
        within = there if within is None else within & there
    return within


def _typed(reading: Reading) -> Typed:
    return Typed(reading.words, reading.number, reading.unit, reading.room)


def _people(community: UUID, narrow: Narrow, within: set[UUID] | None) -> QuerySet[Person]:
    people = Person.objects.filter(community=community)
    if narrow.born:
        people = people.filter(birth_month__range=(narrow.born[0], narrow.born[1]))
    if within is not None:
        # Driven by the hash: whoever it finds is asked about, not everybody in the buildings.
        people = people.filter(Exists(Residence.objects.filter(person=OuterRef("pk"), building__in=sorted(within))))
    return people


def _ids(people: QuerySet[Person]) -> Iterator[UUID]:
    return islice(people.values_list("id", flat=True)[: COUNTED + 1].iterator(), COUNTED + 1)


def _by_digits(community: UUID, wanted: Asked, narrow: Narrow, within: set[UUID] | None) -> _Found:
    """The last four digits of a telephone, or all of it; or the whole number of a document, never a part of one."""
    blind, digits, found = blinder(community), wanted.digits, _Found()
    people = _people(community, narrow, within)
    if len(digits) <= PHONE_MOST and digits.isdigit():
        token = blind.token("phone", digits[-PHONE_DIGITS:])
        found.add(_ids(people.filter(phone_token=token)), "phone", lambda person: person.phone.endswith(digits))
    indexes = [
        index for kind in sorted({number_kind(kind) for kind in DOCUMENTS}) if (index := number_index(blind, kind, digits))
    ]
    found.add(_ids(people.filter(number_index__in=indexes)), "number", None)
    former = FormerNumber.objects.filter(community=community, number_index__in=indexes).values_list("person_id", flat=True)
    found.add(_ids(people.filter(id__in=list(former))) if former else (), "number", None)
    return found


def _by_words(viewer: Actor, community: UUID, wanted: Asked, narrow: Narrow, within: set[UUID] | None) -> _Found:
    found, people = _Found(), _people(community, narrow, within)
    for how, column, token, means in _name_tokens(community, wanted.name):
        found.add(_ids(people.filter(**{column: token})), how, means)
    for person in _at_address(viewer, community, wanted, narrow, within):
        found.add((person,), "address", None)
    return found


def _name_tokens(community: UUID, written: str) -> Iterator[tuple[str, str, int, Means]]:
    """The columns that may hold the name, the hash to ask for, and what must hold once it is opened; the surest first."""
    blind, name = blinder(community), normal_name(written)
    if not name:
        return
    yield "name", "name_token", blind.token("name", name), lambda person: normal_name(person.name) == name
    if len(name) > 1:
        yield "given", "given_token", blind.token("given", name), lambda person: split_name(normal_name(person.name))[1] == name
    if not name.isascii():
        sound = pinyin(name)
        yield "sound", "pinyin_token", blind.token("pinyin", sound), lambda person: pinyin(normal_name(person.name)) == sound
        return
    spelled = "".join(sign for sign in name.lower() if sign.isalpha())
    if spelled:
        yield "pinyin", "pinyin_token", blind.token("pinyin", spelled), lambda person: pinyin(normal_name(person.name)) == spelled
        if 1 < len(spelled) <= INITIALS_MOST:
            short = blind.token("initials", spelled)
            yield "initials", "initials_token", short, lambda person: initials(normal_name(person.name)) == spelled


def _at_address(
    viewer: Actor, community: UUID, wanted: Asked, narrow: Narrow, within: set[UUID] | None
) -> Iterator[UUID]:  # fmt: skip
    doors: set[UUID] = set()
    houses: set[UUID] = set()
    for reading in wanted.readings:
        buildings = find_buildings(viewer=viewer, community=community, typed=[_typed(reading)])
        buildings = buildings if within is None else buildings & within
        if len(buildings) > WIDEST:
            continue
        if reading.room:
            doors |= find_dwellings(
                viewer=viewer, community=community, buildings=buildings, unit=reading.unit, room=reading.room
            )  # fmt: skip
        elif not wanted.room:
            houses |= buildings
    # By building or door alone: those are the community's own, and so the database takes their index.
    rows = Residence.objects.all()
    if narrow.born:
        rows = rows.filter(person__birth_month__range=(narrow.born[0], narrow.born[1]))
    if narrow.here:
        rows = rows.filter(to_date__isnull=True)
    for column, ids in (("dwelling", doors), ("building", houses)):
        for part in chunks(sorted(ids)):
            yield from rows.filter(**{f"{column}__in": part}).values_list("person_id", flat=True)[: COUNTED + 1]


def _holds(home: Home, narrow: Narrow, places: Ground, within: set[UUID] | None) -> bool:
    """Whether the present, else the last home is one that was asked for."""
    if narrow.here and home.until is not None:
        return False
    return (within is None or home.building in within) and (not narrow.grid or places.label_of(home.building) == narrow.grid)


def _confirmed(found: _Found, known: Mapping[UUID, Opened], leads: Mapping[UUID, UUID]) -> dict[UUID, tuple[str, ...]]:
    """Those of ``known`` who really are meant, with how: 24 bits are shared by strangers. An erased person is nobody's match."""
    matched: dict[UUID, tuple[str, ...]] = {}
    for person in known.values():
        ways = tuple(how for how, means in found.how.get(person.id, {}).items() if means is None or means(person))
        if person.key is not None and ways:
            leader = leads.get(person.id, person.id)
            ways = tuple(dict.fromkeys((*matched.get(leader, ()), *ways)))
            matched[leader] = tuple(way for way in ways if way != "sound" or "name" not in ways)
    return matched


def _counted(community: UUID, homes: dict[UUID, Home], places: Ground) -> Search:
    """Too many to list: how they are spread, so that one can go on."""
    decades: Counter[int] = Counter()
    for part in chunks(homes):
        months = Person.objects.filter(community=community, id__in=part).values_list("birth_month", flat=True)
        decades.update(month.year // 10 * 10 for month in months if month)
    now = sum(home.until is None for home in homes.values())
    return Search([], len(homes), now, _by_grid(homes, places), tuple(sorted(decades.items())))


def _by_grid(homes: dict[UUID, Home], places: Ground) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(places.label_of(home.building) for home in homes.values()).items()))
