"""Questions that wait for somebody who knows the street."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.register.models import Lapse, Residence, ReviewItem
from linli.register.opening import chunks, open_people, opened_told
from linli.register.queries.people import unshown
from linli.register.queries.places import Ground, ground
from linli.register.rules.review import Matter, State
from linli.territory.queries import building_grids


def in_scope(viewer: Actor, community: UUID, items: Iterable[ReviewItem]) -> list[ReviewItem]:
    """Those that the viewer may see: in the own grids, both the place and the person; without a place for the whole community.

    Nobody whose data are only stored (``people.unshown``).
    """
    if not viewer.sees_community(community):
        return []
    hidden = unshown(viewer=viewer, community=community)
    rows = [row for row in items if not hidden & _people_of(row)]
    if viewer.grids is None:
        return rows
    mine = set(building_grids(viewer=viewer, community=community))
    rows = [row for row in rows if row.building_id in mine]
    people = {person for row in rows for person in _people_of(row)}
    homes: dict[UUID, UUID] = {}
    for part in chunks(people):
        last = Residence.objects.filter(community=community, person__in=part).order_by("from_date", "id")
        homes.update(last.values_list("person_id", "building_id"))
    return [row for row in rows if all(homes.get(person) in mine for person in _people_of(row))]


def _people_of(row: ReviewItem) -> set[UUID]:
    return {person for person in (row.person_id, row.other_id) if person is not None}


@dataclass(frozen=True)
class Waiting:
    """One line of the list: a question, or somebody missing from the files (``matter`` left, ``id`` the person's).

    ``name``: masked; ``building``: its name, empty where none is known.
    """

    id: UUID
    matter: Matter
    name: str
    other: str
    building: str
    grid: str
    opened: date
    probability: float | None = None
    field: str = ""
    later: bool = False


@dataclass(frozen=True)
class Queue:
    """What waits. ``counts``: by matter and ``grids``: by grid number, both of all that is in scope."""

    rows: list[Waiting]
    counts: Mapping[Matter, int]
    grids: Mapping[str, int]


ORDER = (Matter.SAME_PERSON, Matter.CONFLICT, Matter.ADDRESS, Matter.RELATION, Matter.LEFT)


def queue(*, viewer: Actor, community: UUID, matter: Matter | None = None, grid: str = "") -> Queue:
    """Everything that waits within scope, the surest first; what was left for later comes last."""
    if not viewer.sees_community(community):
        return Queue([], {}, {})
    places = ground(viewer=viewer, community=community)
    items = in_scope(viewer, community, ReviewItem.objects.filter(community=community, state=State.OPEN.value))
    missing = _missing(viewer, community, places)
    people = {person for row in items for person in _people_of(row)} | {person for person, *_ in missing}
    names = _names(community, people)
    told = opened_told(community, [row for row in items if row.matter in (Matter.SAME_PERSON, Matter.ADDRESS)])
    rows = [_waiting(row, places, names, told) for row in items]
    rows += [
        Waiting(person, Matter.LEFT, names.get(person, ""), "", places.names.get(building, ""), places.label_of(building), since)
        for person, building, since in missing
    ]
    counts = Counter(row.matter for row in rows)
    grids = Counter(row.grid for row in rows if row.grid)
    rows = [row for row in rows if (matter is None or row.matter is matter) and (not grid or row.grid == grid)]
    rows.sort(key=lambda row: (row.later, ORDER.index(row.matter), -(row.probability or 0), row.grid, str(row.id)))
    return Queue(rows, counts, dict(sorted(grids.items())))


def open_counts(*, viewer: Actor, community: UUID) -> dict[str, int]:
    """How many questions wait by grid number (empty: no place known), people missing from the files included."""
    places = ground(viewer=viewer, community=community)
    items = in_scope(viewer, community, ReviewItem.objects.filter(community=community, state=State.OPEN.value))
    found = Counter(places.label_of(row.building_id) for row in items)
    found.update(places.label_of(building) for _person, building, _since in _missing(viewer, community, places))
    return dict(found)


def open_by_matter(*, viewer: Actor, community: UUID) -> dict[Matter, tuple[int, date]]:
    """How many questions wait within scope and since when the oldest, by what they ask; people missing from the files are asked
    about as having left."""
    if not viewer.sees_community(community):
        return {}
    found: dict[Matter, tuple[int, date]] = {}
    items = in_scope(viewer, community, ReviewItem.objects.filter(community=community, state=State.OPEN.value))
    waiting = [(Matter(row.matter), timezone.localdate(row.opened_at)) for row in items]
    places = ground(viewer=viewer, community=community)
    waiting += [(Matter.LEFT, since) for _person, _building, since in _missing(viewer, community, places)]
    for matter, since in waiting:
        count, oldest = found.get(matter, (0, since))
        found[matter] = count + 1, min(oldest, since)
    return {matter: found[matter] for matter in ORDER if matter in found}


def _missing(viewer: Actor, community: UUID, places: Ground) -> list[tuple[UUID, UUID, date]]:
    """(person, building, since) of those who live within scope and whom full files no longer show."""
    lapses = Lapse.objects.filter(community=community, to_monday__isnull=True)
    since = dict(lapses.values_list("person_id", "from_monday"))
    homes = Residence.objects.filter(community=community, to_date__isnull=True, person__in=lapses.values("person"))
    hidden = unshown(viewer=viewer, community=community)
    return [
        (person, place, since[person])
        for person, place in homes.values_list("person_id", "building_id")
        if place in places.names and person not in hidden
    ]


def _names(community: UUID, people: Iterable[UUID]) -> dict[UUID, str]:
    from linli.faces import masked_name

    return {person.id: masked_name(person.name) for person in open_people(community, people).values()}


def _waiting(row: ReviewItem, places: Ground, names: Mapping[UUID, str], told: Mapping[UUID, Mapping[str, str]]) -> Waiting:
    from linli.faces import masked_name
    from linli.register.rules.masking import masked_address

    said = told.get(row.id, {})
    other = masked_name(said.get("name", "")) if row.matter == Matter.SAME_PERSON.value else ""
    if row.other_id is not None:
        other = names.get(row.other_id, "")
    if row.matter == Matter.ADDRESS.value:
        other = masked_address(said.get("address", ""))
    return Waiting(
        row.id, Matter(row.matter), names.get(row.person_id, "") if row.person_id else "", other,
        places.names.get(row.building_id, "") if row.building_id else "", places.label_of(row.building_id),
        timezone.localdate(row.opened_at), row.probability, row.field, "later" in row.details,
    )  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """An answer that can still be taken back."""

    id: UUID
    matter: Matter
    accepted: bool
    at: datetime


def last_answer(*, viewer: Actor, community: UUID) -> Answered | None:
    """The viewer's own newest answer."""
    if viewer.account is None or not viewer.sees_community(community):
        return None
    done = ReviewItem.objects.filter(
        community=community, decided_by=viewer.account, state__in=(State.ACCEPTED.value, State.REJECTED.value)
    )
    found = in_scope(viewer, community, [row for row in done.order_by("-decided_at", "-id")[:1] if "kept" in row.details])
    return (
        Answered(found[0].id, Matter(found[0].matter), found[0].state == State.ACCEPTED.value, found[0].decided_at)
        if found and found[0].decided_at
        else None
    )


def question(*, viewer: Actor, community: UUID, item: UUID) -> tuple[ReviewItem, dict[str, str]] | None:
    """An open question and what its source says; None out of scope or answered."""
    rows = in_scope(viewer, community, ReviewItem.objects.filter(community=community, id=item, state=State.OPEN.value))
    return (rows[0], opened_told(community, rows)[item]) if rows else None
