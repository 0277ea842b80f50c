"""Registering people at a door or desk: a household at once, or one more person in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from linli.intake import parse
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.ids import new_id
from linli.register.commands.correction import Correction
from linli.register.commands.hand import Hand
from linli.register.models import Ending, Household, Membership, Person
from linli.register.queries.candidates import candidates
from linli.register.queries.duties import duties
from linli.register.rules.amending import PERSON_FIELDS
from linli.register.rules.by_hand import (
    Evidence,
    HandFault,
    Place,
    Refused,
    Said,
    Same,
    completed,
    household_faults,
    judged,
    source_of,
)
from linli.register.rules.codes import HEADS, Change
from linli.register.rules.correcting import ORDER_OF
from linli.register.rules.declaring import Due
from linli.register.rules.marks import pair_text
from linli.register.rules.regrouping import head_of
from linli.register.rules.residence import hukou_is_here
from linli.register.rules.review import Matter
from linli.register.rules.sealing import number_index, person_columns
from linli.register.writing.asked_for import asked_for, not_too_often
from linli.territory.commands import add_dwelling
from linli.trust import Permission, command, new_subjects, not_erased


@dataclass(frozen=True)
class Registered:
    """What came of a form: the household, its people in the order of the form, those who were on the register before, and what
    each should declare with the police station by when."""

    household: UUID
    people: list[UUID]
    known: frozenset[UUID] = frozenset()
    duties: dict[UUID, Due] = field(default_factory=dict)
    again: bool = False


@command("register.register_household", may=Permission.REGISTER_WRITE)
def register_household(
    *, by: Actor, community: UUID, key: UUID, building: UUID, room: str, unit: str = "", people: Sequence[Said], on: date,
    place: Place, evidence: Evidence = Evidence.TOLD, address: str = "",
) -> Registered:  # fmt: skip
    """Write down who lives behind a door, as one household. ``key``: made with the form; the same form twice is written once.

    ``room`` empty: the door isn't known. ``on``: since when they live here. Who is on the register already moves in, once
    somebody has said that they are the same person. Refused with every fault of the form; NotFound outside the actor's scope.
    """
    hand = Hand(by, community)
    hand.building(building)
    again = _again(hand, key)
    if again is not None:
        return again
    dwelling = add_dwelling(by=by, community=community, building=building, unit=unit, room=room) if room else None
    people = [_cleaned(said) for said in people]
    known = _judged(hand, people, dwelling, household_faults(people, hand.today, on))
    household, new = hand.new_household(key, building, dwelling)
    if not new:
        return _again(hand, key) or Registered(key, [])
    ids = _write(hand, people, known, household, on, Change.MOVED_IN, place, evidence, address)
    due = duties(viewer=by, community=community, people=ids, today=hand.today)
    counts = {"people": len(ids), "known": len(known)}
    hand.done("register.household.registered", ids, evidence=evidence.value, ids=[key], counts=counts)
    return Registered(key, ids, frozenset(ids[row] for row in known), due)


@command("register.add_person", may=Permission.REGISTER_WRITE)
def add_person(
    *, by: Actor, community: UUID, key: UUID, household: UUID, said: Said, on: date, born_here: bool = False, place: Place,
    evidence: Evidence = Evidence.TOLD,
) -> Registered:  # fmt: skip
    """One more in a household: moved in on that day, or ``born_here`` then. ``key``: made with the form, becomes the person's id.

    A newborn needs no number; the answer tells by when the birth is to be registered. Refused, NotFound as above.
    """
    hand = Hand(by, community)
    house = hand.household(household)
    if Person.objects.filter(id=key, community=community).exists():
        hand.people([key])
        hand.done("register.person.registered", [key], counts={"again": 1})
        return Registered(household, [key], again=True)
    members = hand.members(household)
    said = _cleaned(replace(said, birth_date=said.birth_date or on) if born_here else said)
    # The head's place is taken unless the household has lost its head.
    faults = household_faults([_PLACEHOLDER, said] if head_of(members) else [said], hand.today, on)
    faults = [replace(fault, row=0) if fault.row is not None else fault for fault in faults]
    known = _judged(hand, [said], house.dwelling_id, faults)
    start = max(on, said.birth_date) if born_here and said.birth_date else on
    change = Change.BORN if born_here else Change.MOVED_IN
    ids = _write(hand, [said], known, house, start, change, place, evidence, "", new_ids=[key])
    due = duties(viewer=by, community=community, people=ids, today=hand.today)
    hand.done("register.person.registered", ids, evidence=evidence.value, ids=[household])
    return Registered(household, ids, frozenset(ids) if known else frozenset(), due)


_PLACEHOLDER = Said(name="-", relation="02", birth_date=date(1900, 1, 1), sex="9")


def _again(hand: Hand, key: UUID) -> Registered | None:
    """What the same form made before, where it did."""
    made = Household.objects.filter(id=key, community=hand.community).first()
    if made is None:
        return None
    ids = list(Membership.objects.filter(household=key).order_by("id").values_list("person_id", flat=True))
    hand.done("register.household.registered", ids, ids=[key], counts={"again": 1})
    return Registered(key, ids, again=True)


def _cleaned(said: Said) -> Said:
    return completed(replace(said, name=parse.narrow(said.name)[:100], hukou_text=said.hukou_text.strip()[:200]))


def _judged(
    hand: Hand, people: Sequence[Said], dwelling: UUID | None, faults: Sequence[HandFault]
) -> dict[int, UUID]:  # fmt: skip
    """Who of them is on the register already, by row; Refused where something is wrong or has to be asked."""
    not_too_often(hand.by, hand.community, len(people))
    found = list(faults)
    known: dict[int, UUID] = {}
    for row, said in enumerate(people):
        if said.phone:
            try:
                parse.telephone(said.phone)
            except LinliError as fault:
                found.append(HandFault(row, "phone", fault.words, fault.remedy))
        if any(fault.row == row and fault.field in ("name", "number", "birth_date") for fault in faults):
            continue
        meant, fault_ = judged(said, asked_for(hand.by, hand.community, said, dwelling), row)
        if fault_ is not None:
            found.append(fault_)
        elif meant is not None and isinstance(meant.person, UUID):
            known[row] = meant.person
    if found:
        raise Refused(found)
    return known


def _write(
    hand: Hand, people: Sequence[Said], known: dict[int, UUID], household: Household, on: date, change: Change, place: Place,
    evidence: Evidence, address: str, *, new_ids: Sequence[UUID] = (),
) -> list[UUID]:  # fmt: skip
    """Make the new people, move those who are known, and settle all of them in the household. Their ids, in order."""
    source = source_of(place, evidence)
    fresh = [row for row in range(len(people)) if row not in known]
    subjects = new_subjects(hand.community, len(fresh)) if fresh else []
    given = iter(new_ids)
    ids = {row: known.get(row) or next(given, None) or new_id() for row in range(len(people))}
    made = []
    for row, subject in zip(fresh, subjects, strict=True):
        columns = person_columns(subject.key, hand.blind, _values(people[row]))
        made.append(
            Person(id=ids[row], subject_id=subject.id, community_id=hand.community, known_from=hand.now, batch=None, **columns)
        )
    Person.objects.bulk_create(made)
    # They stand here and are registered: whatever was erased before, no mark stands against it.
    told = [people[row] for row in fresh]
    not_erased(hand.community, lambda blind: [number_index(blind, said.document_kind, said.number) for said in told])
    _move_known(hand, known, on)
    everybody = [ids[row] for row in range(len(people))]
    stays = {ids[row]: said.status.value for row, said in enumerate(people) if said.status}
    hand.settle(everybody, household.building_id, household.dwelling_id, on, change.value, said=stays, address=address)
    hand.join(household.id, {ids[row]: said.relation for row, said in enumerate(people)}, on)
    keys = {ids[row]: subject.key for row, subject in zip(fresh, subjects, strict=True)}
    for row, said in enumerate(people):
        here = hukou_is_here(said.status, said.hukou_region, hand.code)
        if ids[row] in keys and (here is not None or said.hukou_region or said.hukou_text):
            hand.hukou(ids[row], keys[ids[row]], on, said.hukou_region, said.hukou_text, here)
    hand.attest({ids[row]: _told(said) for row, said in enumerate(people) if row not in known}, source)
    for row, person in known.items():
        values = {name: getattr(people[row], name) for name in ("phone", "education", "document_expires")}
        Correction(hand, person, source).write({name: value for name, value in values.items() if value})
        hand.attest({person: ["address", "since"]}, source)
    _ask_same(hand, people, ids, fresh, household)
    return everybody


def _move_known(hand: Hand, known: dict[int, UUID], on: date) -> None:
    """Whoever is known and lives elsewhere leaves that door; a household whose head goes is asked about."""
    moving = list(known.values())
    if not moving:
        return
    hand.check_day(on, moving)
    left = list(
        Membership.objects.filter(person__in=moving, to_date__isnull=True, relation__in=HEADS).values_list(
            "household_id", flat=True
        )
    )
    hand.leave(moving, on, Ending.MOVED_WITHIN.value)
    hand.close_lapses(moving)
    hand.answer_left(moving)
    for household in Household.objects.filter(id__in=left, members__to_date__isnull=True).distinct():
        hand.ask_head(household)


def _values(said: Said) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(said, name, "") for name in PERSON_FIELDS if hasattr(said, name)}
    values["phone"] = parse.telephone(said.phone) if said.phone else ""
    values["document_expires"] = said.document_expires
    if not said.number:
        values["document_kind"] = ""
    return values


def _told(said: Said) -> list[str]:
    """The fields that somebody vouched for."""
    fields = [ORDER_OF[name] for name in ORDER_OF if getattr(said, name, None)]
    return [*fields, "address", "since"]


def _ask_same(hand: Hand, people: Sequence[Said], ids: dict[int, UUID], fresh: Sequence[int], household: Household) -> None:
    """Two people of one number may exist. They were believed at the door; a clerk looks at it once more."""
    for row in fresh:
        said = people[row]
        if said.same is not Same.NO or not said.number:
            continue
        others = [
            c.person
            for c in candidates(viewer=hand.by, community=hand.community, said=said, dwelling=None)
            if c.by_number and c.person != ids[row]
        ]
        for other in others:
            pair = pair_text(ids[row], other)
            hand.ask(Matter.SAME_PERSON, pair, person=ids[row], other=other, field="number")
