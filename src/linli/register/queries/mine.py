"""What somebody who is signed in sees of the register: themselves and their own minor children, nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import (
    CareNeed,
    FormerNumber,
    Hukou,
    LetterCode,
    Membership,
    Permit,
    PermitApplication,
    Person,
    Residence,
    Tenancy,
    Tie,
)
from linli.register.opening import Opened, open_people
from linli.register.queries.places import places_of
from linli.register.queries.sources import sources_of
from linli.register.rules import permits
from linli.register.rules.sealing import FORMER_NUMBER, HELPER, HUKOU_ADDRESS, LANDLORD, PERMIT_NUMBER, opened
from linli.register.rules.ties import Letter, Relative, letter_state, own_children
from linli.territory.queries import dwellings
from linli.trust import NOT_FOUND


@dataclass(frozen=True)
class Home:
    """Where somebody lives or lived. ``room``: stair well and room, empty where the door isn't known."""

    building: str
    room: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Registered:
    """A hukou. ``here``: in this community (None: not known)."""

    region: str
    address: str
    here: bool | None
    since: date
    until: date | None


@dataclass(frozen=True)
class Need:
    """A care need, as it is kept. ``basis``: consent or law."""

    need: str
    basis: str
    helper: str
    since: date


@dataclass(frozen=True)
class Rented:
    landlord: str
    since: date
    until: date | None


@dataclass(frozen=True)
class MyPermit:
    """A residence permit. ``standing``: of one that hasn't ended, how it stands today."""

    number: str
    issued: date
    ended: date | None
    standing: permits.PermitStanding | None


