"""One person's record, masked: what is known, since when, and from whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import CareNeed, Hukou, Membership, Person, Residence
from linli.register.opening import Opened, open_people
from linli.register.queries.asof import Moment
from linli.register.queries.left_behind import left_behind_at
from linli.register.queries.people import PersonRow, may_see, person_rows
from linli.register.queries.places import community_code
from linli.register.queries.sources import SourceRow, sources_of
from linli.register.queries.timeline import Fact, facts_of
from linli.register.rules.kinship import way
from linli.register.rules.left_behind import LeftBehind
from linli.register.rules.masking import masked_number, masked_phone
from linli.register.rules.residence import Status, status
from linli.trust import NOT_FOUND

__all__ = ["Fact", "Record", "Relative", "person_record"]


@dataclass(frozen=True)
class Relative:
    """Somebody of the household, with the relation to its head (GB/T 4761). ``depth``: steps from the head, for a tree."""

    row: PersonRow
    relation: str
    depth: int


@dataclass(frozen=True)
class Record:
    """A record as its page shows it; of somebody erased nothing but that (``erased``).

    ``needs``: how many are kept; which ones stays sealed. ``household``: all who keep house together now, the head first.
    """

    erased: bool = False
    row: PersonRow | None = None
    subject: UUID | None = None
    status: Status = Status.UNSTATED
    number: str = ""
    document: str = ""
    expires: date | None = None
    phone: str = ""
    relation: str = ""
    minor: bool = False
    left_behind: LeftBehind | None = None
    facts: list[Fact] = field(default_factory=list)
    needs: int = 0
    household_id: UUID | None = None
    household: list[Relative] = field(default_factory=list)
    sources: list[SourceRow] = field(default_factory=list)


def person_record(*, viewer: Actor, community: UUID, person: UUID, today: date) -> Record:
    """The record; NotFound outside the viewer's scope. Opening one is logged by ``commands.open_person``, called before this."""
    if not may_see(viewer=viewer, community=community, person=person):
        raise NotFound(NOT_FOUND)
    known = open_people(community, [person])[person]
    if known.key is None:
        return Record(erased=True, subject=known.subject)
    mine = Membership.objects.filter(person=person, to_date__isnull=True).values_list("household_id", flat=True).first()
    members = Membership.objects.filter(household=mine, to_date__isnull=True) if mine else Membership.objects.none()
    relations: Mapping[UUID, str] = dict(members.values_list("person_id", "relation"))
    listed = person_rows(viewer=viewer, community=community, people={person, *relations}, today=today)
    row = next((row for row in listed if row.id == person), None)
    if row is None:
        raise NotFound(NOT_FOUND)
    household = [Relative(one, relations[one.id], _depth(relations[one.id], one.sex)) for one in listed if one.id in relations]
    return Record(
        row=row,
        subject=known.subject,
        status=_status(viewer, community, known, lives_here=row.until is None),
        number=masked_number(known.number or known.document_number),
        document=known.document_kind,
        expires=Person.objects.values_list("document_expires", flat=True).get(id=person),
        phone=masked_phone(known.phone),
        relation=relations.get(person, ""),
        left_behind=left_behind_at(viewer=viewer, community=community, at=Moment(today, timezone.now()), people=[person]).get(
            person
        ),
        minor=known.birth_date is not None and _age(known.birth_date, today) < 18,
        facts=facts_of(viewer=viewer, community=community, person=person, today=today),
        needs=CareNeed.objects.filter(person=person, to_date__isnull=True).count(),
        household_id=mine,
        household=sorted(household, key=_in_order),
        sources=sources_of(viewer=viewer, community=community, person=person, seen=row.verified),
    )


def _status(viewer: Actor, community: UUID, known: Opened, *, lives_here: bool) -> Status:
    hukou = Hukou.objects.filter(person=known.id).order_by("-from_date", "-id").first()
    home = Residence.objects.filter(person=known.id).order_by("-from_date", "-id").first()
    return status(
        lives_here=lives_here,
        here=hukou.here if hukou else None,
        region=hukou.region if hukou else "",
        community_code=community_code(viewer=viewer, community=community),
        document=known.document_kind,
        said=Status(home.said) if home and home.said else None,
    )


def _depth(relation: str, sex: str) -> int:
    """How far from the head somebody stands in a drawn tree: the head 0, who is a step away 1, a grandchild 2."""
    if relation in ("01", "02"):
        return 0
    steps = way(relation, sex) if relation else None
    return min(3, len(steps)) if steps else 1


def _in_order(one: Relative) -> tuple[bool, str, date, str]:
    return one.depth > 0, one.relation or "zz", one.row.since, str(one.row.id)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
