"""Everything dated that is known of one person, newest first. What was needed, told or asked stays sealed: only that it was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.register.models import (
    CareNeed,
    Declaration,
    FormerNumber,
    Hukou,
    Lapse,
    Link,
    Membership,
    Permit,
    PermitApplication,
    Person,
    Residence,
    ReviewItem,
    Tenancy,
    Visit,
)
from linli.register.queries.places import places_of
from linli.register.rules.review import Closed

MOST = 200
"""So many facts are shown: a life has fewer."""


@dataclass(frozen=True)
class Fact:
    """One thing that was true from one day to another, or happened on one (then both are the same).

    ``kind``: residence, hukou, household, needs, lapse, document, number, applied, permit, endorsed, tenancy, letting, visit,
    question, link, declaration, died. ``place``: a building (empty: out of the viewer's scope) or a region's code, never a door.
    ``ended``: why (moved_out, died …), empty while it holds. ``count``: of needs that began on one day. ``batch``: the file.
    ``why``: of a question that went by itself (``rules.review.Closed``).
    """

    kind: str
    from_date: date
    to_date: date | None
    known_from: datetime | None
    place: str = ""
    detail: str = ""
    ended: str = ""
    count: int = 0
    batch: UUID | None = None
    why: str = ""


def facts_of(*, viewer: Actor, community: UUID, person: UUID, today: date) -> list[Fact]:
    """The facts of a person whom the caller has found within scope."""
    if not viewer.sees_community(community):
        return []
    homes = list(Residence.objects.filter(person=person))
    doors = {home.dwelling_id: home for home in homes if home.dwelling_id}
    names = places_of(viewer=viewer, community=community, buildings={home.building_id for home in homes}).names
    facts = [
        Fact("residence", r.from_date, r.to_date, r.known_from, names.get(r.building_id, ""), r.came, r.ending, batch=r.batch)
        for r in homes
    ]
    facts += [
        Fact("hukou", h.from_date, h.to_date, h.known_from, h.region, "here" if h.here else "", batch=h.batch)
        for h in Hukou.objects.filter(person=person)
    ]
    facts += [
        Fact("household", m.from_date, m.to_date, m.known_from, detail=m.relation, batch=m.batch)
        for m in Membership.objects.filter(person=person)
    ]
    facts += [
        Fact("lapse", p.from_monday, p.to_monday, None, detail=p.verified.isoformat())
        for p in Lapse.objects.filter(person=person)
    ]
    facts += [*_needs(person), *_papers(person), *_homes_let(person, doors), *_visits(community, doors), *_asked(person)]
    return sorted(facts, key=lambda fact: (fact.from_date, fact.kind), reverse=True)[:MOST]


def _needs(person: UUID) -> list[Fact]:
    """How many needs began on a day, never which."""
    began: dict[tuple[date, date | None], list[datetime]] = defaultdict(list)
    for need in CareNeed.objects.filter(person=person):
        began[need.from_date, need.to_date].append(need.known_from)
    return [Fact("needs", start, end, min(known), count=len(known)) for (start, end), known in began.items()]


def _papers(person: UUID) -> list[Fact]:
    facts = []
    row = Person.objects.get(id=person)
    if row.document_expires:
        facts.append(Fact("document", row.document_expires, row.document_expires, row.known_from, detail=row.document_kind))
    if row.died_on:
        facts.append(Fact("died", row.died_on, row.died_on, None))
    for former in FormerNumber.objects.filter(person=person):
        facts.append(Fact("number", former.until, former.until, former.known_from))
    for asked in PermitApplication.objects.filter(person=person):
        facts.append(Fact("applied", asked.applied_on, asked.closed_on or None, asked.known_from))
    for permit in Permit.objects.filter(person=person):
        facts.append(Fact("permit", permit.issued_on, permit.ended_on, permit.known_from, batch=permit.batch))
        days = [date.fromisoformat(told) for told in permit.endorsed]
        facts += [Fact("endorsed", day, day, None) for day in days]
    return facts


def _homes_let(person: UUID, doors: dict[UUID, Residence]) -> list[Fact]:
    facts = []
    for row in Tenancy.objects.filter(Q(person=person) | Q(landlord=person)):
        kind = "letting" if row.landlord_id == person else "tenancy"
        facts.append(Fact(kind, row.from_date, row.to_date, row.known_from, batch=row.batch))
    return facts


def _visits(community: UUID, doors: dict[UUID, Residence]) -> list[Fact]:
    """Visits to a door while the person lived behind it."""
    rows = Visit.objects.filter(community=community, dwelling__in=list(doors), on__isnull=False).order_by("-on")[:MOST]
    facts = []
    for row in rows:
        home = doors[row.dwelling_id] if row.dwelling_id else None
        if home and row.on and home.from_date <= row.on and (home.to_date is None or row.on <= home.to_date):
            facts.append(Fact("visit", row.on, row.on, row.known_from, detail=row.outcome))
    return facts


def _asked(person: UUID) -> list[Fact]:
    facts = []
    for item in ReviewItem.objects.filter(Q(person=person) | Q(other=person)):
        ended = timezone.localdate(item.decided_at) if item.decided_at else None
        opened = timezone.localdate(item.opened_at)
        why = item.reason if item.reason in set(Closed) else ""
        facts.append(Fact("question", opened, ended, item.opened_at, detail=item.matter, ended=item.state, why=why))
    for link in Link.objects.filter(Q(person=person) | Q(other=person)):
        ended = timezone.localdate(link.ended_at) if link.ended_at else None
        facts.append(Fact("link", timezone.localdate(link.made_at), ended, link.made_at, detail=link.how, batch=link.batch))
    for told in Declaration.objects.filter(person=person):
        ended = timezone.localdate(told.decided_at) if told.decided_at else None
        facts.append(
            Fact("declaration", timezone.localdate(told.received_at), ended, told.received_at, detail=told.kind, ended=told.state)
        )
    return facts
