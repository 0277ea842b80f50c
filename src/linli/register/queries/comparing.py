"""What a question sets side by side, opened: for the page of that question alone, after the opening was logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import SYSTEM, Actor
from linli.register.models import Attestation, Hukou, Lapse, Membership, Person, Residence, ReviewItem
from linli.register.opening import open_people, opened_told
from linli.register.queries.places import Ground, address_index, ground
from linli.register.queries.questions import in_scope
from linli.register.queries.visits import doors_seen
from linli.register.rules import comparing
from linli.register.rules.codes import HEADS
from linli.register.rules.comparing import Line
from linli.register.rules.correcting import ORDER_OF
from linli.register.rules.entries import entry_of
from linli.register.rules.masking import masked_number, masked_phone
from linli.register.rules.review import Matter, State
from linli.register.rules.sealing import HUKOU_ADDRESS, opened
from linli.territory.queries import dwellings


@dataclass(frozen=True)
class Candidate:
    """A building that an address may mean."""

    id: UUID
    name: str
    grid: str


@dataclass(frozen=True)
class Sides:
    """A question as its page shows it.

    ``lines``: what both say; ``source``/``known_source``: who says either; ``text``: an address as it was written; ``name``: of
    the person, in full. ``other``: the second record, where both are of the register, and ``since`` when each is known.
    """

    id: UUID
    matter: Matter
    person: UUID | None
    name: str
    grid: str
    field: str
    source: str
    said_on: date | None
    known_source: str
    known_on: date | None
    probability: float | None
    lines: tuple[Line, ...] = ()
    text: str = ""
    why: str = ""
    candidates: tuple[Candidate, ...] = ()
    household: UUID | None = None
    other: UUID | None = None
    since: tuple[date, date] | None = None
    kin: Kin | None = None


@dataclass(frozen=True)
class Kin:
    """What a question about a household offers. ``code``: what is written now, ``likely``: what it probably is (GB/T 4761, or
    empty); ``sex``, ``head_sex``: from which a plain word becomes a code; ``members``: who may be head, where that is asked."""

    code: str = ""
    likely: str = ""
    sex: str = ""
    head: str = ""
    head_sex: str = ""
    members: tuple[tuple[UUID, str], ...] = ()


def sides(*, viewer: Actor, community: UUID, item: UUID) -> Sides | None:
    """An open question within scope; None where there is none."""
    rows = in_scope(viewer, community, ReviewItem.objects.filter(community=community, id=item, state=State.OPEN.value))
    if not rows:
        return None
    row = rows[0]
    told = opened_told(community, [row])[row.id]
    places = ground(viewer=SYSTEM, community=community)
    within = places if viewer.grids is None else ground(viewer=viewer, community=community)
    matter = Matter(row.matter)
    name = ""
    lines: tuple[Line, ...] = ()
    vouched = None
    if row.person_id:
        known = open_people(community, [row.person_id])[row.person_id]
        name = known.name
        vouched = Attestation.objects.filter(person=row.person_id, field=row.field).first() if row.field else None
        if row.other_id is not None:
            lines = _pair(community, row.person_id, row.other_id, places)
        elif matter is Matter.SAME_PERSON and told:
            lines = _same(community, row, told, places)
        elif matter is Matter.CONFLICT:
            lines = (_value(community, row, told, places),)
    offered = [UUID(one) for one in row.details.get("candidates", ())]
    mine = Membership.objects.filter(person=row.person_id, to_date__isnull=True).values_list("household_id", flat=True).first()
    return Sides(
        id=row.id,
        matter=matter,
        person=row.person_id,
        name=name,
        grid=places.label_of(row.building_id),
        field=row.field,
        source=row.source,
        said_on=row.said_on,
        known_source=vouched.source if vouched else "",
        known_on=vouched.on if vouched else None,
        probability=row.probability,
        lines=lines,
        text=told.get("address", "") if matter is Matter.ADDRESS else "",
        why=row.details.get("why", ""),
        candidates=tuple(Candidate(one, within.names[one], within.label_of(one)) for one in offered if one in within.names),
        household=UUID(row.details["household"]) if row.details.get("household") else mine if row.person_id else None,
        other=row.other_id,
        since=_since(row),
        kin=_kin(viewer, community, row) if matter is Matter.RELATION else None,
    )


def _since(row: ReviewItem) -> tuple[date, date] | None:
    if row.person is None or row.other is None:
        return None
    return row.person.known_from.date(), row.other.known_from.date()


def _kin(viewer: Actor, community: UUID, row: ReviewItem) -> Kin | None:
    """The household as it is now; None where it is gone, or the person has left it."""
    household = row.details.get("household")
    rows = Membership.objects.filter(household=household, to_date__isnull=True) if household else Membership.objects.none()
    codes = dict(rows.values_list("person_id", "relation"))
    known = open_people(community, codes)
    head = next((person for person, code in codes.items() if code in HEADS), None)
    if row.person_id is None:
        return Kin(members=tuple(sorted((one.id, one.name) for one in known.values()))) if known else None
    if row.person_id not in codes:
        return None
    return Kin(
        codes[row.person_id],
        row.details.get("likely", ""),
        known[row.person_id].sex,
        known[head].name if head else "",
        known[head].sex if head else "",
    )


def _pair(community: UUID, first: UUID, second: UUID, places: Ground) -> tuple[Line, ...]:
    """Two records of the register, numbers and telephones masked: whether they agree is told by the sign beside them."""
    known = open_people(community, [first, second])
    one, other = known[first], known[second]
    homes = [Residence.objects.filter(person=each).order_by("-from_date", "-id").first() for each in (first, second)]
    here, there = [(home.building_id, home.dwelling_id) if home else (None, None) for home in homes]
    lives = [home.from_date.isoformat() if home else "" for home in homes]
    numbers = one.number or one.document_number, other.number or other.document_number
    relations = dict(
        Membership.objects.filter(person__in=(first, second), to_date__isnull=True).values_list("person_id", "relation")
    )
    kin = relations.get(first, ""), relations.get(second, "")
    return (
        Line("name", one.name, other.name, *comparing.names(one.name, other.name)),
        Line("sex", one.sex, other.sex, *comparing.texts(one.sex, other.sex, little=True)),
        Line("birth", _iso(one.birth_date), _iso(other.birth_date), *comparing.days(one.birth_date, other.birth_date)),
        Line("number", masked_number(numbers[0]), masked_number(numbers[1]), *comparing.texts(*numbers)),
        Line("phone", masked_phone(one.phone), masked_phone(other.phone), *comparing.texts(one.phone, other.phone)),
        Line("address", _door(community, here, places), _door(community, there, places), *comparing.doors(here, there)),
        Line("since", lives[0], lives[1], *comparing.texts(*lives)),
        Line("relation", *kin, *comparing.texts(*kin)),
    )


def _same(community: UUID, row: ReviewItem, told: Mapping[str, str], places: Ground) -> tuple[Line, ...]:
    assert row.person_id is not None
    known = open_people(community, [row.person_id])[row.person_id]
    entry = entry_of(row.row or 0, told)
    home = Residence.objects.filter(person=row.person_id).order_by("-from_date", "-id").first()
    found = address_index(viewer=SYSTEM, community=community).find(entry.address)
    here, there = (home.building_id, home.dwelling_id) if home else (None, None), (found.building, found.dwelling)
    mine = Membership.objects.filter(person=row.person_id, to_date__isnull=True).first()
    number, said = known.number or known.document_number, entry.number or entry.document_number
    since = home.from_date.isoformat() if home else ""
    relation = mine.relation if mine else ""
    lives = (since, entry.since.isoformat() if entry.since else "")
    return (
        Line("name", known.name, entry.name, *comparing.names(known.name, entry.name)),
        Line("sex", known.sex, entry.sex, *comparing.texts(known.sex, entry.sex, little=True)),
        Line("birth", _iso(known.birth_date), _iso(entry.birth_date), *comparing.days(known.birth_date, entry.birth_date)),
        Line("number", masked_number(number), masked_number(said), *comparing.numbers(number, said)),
        Line("phone", masked_phone(known.phone), masked_phone(entry.phone), *comparing.texts(known.phone, entry.phone)),
        Line("address", _door(community, here, places), _door(community, there, places), *comparing.doors(here, there)),
        Line("since", *lives, *comparing.texts(*lives)),
        Line("relation", relation, entry.relation, *comparing.texts(relation, entry.relation)),
    )


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _value(community: UUID, row: ReviewItem, told: Mapping[str, str], places: Ground) -> Line:
    """The one field that two sources tell differently, both in full: that is what has to be decided."""
    assert row.person_id is not None
    known = open_people(community, [row.person_id])[row.person_id]
    stored = Person.objects.get(id=row.person_id)
    home = Residence.objects.filter(person=row.person_id).order_by("-from_date", "-id").first()
    member = Membership.objects.filter(person=row.person_id, to_date__isnull=True).first()
    hukou = Hukou.objects.filter(person=row.person_id, to_date__isnull=True).first()
    values = {
        "name": known.name,
        "number": known.number or known.document_number,
        "document_kind": known.document_kind,
        "document_expires": _iso(stored.document_expires),
        "birth_date": _iso(known.birth_date),
        "sex": known.sex,
        "phone": known.phone,
        "ethnicity": known.ethnicity,
        "education": known.education,
        "hukou_region": hukou.region if hukou else "",
        "hukou_text": opened(known.key, HUKOU_ADDRESS, hukou.sealed_address) if hukou else "",
        "relation": member.relation if member else "",
        "status": home.said if home else "",
    }
    value = told.get("value", "")
    if row.field == "address":
        here = _door(community, (home.building_id, home.dwelling_id) if home else (None, None), places)
        return Line("address", here, value, comparing.Agreement.DIFFERENT, comparing.Why.DIFFERS)
    columns = [column for column, field in ORDER_OF.items() if field == row.field]
    now = values.get(columns[0], "") if columns else ""
    weigh = comparing.names if row.field == "name" else comparing.texts
    return Line(row.field, now, value, *weigh(now, value))


def _door(community: UUID, place: tuple[UUID | None, UUID | None], places: Ground) -> str:
    building, dwelling = place
    if building is None:
        return ""
    rooms = dwellings(viewer=SYSTEM, community=community, ids=[dwelling]) if dwelling else []
    door = "-".join(part for part in (rooms[0].unit, rooms[0].room) if part) if rooms else ""
    return f"{places.names.get(building, '')} {door}".strip()


@dataclass(frozen=True)
class Missed:
    """Somebody whom full files don't show. ``seen``: when their door was last found unchanged; ``members``: of the household."""

    person: UUID
    name: str
    building: str
    grid: str
    since: date
    verified: date
    seen: date | None
    household: UUID | None
    head: bool
    others: tuple[tuple[UUID, str], ...] = ()


