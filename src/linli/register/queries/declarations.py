"""Declarations that wait for somebody: the list, one side by side with what is known, and what its sender may see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import Declaration, Household, Membership
from linli.register.opening import open_people
from linli.register.queries.candidates import candidates
from linli.register.queries.people import PersonRow, may_see, person_rows, unshown
from linli.register.queries.places import community_code, places_of
from linli.register.rules.by_hand import Candidate, Said
from linli.register.rules.codes import HEADS
from linli.register.rules.declarations import BETWEEN_COMMUNITIES, WAITING, Kind, Step, Told, household_of, ids
from linli.register.rules.sealing import DECLARED
from linli.territory.queries import buildings_seen, dwellings, find_dwellings
from linli.trust import NOT_FOUND, subject_keys


@dataclass(frozen=True)
class DeclarationRow:
    """One line of the list. ``place``: a building, never a door; ``people``: how many it names."""

    id: UUID
    reference: str
    kind: Kind
    channel: str
    step: Step
    place: str
    grid: str
    people: int
    received_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Meant:
    """Somebody declared, beside whom of the register they may be. ``known``: their line, None out of the viewer's scope."""

    said: Said
    candidates: list[tuple[Candidate, PersonRow | None]]


@dataclass(frozen=True)
class HouseAtDoor:
    """A household that keeps house behind the declared door: how it is called (its head, masked) and how many they are."""

    id: UUID
    head: str
    people: int


@dataclass(frozen=True)
class DeclarationPage:
    """One declaration as its page shows it."""

    row: DeclarationRow
    told: Told
    building: UUID | None
    people: list[Meant]
    person: UUID | None
    about: list[PersonRow]
    now: str
    houses: list[HouseAtDoor]
    staying: list[PersonRow]
    reason: str


@dataclass(frozen=True)
class Followed:
    """What a sender sees of it: no name, no number, only how it stands. ``question``: unanswered."""

    reference: str
    kind: Kind
    step: Step
    received_at: datetime
    decided_at: datetime | None
    reason: str
    question: str


def seen(*, viewer: Actor, community: UUID, buildings: Collection[UUID | None], person: UUID | None) -> bool:
    """Whether a declaration about this place, or about this person, lies within the viewer's scope, and their data may be shown.

    One that names neither is for those who see the whole community.
    """
    if not viewer.sees_community(community):
        return False
    if person is not None and person in unshown(viewer=viewer, community=community):
        return False
    if viewer.grids is None:
        return True
    places = [building for building in buildings if building is not None]
    if places:
        return set(places) <= buildings_seen(viewer=viewer, community=community, buildings=places)
    return person is not None and may_see(viewer=viewer, community=community, person=person)


def which_seen(*, viewer: Actor, community: UUID, about: Sequence[tuple[UUID | None, UUID | None]]) -> list[bool]:
    """As :func:`seen`, of many (building, person) at once: their buildings are asked about together."""
    if not viewer.sees_community(community):
        return [False] * len(about)
    hidden = set(unshown(viewer=viewer, community=community))
    shown = [person not in hidden for _building, person in about]
    if viewer.grids is not None:
        places = {building for building, _person in about if building is not None}
        mine = buildings_seen(viewer=viewer, community=community, buildings=places)
        for at, (building, person) in enumerate(about):
            if shown[at]:
                alone = person is not None and building is None and may_see(viewer=viewer, community=community, person=person)
                shown[at] = building in mine or alone
    return shown


def declarations(*, viewer: Actor, community: UUID, waiting: bool = True, limit: int = 200) -> list[DeclarationRow]:
    """Those within scope: waiting ones, the oldest first; or decided ones, the newest first."""
    if not viewer.sees_community(community):
        return []
    found = Declaration.objects.filter(community=community).exclude(kind=Kind.HANDED_OVER.value)
    found = found.filter(state__in=WAITING).order_by("received_at") if waiting else found.exclude(state__in=WAITING)
    rows = list(found if waiting else found.order_by("-decided_at"))[: limit * (1 if viewer.grids is None else 10)]
    about = [(row.building_id, row.person_id) for row in rows]
    rows = [row for row, own in zip(rows, which_seen(viewer=viewer, community=community, about=about), strict=True) if own]
    return _rows(viewer, community, rows[:limit])


def declaration(*, viewer: Actor, community: UUID, declaration: UUID, today: date) -> DeclarationPage:
    """One declaration, opened, beside what is known. NotFound out of scope."""
    row = Declaration.objects.filter(community=community, id=declaration).exclude(kind__in=BETWEEN_COMMUNITIES).first()
    if row is None or not seen(viewer=viewer, community=community, buildings=[row.building_id], person=row.person_id):
        raise NotFound(NOT_FOUND)
    told = _told(row)
    dwelling = _dwelling(viewer, community, row, told)
    code = community_code(viewer=viewer, community=community)
    people = [_meant(viewer, community, said, dwelling, today) for said in household_of(told, code)]
    whom = [*ids(told.whom), *([row.person_id] if row.person_id and not told.whom else [])]
    about = person_rows(viewer=viewer, community=community, people=whom, today=today)
    return DeclarationPage(
        row=_rows(viewer, community, [row])[0],
        told=told,
        building=row.building_id,
        people=people,
        person=row.person_id,
        about=about,
        now=_value_now(community, row, told),
        houses=_houses(viewer, community, dwelling, today) if people else [],
        staying=_staying(viewer, community, whom, today) if row.kind == Kind.MOVE_OUT.value else [],
        reason=row.reason,
    )


