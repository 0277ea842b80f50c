"""Households by hand: one becomes two, two become one, another head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.words import Words
from linli.register.commands.hand import Hand
from linli.register.models import Membership, Residence
from linli.register.rules.by_hand import NO_RELATION, Evidence, HandFault, Place, day_fault, refuse, source_of
from linli.register.rules.codes import HEADS
from linli.register.rules.regrouping import NOT_IN_IT, SAME_HOUSE, headed_by, joined, split
from linli.trust import Permission, command


@dataclass(frozen=True)
class Regrouped:
    """The household that came of it, and how many relations somebody has to look at."""

    household: UUID
    asked: int = 0
    again: bool = False


@command("register.split_household", may=Permission.REGISTER_WRITE)
def split_household(
    *, by: Actor, community: UUID, key: UUID, household: UUID, people: Sequence[UUID], on: date, place: Place,
    head: UUID | None = None, stays_head: UUID | None = None, evidence: Evidence = Evidence.TOLD,
) -> Regrouped:  # fmt: skip
    """Some of a household keep house by themselves from that day on, behind the same door. ``key``: made with the form.

    ``head`` of those who go, ``stays_head`` of those who stay; each may be left out where there is no choice. Refused, NotFound.
    """
    hand = Hand(by, community)
    old = hand.household(household)
    house, new = hand.new_household(key, old.building_id, old.dwelling_id)
    if not new:
        hand.done("register.household.split", people, ids=[key], counts={"again": 1})
        return Regrouped(key, again=True)
    members = hand.members(household)
    going, staying, fault = split(members, list(people), head, stays_head)
    refuse(fault, day_fault(on, hand.today, _begun(people)))
    hand.retell(household, staying, on)
    hand.end(Membership, on, Q(person__in=people, household=household))
    hand.join(key, {person: told.code for person, told in going.items()}, on)
    asked = hand.ask_relations(house, going) + hand.ask_relations(old, staying)
    touched = [*going, *staying]
    hand.attest({person: ["relation"] for person in touched}, source_of(place, evidence))
    hand.done("register.household.split", touched, fields=["relation"], evidence=evidence.value, ids=[household, key])
    return Regrouped(key, asked)


@command("register.merge_households", may=Permission.REGISTER_WRITE)
def merge_households(
    *, by: Actor, community: UUID, household: UUID, into: UUID, relation: str, on: date, place: Place,
    evidence: Evidence = Evidence.TOLD,
) -> Regrouped:  # fmt: skip
    """Everybody of ``household`` keeps house with ``into`` from that day on; its head is ``relation`` to the other head.

    They move there too, where the doors differ. Refused, NotFound.
    """
    hand = Hand(by, community)
    old, house = hand.household(household), hand.household(into)
    members, there = hand.members(household), hand.members(into)
    people = [kin.person for kin in members]
    if not people and there:
        hand.done("register.household.merged", [], ids=[household, into], counts={"again": 1})
        return Regrouped(into, again=True)
    refuse(
        HandFault(None, "into", Words(SAME_HOUSE)) if household == into else None,
        HandFault(None, "relation", Words(NO_RELATION)) if not relation or relation in HEADS else None,
        day_fault(on, hand.today, _begun([*people, *(kin.person for kin in there)])),
    )
    told = joined(there, members, relation)
    hand.end(Membership, on, Q(person__in=people, household=household))
    hand.join(into, {person: one.code for person, one in told.items()}, on)
    if (old.building_id, old.dwelling_id) != (house.building_id, house.dwelling_id):
        hand.end(Residence, on, Q(person__in=people), ending="moved_within")
        hand.settle(people, house.building_id, house.dwelling_id, on, "moved_within")
    asked = hand.ask_relations(house, told)
    hand.attest({person: ["relation"] for person in people}, source_of(place, evidence))
    hand.done("register.household.merged", people, fields=["relation"], evidence=evidence.value, ids=[household, into])
    return Regrouped(into, asked)


@command("register.change_head", may=Permission.REGISTER_WRITE)
def change_head(
    *, by: Actor, community: UUID, household: UUID, head: UUID, on: date, place: Place, evidence: Evidence = Evidence.TOLD
) -> Regrouped:
    """Another member is head from that day on; everybody's relation is told anew, and asked about where it can't be told."""
    hand = Hand(by, community)
    house = hand.household(household)
    members = hand.members(household)
    refuse(HandFault(None, "head", Words(NOT_IN_IT)) if head not in {kin.person for kin in members} else None)
    if any(kin.person == head and kin.relation in HEADS for kin in members):
        hand.done("register.household.head", [head], ids=[household], counts={"again": 1})
        return Regrouped(household, again=True)
    refuse(day_fault(on, hand.today, _begun([kin.person for kin in members])))
    told = headed_by(members, head)
    hand.answer_head(household)
    hand.retell(household, told, on)
    asked = hand.ask_relations(house, told)
    hand.attest({person: ["relation"] for person in told}, source_of(place, evidence))
    hand.done("register.household.head", list(told), fields=["relation"], evidence=evidence.value, ids=[household])
    return Regrouped(household, asked)


def _begun(people: Sequence[UUID]) -> date | None:
    """The newest day on which one of them joined the household they are in."""
    rows = Membership.objects.filter(person__in=people, to_date__isnull=True)
    return max(rows.values_list("from_date", flat=True), default=None)
