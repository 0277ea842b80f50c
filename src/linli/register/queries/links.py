"""Records that stand beside another one of the same person, and which record leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Link
from linli.register.queries.people import may_see
from linli.register.rules.leading import followed


def leaders(*, viewer: Actor, community: UUID) -> dict[UUID, UUID]:
    """Record → the record that leads it, of the whole community: few people are ever on a register twice."""
    if not viewer.sees_community(community):
        return {}
    links = Link.objects.filter(community=community, other__isnull=False, ended_at__isnull=True)
    return followed({other: person for other, person in links.values_list("other_id", "person_id") if other is not None})


def led(*, viewer: Actor, community: UUID, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """As :func:`leaders`, of these people alone."""
    wanted = set(people)
    return {record: leader for record, leader in leaders(viewer=viewer, community=community).items() if record in wanted}


@dataclass(frozen=True)
class Beside:
    """A record of the same person. ``leads``: whether it leads the one that was asked about."""

    link: UUID
    person: UUID
    leads: bool
    since: datetime


def beside(*, viewer: Actor, community: UUID, person: UUID) -> list[Beside]:
    """The records that one person's record is tied to by a link that holds; those out of scope are left out."""
    if not viewer.sees_community(community):
        return []
    links = Link.objects.filter(community=community, other__isnull=False, ended_at__isnull=True)
    found = [Beside(row.id, row.other_id, False, row.made_at) for row in links.filter(person=person) if row.other_id]
    found += [Beside(row.id, row.person_id, True, row.made_at) for row in links.filter(other=person)]
    return [one for one in found if may_see(viewer=viewer, community=community, person=one.person)]
