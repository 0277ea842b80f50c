"""Seeing what is masked: with a reason, logged, and told to the person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.register.models import Residence
from linli.register.opening import open_people
from linli.register.queries.people import may_see
from linli.register.rules.revealing import ASK_MANAGER, NO_REASON, NOTHING_CHOSEN, TOO_OFTEN, Group, Reason, enough, written
from linli.register.rules.sealing import HOME_ADDRESS, opened
from linli.register.rules.thresholds import threshold
from linli.territory.queries import buildings_by_id, dwellings
from linli.trust import NOT_FOUND, Permission, acts_since, command, record

KIND = "register.person.revealed"


@dataclass(frozen=True)
class Revealed:
    """What was asked to be shown, as plain text; empty where nothing is known. For one page, never to be kept."""

    values: dict[Group, str]


@command("register.reveal", may=Permission.PERSON_REVEAL)
def reveal(
    *, by: Actor, community: UUID, person: UUID, groups: Collection[Group], reason: Reason, words: str
) -> Revealed:  # fmt: skip
    """Show fields of one person in full. The trail keeps who, when, which fields and why, and the person can read it.

    NotFound out of scope and for somebody erased; BadInput without a reason or a field; Conflict where it was done too often.
    """
    if not groups:
        raise BadInput(NOTHING_CHOSEN)
    if not enough(words):
        raise BadInput(NO_REASON)
    if not may_see(viewer=by, community=community, person=person):
        raise NotFound(NOT_FOUND)
    now = timezone.now()
    for hours, limit in ((1, threshold("reveals_an_hour")), (24, threshold("reveals_a_day"))):
        done = acts_since(viewer=by, community=community, kind=KIND, since=now - timedelta(hours=hours))
        if done >= limit:
            raise Conflict(TOO_OFTEN, remedy=ASK_MANAGER, count=done)
    known = open_people(community, [person])[person]
    if known.key is None:
        raise NotFound(NOT_FOUND)
    wanted = [group for group in Group if group in groups]
    record(KIND, ids=[person], fields=[group.value for group in wanted], reason=written(reason, words))
    told = {
        Group.NAME: known.name,
        Group.NUMBER: known.number or known.document_number,
        Group.PHONE: known.phone,
        Group.BIRTH: known.birth_date.isoformat() if known.birth_date else "",
    }
    if Group.ADDRESS in wanted:
        home = Residence.objects.filter(community=community, person=person).order_by("-from_date", "-id").first()
        written_down = opened(known.key, HOME_ADDRESS, home.sealed_address) if home else ""
        told[Group.ADDRESS] = (_door(by, community, home) or written_down) if home else ""
    return Revealed({group: told[group] for group in wanted})


def _door(by: Actor, community: UUID, home: Residence) -> str:
    building = buildings_by_id(viewer=by, community=community, buildings=[home.building_id]).get(home.building_id)
    if building is None or home.dwelling_id is None:
        return ""
    doors = dwellings(viewer=by, community=community, ids=[home.dwelling_id])
    if not doors:
        return ""
    name = building.name or f"{building.street} {building.house_number}".strip()
    return f"{name} {'-'.join(part for part in (doors[0].unit, doors[0].room) if part)}"