@dataclass(frozen=True)
class Whole:
    """Everything that the register keeps of one person, opened for themselves or for whoever has custody of them.

    ``sources``: field (of ``rules.precedence``) → (source, last verified). ``applied``: open applications for a residence permit,
    each with the last day for issuing it. ``today``: the day by which all of it is told.
    """

    person: UUID
    subject: UUID
    plain: Opened
    own: bool
    document_expires: date | None
    known_from: datetime
    relation: str
    homes: list[Home]
    hukou: list[Registered]
    needs: list[Need]
    rented: list[Rented]
    permits: list[MyPermit]
    applied: list[tuple[date, date]]
    former_numbers: list[tuple[str, date]]
    today: date
    sources: dict[str, tuple[str, date | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class MyHousehold:
    """One's household as one may see it. ``others``: how many keep house there besides oneself and one's minor children."""

    me: Opened
    relation: str
    children: list[tuple[Opened, str]]
    others: int


@dataclass(frozen=True)
class MyTie:
    """How one's account was tied. ``how``: desk or letter."""

    how: str
    at: datetime


def _speaks_for(account: UUID, community: UUID) -> UUID | None:
    """The data subject that an account is tied to, while the person is alive; trust asks when a page opens."""
    tie = Tie.objects.filter(account=account, community=community, ended_at__isnull=True, person__died_on__isnull=True)
    return tie.values_list("person__subject_id", flat=True).first()


def my_person(*, viewer: Actor, community: UUID) -> UUID | None:
    """The viewer's own record; None for somebody whose account is tied to nobody here."""
    if viewer.subject is None or not viewer.sees_community(community):
        return None
    return Person.objects.filter(community=community, subject=viewer.subject).values_list("id", flat=True).first()


def my_children(*, viewer: Actor, community: UUID, today: date) -> list[UUID]:
    """The viewer's own minor children who keep house with them, the eldest first."""
    found = my_household(viewer=viewer, community=community, today=today)
    return [child.id for child, _ in found.children] if found else []


def my_household(*, viewer: Actor, community: UUID, today: date) -> MyHousehold | None:
    """Oneself, one's minor children, and how many others there are; None for somebody who is tied to nobody."""
    me = my_person(viewer=viewer, community=community)
    if me is None:
        return None
    mine = Membership.objects.filter(community=community, person=me, to_date__isnull=True).first()
    rows = Membership.objects.filter(community=community, household=mine.household_id, to_date__isnull=True) if mine else []
    relations = {row.person_id: row.relation for row in rows}
    known = open_people(community, {me, *relations})
    relation = relations.get(me, "")
    others = [Relative(p, code, known[p].birth_date) for p, code in relations.items() if p != me and known[p].died_on is None]
    children = [key for key in own_children(relation, others, today) if isinstance(key, UUID)]
    shown = sorted(((known[child], relations[child]) for child in children), key=lambda pair: pair[0].birth_date or today)
    return MyHousehold(known[me], relation, shown, len(others) - len(children))


def may_read(*, viewer: Actor, community: UUID, person: UUID, today: date) -> bool:
    """Whether the person is the viewer or one of their own minor children."""
    return person == my_person(viewer=viewer, community=community) or person in my_children(
        viewer=viewer, community=community, today=today
    )


def my_data(*, viewer: Actor, community: UUID, person: UUID, today: date) -> Whole:
    """All that is kept of oneself or a minor child. NotFound for anybody else, whether or not there is such a person."""
    if not may_read(viewer=viewer, community=community, person=person, today=today):
        raise NotFound(NOT_FOUND)
    plain = open_people(community, [person])[person]
    row = Person.objects.get(community=community, id=person)
    member = Membership.objects.filter(person=person, to_date__isnull=True).first()
    of_theirs = {"community": community, "person": person}
    homes = list(Residence.objects.filter(**of_theirs).order_by("-from_date"))
    seen = timezone.localdate(max((home.known_from for home in homes), default=row.known_from))
    vouched = {
        name: (told.source, told.on)
        for told in sources_of(viewer=viewer, community=community, person=person, seen=seen)
        for name in told.fields
    }
    key = plain.key
    return Whole(
        person=person,
        subject=plain.subject,
        plain=plain,
        own=plain.subject == viewer.subject,
        document_expires=row.document_expires,
        known_from=row.known_from,
        relation=member.relation if member else "",
        homes=_homes(viewer, community, homes),
        hukou=[
            Registered(r.region, opened(key, HUKOU_ADDRESS, r.sealed_address), r.here, r.from_date, r.to_date)
            for r in Hukou.objects.filter(**of_theirs).order_by("-from_date")
        ],
        needs=[
            Need(r.need, r.basis, opened(key, HELPER, r.sealed_helper), r.from_date)
            for r in CareNeed.objects.filter(**of_theirs, to_date__isnull=True).order_by("from_date")
        ],
        rented=[
            Rented(opened(key, LANDLORD, r.sealed_landlord), r.from_date, r.to_date)
            for r in Tenancy.objects.filter(**of_theirs).order_by("-from_date")
        ],
        permits=[
            MyPermit(opened(key, PERMIT_NUMBER, r.sealed_number), r.issued_on, r.ended_on, _standing(r, today))
            for r in Permit.objects.filter(**of_theirs).order_by("-issued_on")
        ],
        applied=[
            (r.applied_on, permits.issue_by(r.applied_on))
            for r in PermitApplication.objects.filter(**of_theirs, closed_on__isnull=True)
        ],
        today=today,
        former_numbers=[(opened(key, FORMER_NUMBER, r.sealed_number), r.until) for r in FormerNumber.objects.filter(**of_theirs)],
        sources=vouched,
    )


def _standing(permit: Permit, today: date) -> permits.PermitStanding | None:
    if permit.ended_on is not None:
        return None
    endorsed = tuple(date.fromisoformat(day) for day in permit.endorsed)
    return permits.standing(permits.Permit(permit.issued_on, endorsed), today)


def _homes(viewer: Actor, community: UUID, rows: list[Residence]) -> list[Home]:
    names = places_of(viewer=viewer, community=community, buildings={row.building_id for row in rows}).names
    doors = {d.id: d for d in dwellings(viewer=viewer, community=community, ids=[r.dwelling_id for r in rows if r.dwelling_id])}
    found = []
    for row in rows:
        door = doors.get(row.dwelling_id) if row.dwelling_id else None
        room = "-".join(part for part in (door.unit, door.room) if part) if door else ""
        found.append(Home(names.get(row.building_id, ""), room, row.from_date, row.to_date))
    return found


def my_tie(*, viewer: Actor, community: UUID) -> MyTie | None:
    """How the viewer's account was tied to them."""
    person = my_person(viewer=viewer, community=community)
    row = Tie.objects.filter(community=community, person=person, ended_at__isnull=True).first() if person else None
    return MyTie(row.how, row.at) if row else None


@dataclass(frozen=True)
class AccountRow:
    """The account of somebody of the register, as the desk sees it. ``account``: None where none is tied."""

    account: UUID | None
    how: str
    at: datetime | None


def account_of(*, viewer: Actor, community: UUID, person: UUID) -> AccountRow:
    """Whether an account is tied to somebody; for those who may tie one. The caller has found the person within scope."""
    row = Tie.objects.filter(community=community, person=person, ended_at__isnull=True).first()
    if row is None or not viewer.sees_community(community):
        return AccountRow(None, "", None)
    return AccountRow(row.account, row.how, row.at)


@dataclass(frozen=True)
class LetterRow:
    """A letter on the desk's list: to whom, and what its code is good for."""

    id: UUID
    person: UUID
    reference: str
    state: Letter
    made_at: datetime
    expires_at: datetime
    tries: int


def letters(*, viewer: Actor, community: UUID, now: datetime, limit: int = 200) -> list[LetterRow]:
    """Letters to print first, then those under way; used and dead ones are left out. For whoever sees the whole community."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return []
    rows = []
    for row in LetterCode.objects.filter(community=community, used_at__isnull=True).order_by("-made_at")[:limit]:
        state = letter_state(printed=bool(row.mark), used=False, tries=row.tries, expires=row.expires_at, now=now)
        if state in (Letter.WANTED, Letter.GOOD):
            rows.append(LetterRow(row.id, row.person_id, row.reference, state, row.made_at, row.expires_at, row.tries))
    return sorted(rows, key=lambda row: row.state is not Letter.WANTED)


SPEAKS = _speaks_for
