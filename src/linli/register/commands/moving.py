"""Leaving, moving and dying: what ends on which day, and who is head of those who stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.register.commands.hand import Hand
from linli.register.models import Ending, Household, Hukou, Membership, Person, Residence
from linli.register.rules.by_hand import Evidence, Place, refuse, source_of
from linli.register.rules.precedence import Source
from linli.register.rules.regrouping import Relations, head_of, headed_by, joined, left_over
from linli.territory.commands import add_dwelling
from linli.trust import Permission, command


@dataclass(frozen=True)
class Moved:
    """Who moved, and the household they keep house in now (None: left). ``asked``: relations that somebody has to look at."""

    people: list[UUID]
    household: UUID | None = None
    asked: int = 0


@command("register.move_out", may=Permission.REGISTER_WRITE)
def move_out(
    *, by: Actor, community: UUID, people: Sequence[UUID], on: date, place: Place, evidence: Evidence = Evidence.TOLD,
    hukou_too: bool = False, new_head: UUID | None = None,
) -> Moved:  # fmt: skip
    """These people left on that day (their first day away). ``hukou_too``: their hukou here went with them, else it stays.

    Where the head goes and others stay, ``new_head`` of them is asked for. Twice told changes nothing. Refused, NotFound.
    """
    hand = Hand(by, community)
    hand.people(people)
    leaving = _living(people)
    if not leaving:
        hand.done("register.person.left", people, counts={"again": 1})
        return Moved(list(people))
    hand.check_day(on, leaving)
    asked = _leave(hand, leaving, on, Ending.MOVED_OUT, new_head, source_of(place, evidence))
    hand.let_go(leaving, on)
    if hukou_too:
        hand.end(Hukou, on, Q(person__in=leaving))
    hand.attest({person: ["address"] for person in leaving}, source_of(place, evidence))
    hand.answer_left(leaving)
    hand.done("register.person.left", leaving, fields=["address"], evidence=evidence.value)
    return Moved(leaving, None, asked)


@command("register.record_death", may=Permission.REGISTER_WRITE)
def record_death(
    *, by: Actor, community: UUID, person: UUID, on: date, place: Place, evidence: Evidence = Evidence.TOLD,
    new_head: UUID | None = None,
) -> Moved:  # fmt: skip
    """Somebody died on that day: everything that was true of them ends, nothing is deleted. Refused, NotFound as above."""
    hand = Hand(by, community)
    known = hand.people([person])[person]
    if known.died_on is not None:
        hand.done("register.person.died", [person], counts={"again": 1})
        return Moved([person])
    hand.check_day(on, [person])
    asked = _leave(hand, [person], on, Ending.DIED, new_head, source_of(place, evidence))
    hand.let_go([person], on)
    hand.end(Hukou, on, Q(person=person))
    Person.objects.filter(id=person, community=community).update(died_on=on, batch=None)
    hand.attest({person: ["address"]}, source_of(place, evidence))
    hand.answer_left([person])
    hand.done("register.person.died", [person], fields=["died_on"], evidence=evidence.value)
    return Moved([person], None, asked)


@command("register.move_within", may=Permission.REGISTER_WRITE)
def move_within(
    *, by: Actor, community: UUID, key: UUID, people: Sequence[UUID], building: UUID, room: str, unit: str = "", on: date,
    place: Place, evidence: Evidence = Evidence.TOLD, into: UUID | None = None, relation: str = "",
    new_head: UUID | None = None,
) -> Moved:  # fmt: skip
    """These people of one household live behind another door of the community from that day on.

    All of them: the household moves. Some: they make a household of their own (``key``, made with the form), or join ``into``,
    to whose head the first of them is ``relation``. ``new_head``: of those who stay, where the head goes. Refused, NotFound.
    """
    hand = Hand(by, community)
    hand.people(people)
    hand.building(building)
    old = _household_of(people)
    dwelling = add_dwelling(by=by, community=community, building=building, unit=unit, room=room) if room else None
    members = hand.members(old.id) if old else []
    whole = old is not None and {kin.person for kin in members} <= set(people) and into is None
    there = {m.person for m in hand.members(into)} if into else set()
    if (old and old.id == key) or (into and set(people) <= there) or (whole and old and _is_at(old, building, dwelling)):
        hand.done("register.person.moved", people, counts={"again": 1})
        return Moved(list(people), into or (old.id if old else None))
    hand.check_day(on, people)
    target = hand.household(into) if into else None
    if whole and old is not None:
        told = {kin.person: kin.relation for kin in members}
        hand.leave(people, on, Ending.MOVED_WITHIN.value)
        old.building_id, old.dwelling_id, old.batch = building, dwelling, None
        old.save(update_fields=["building", "dwelling", "batch"])
        house, asked = old, 0
    else:
        going = [kin for kin in members if kin.person in set(people)]
        if target is not None:
            first = headed_by(members, people[0]) if members else {}
            others = [k.__class__(k.person, first[k.person].code if k.person in first else "02", k.sex, k.born) for k in going]
            fresh: Relations = joined(hand.members(target.id), others, relation)
        else:
            head = head_of(going)
            fresh = headed_by(going if head else members, (head.person if head else people[0])) if going else {}
        told = {person: fresh[person].code for person in people if person in fresh} or dict.fromkeys(people, "02")
        asked = _leave(hand, list(people), on, Ending.MOVED_WITHIN, new_head, source_of(place, evidence))
        house = target or hand.new_household(key, building, dwelling)[0]
        asked += hand.ask_relations(house, {person: fresh[person] for person in people if person in fresh})
    hand.settle(people, building, dwelling, on, Ending.MOVED_WITHIN.value)
    hand.join(house.id, told, on)
    hand.close_lapses(people)
    hand.answer_left(people)
    hand.attest({person: ["address"] for person in people}, source_of(place, evidence))
    hand.done("register.person.moved", people, fields=["address"], evidence=evidence.value, ids=[house.id])
    return Moved(list(people), house.id, asked)


def _is_at(house: Household, building: UUID, dwelling: UUID | None) -> bool:
    return (house.building_id, house.dwelling_id) == (building, dwelling)


def _living(people: Sequence[UUID]) -> list[UUID]:
    """Those who live here, in order."""
    there = set(Residence.objects.filter(person__in=people, to_date__isnull=True).values_list("person_id", flat=True))
    return [person for person in people if person in there]


def _household_of(people: Sequence[UUID]) -> Household | None:
    found = Membership.objects.filter(person__in=people, to_date__isnull=True).select_related("household").first()
    return found.household if found else None


def _leave(hand: Hand, people: Sequence[UUID], on: date, ending: Ending, new_head: UUID | None, source: Source) -> int:
    """End their life at this door; those who stay get their head. Returns how many relations are asked about."""
    asked = 0
    houses = Household.objects.filter(members__person__in=people, members__to_date__isnull=True).distinct()
    for house in list(houses):
        members = hand.members(house.id)
        relations, fault = left_over(members, set(people), new_head, field="new_head")
        refuse(fault)
        hand.retell(house.id, relations, on)
        # The source's next file still has them under the old head.
        hand.attest({person: ["relation"] for person in relations}, source)
        asked += hand.ask_relations(house, relations)
    hand.leave(people, on, ending.value)
    return asked