def public_followed(*, viewer: Actor, community: UUID, token: str) -> Followed:
    """What whoever holds the token may see. NotFound for any other token. Open to everybody, so ``viewer`` limits nothing."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    row = Declaration.objects.filter(community=community, token=digest).first() if token else None
    if row is None:
        raise NotFound(NOT_FOUND)
    told = _told(row)
    open_question = told.asked[-1][0] if told.asked and not told.asked[-1][1] else ""
    return Followed(row.reference, Kind(row.kind), Step(row.state), row.received_at, row.decided_at, row.reason, open_question)


@dataclass(frozen=True)
class MyDeclaration:
    """One that a tied resident sent: how it stands."""

    reference: str
    kind: Kind
    step: Step
    received_at: datetime
    reason: str


def my_declarations(*, viewer: Actor, community: UUID, limit: int = 20) -> list[MyDeclaration]:
    """What the viewer declared while signed in, the newest first."""
    if viewer.subject is None or not viewer.sees_community(community):
        return []
    rows = Declaration.objects.filter(community=community, subject=viewer.subject).order_by("-received_at")[:limit]
    return [MyDeclaration(r.reference, Kind(r.kind), Step(r.state), r.received_at, r.reason) for r in rows]


def _told(row: Declaration) -> Told:
    key = subject_keys(row.community_id, [row.subject_id]).get(row.subject_id) if row.subject_id else None
    return Told.from_json(json.loads(key.open(DECLARED, bytes(row.told)))) if key is not None and row.told else Told()


def _rows(viewer: Actor, community: UUID, rows: list[Declaration]) -> list[DeclarationRow]:
    places = places_of(viewer=viewer, community=community, buildings={row.building_id for row in rows if row.building_id})
    return [
        DeclarationRow(
            id=row.id,
            reference=row.reference,
            kind=Kind(row.kind),
            channel=row.channel,
            step=Step(row.state),
            place=places.names.get(row.building_id, "") if row.building_id else "",
            grid=places.label_of(row.building_id),
            people=len(told.people) or len(told.whom) or 1,
            received_at=row.received_at,
            decided_at=row.decided_at,
        )
        for row in rows
        for told in [_told(row)]
    ]


def _dwelling(viewer: Actor, community: UUID, row: Declaration, told: Told) -> UUID | None:
    if row.dwelling_id is not None or row.building_id is None or not told.room:
        return row.dwelling_id
    found = find_dwellings(
        viewer=viewer, community=community, buildings=[row.building_id], unit=told.unit, room=told.room
    )  # fmt: skip
    return next(iter(found), None) if len(found) == 1 else None


def _meant(viewer: Actor, community: UUID, said: Said, dwelling: UUID | None, today: date) -> Meant:
    found = candidates(viewer=viewer, community=community, said=said, dwelling=dwelling)
    people = [c.person for c in found if isinstance(c.person, UUID)]
    lines = {line.id: line for line in person_rows(viewer=viewer, community=community, people=people, today=today)}
    return Meant(said, [(c, lines.get(c.person) if isinstance(c.person, UUID) else None) for c in found])


def _houses(viewer: Actor, community: UUID, dwelling: UUID | None, today: date) -> list[HouseAtDoor]:
    if dwelling is None or not dwellings(viewer=viewer, community=community, ids=[dwelling]):
        return []
    found = []
    for house in Household.objects.filter(community=community, dwelling=dwelling):
        members = dict(
            Membership.objects.filter(household=house, to_date__isnull=True).values_list("person_id", "relation")
        )  # fmt: skip
        if not members:
            continue
        heads = [person for person, relation in members.items() if relation in HEADS] or list(members)
        lines = person_rows(viewer=viewer, community=community, people=heads[:1], today=today)
        found.append(HouseAtDoor(house.id, lines[0].name if lines else "", len(members)))
    return found


def _staying(viewer: Actor, community: UUID, leaving: list[UUID], today: date) -> list[PersonRow]:
    """Who of the household stays, to choose a head among."""
    houses = Membership.objects.filter(person__in=leaving, to_date__isnull=True).values("household")
    staying = Membership.objects.filter(household__in=houses, to_date__isnull=True).exclude(person__in=leaving)
    return person_rows(
        viewer=viewer, community=community, people=staying.values_list("person_id", flat=True), today=today
    )  # fmt: skip


def _value_now(community: UUID, row: Declaration, told: Told) -> str:
    """What stands where a correction proposes another value."""
    if row.person_id is None or not told.field:
        return ""
    known = open_people(community, [row.person_id])[row.person_id]
    value = known.number or known.document_number if told.field == "number" else getattr(known, told.field, "")
    return str(value or "")
