"""One person's record, masked: what is known, since when, and from which file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import CareNeed, Hukou, Lapse, Membership, Residence
from linli.register.queries.people import PersonRow, may_see, person_rows
from linli.register.queries.places import community_code, ground
from linli.register.queries.sealed import open_people
from linli.register.rules.codes import province
from linli.register.rules.masking import masked_number, masked_phone
from linli.register.rules.residence import Status, status
from linli.trust import NOT_FOUND


@dataclass(frozen=True)
class Fact:
    """One thing that was true from one day to another. ``kind``: residence, hukou, household, lapse. ``place``: a building or a
    province's code, never a door. ``ended``: why (moved_out, died …), empty while it holds."""

    kind: str
    from_date: date
    to_date: date | None
    known_from: datetime | None
    place: str = ""
    detail: str = ""
    ended: str = ""


@dataclass(frozen=True)
class Record:
    """A record as its page shows it.

    ``needs``: how many are kept; which ones stays sealed. ``household``: all who keep house together now, with their relation to
    the head.
    """

    row: PersonRow
    status: Status
    number: str
    document: str
    phone: str
    relation: str
    facts: list[Fact]
    needs: int
    household: list[tuple[PersonRow, str]]


def person_record(*, viewer: Actor, community: UUID, person: UUID, today: date) -> Record:
    """The record; NotFound outside the viewer's scope. Opening one is logged by ``commands.open_person``, called before this."""
    if not may_see(viewer=viewer, community=community, person=person):
        raise NotFound(NOT_FOUND)
    known = open_people(community, [person])[person]
    mine = Membership.objects.filter(person=person, to_date__isnull=True).values_list("household_id", flat=True).first()
    open_members = Membership.objects.filter(household=mine, to_date__isnull=True) if mine else Membership.objects.none()
    relations = dict(open_members.values_list("person_id", "relation"))
    places = ground(viewer=viewer, community=community)
    listed = person_rows(viewer=viewer, community=community, people={person, *relations}, today=today, places=places)
    rows = [row for row in listed if row.id == person]
    if not rows:
        raise NotFound(NOT_FOUND)
    hukou = Hukou.objects.filter(person=person).order_by("-from_date").first()
    home = Residence.objects.filter(person=person).order_by("-from_date").first()
    now = status(
        lives_here=rows[0].until is None,
        here=hukou.here if hukou else None,
        region=hukou.region if hukou else "",
        community_code=community_code(viewer=viewer, community=community),
        document=known.document_kind,
        said=Status(home.said) if home and home.said else None,
    )
    household = [(row, relations[row.id]) for row in listed if row.id in relations]
    return Record(
        row=rows[0],
        status=now,
        number=masked_number(known.number or known.document_number),
        document=known.document_kind,
        phone=masked_phone(known.phone),
        relation=relations.get(person, ""),
        facts=_facts(person, places.names),
        needs=CareNeed.objects.filter(person=person, to_date__isnull=True).count(),
        household=sorted(household, key=lambda pair: (pair[1] or "zz", pair[0].since)),
    )


def _facts(person: UUID, names: Mapping[UUID, str]) -> list[Fact]:
    facts = [
        Fact("residence", r.from_date, r.to_date, r.known_from, names.get(r.building_id, ""), r.came, r.ending)
        for r in Residence.objects.filter(person=person)
    ]
    facts += [
        Fact("hukou", h.from_date, h.to_date, h.known_from, province(h.region), "here" if h.here else "")
        for h in Hukou.objects.filter(person=person)
    ]
    facts += [
        Fact("lapse", p.from_monday, p.to_monday, None, detail=p.verified.isoformat())
        for p in Lapse.objects.filter(person=person)
    ]
    return sorted(facts, key=lambda fact: (fact.from_date, fact.kind), reverse=True)
