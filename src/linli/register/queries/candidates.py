"""Whom of the register somebody at a door or desk may be: by number, also a former one, or by name and birthday."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from linli.kernel.actor import Actor
from linli.methods.names import normal_name
from linli.register.models import FormerNumber, Person, Residence
from linli.register.opening import open_people
from linli.register.queries.links import led
from linli.register.rules.by_hand import Candidate, Said, Standing
from linli.register.rules.sealing import name_tokens, number_index
from linli.trust import blinder


def people_by_number(*, viewer: Actor, community: UUID, indexes: Collection[bytes]) -> dict[UUID, bool]:
    """People of the community with one of these number indexes: person → whether the number is a former one of theirs."""
    if not viewer.sees_community(community) or not indexes:
        return {}
    former = FormerNumber.objects.filter(community=community, number_index__in=indexes)
    found = dict.fromkeys(former.values_list("person_id", flat=True), True)
    present = Person.objects.filter(community=community, number_index__in=indexes)
    found.update(dict.fromkeys(present.values_list("id", flat=True), False))
    leads = led(viewer=viewer, community=community, people=found) if found else {}
    # Two records of one person: the one that leads is meant, by whichever of both numbers.
    return {leads.get(person, person): former and person not in leads for person, former in found.items()}


def candidates(*, viewer: Actor, community: UUID, said: Said, dwelling: UUID | None) -> list[Candidate]:
    """Who may be meant, whole community: two people of one number must not arise because they live in two grids.

    Nothing of them leaves but that they exist and how they stand; ``dwelling``: the door at which it is told.
    """
    if not viewer.sees_community(community):
        return []
    blind = blinder(community)
    index = number_index(blind, said.document_kind, said.number)
    by_number = people_by_number(viewer=viewer, community=community, indexes=[index] if index else [])
    name = normal_name(said.name)
    namesakes: set[UUID] = set()
    if name and said.birth_date is not None:
        rows = Person.objects.filter(
            community=community,
            name_token=name_tokens(blind, said.name)["name_token"],
            birth_month=said.birth_date.replace(day=1),
        )
        namesakes = set(rows.values_list("id", flat=True)[:50])
        leads = led(viewer=viewer, community=community, people=namesakes) if namesakes else {}
        namesakes = {leads.get(person, person) for person in namesakes}
    known = open_people(community, {*by_number, *namesakes})
    homes = dict(Residence.objects.filter(person__in=known, to_date__isnull=True).values_list("person_id", "dwelling_id"))
    found = []
    for person in known.values():
        same_name = normal_name(person.name) == name
        if person.id not in by_number:
            # With a number of their own, namesakes are told apart by it.
            others = person.number or person.document_number
            if not same_name or person.birth_date != said.birth_date or (said.sex and person.sex != said.sex):
                continue
            if others and said.number:
                continue
        here = person.id in homes and homes[person.id] is not None and homes[person.id] == dwelling
        standing = (
            Standing.DEAD
            if person.died_on
            else Standing.HERE
            if here
            else Standing.ELSEWHERE
            if person.id in homes
            else Standing.GONE
        )
        found.append(Candidate(person.id, same_name, person.id in by_number, standing))
    return found