def missed(*, viewer: Actor, community: UUID, person: UUID) -> Missed | None:
    """Somebody missing from the files, within scope; None where nobody is."""
    lapse = Lapse.objects.filter(community=community, person=person, to_monday__isnull=True).first()
    home = Residence.objects.filter(community=community, person=person, to_date__isnull=True).first()
    places = ground(viewer=viewer, community=community)
    if lapse is None or home is None or home.building_id not in places.names or not viewer.sees_community(community):
        return None
    mine = Membership.objects.filter(person=person, to_date__isnull=True).first()
    members = Membership.objects.filter(household=mine.household_id, to_date__isnull=True) if mine else Membership.objects.none()
    family = {one for one in members.values_list("person_id", flat=True) if one != person}
    names = {one.id: one.name for one in open_people(community, {person, *family}).values()}
    seen = doors_seen(viewer=viewer, community=community, dwellings=[home.dwelling_id]) if home.dwelling_id else {}
    return Missed(
        person, names[person], places.names[home.building_id], places.label_of(home.building_id), lapse.from_monday,
        lapse.verified, seen.get(home.dwelling_id) if home.dwelling_id else None, mine.household_id if mine else None,
        bool(mine and mine.relation in HEADS), tuple(sorted(((one, names[one]) for one in family), key=str)),
    )  # fmt: skip
