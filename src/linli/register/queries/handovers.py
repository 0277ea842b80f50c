"""Hand-overs between communities as each side may see them: masked in lists; what came along only after it was opened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.faces.masks import masked_name
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import Declaration, Membership
from linli.register.queries.candidates import candidates
from linli.register.queries.doors import households_at
from linli.register.queries.people import PersonRow, person_rows
from linli.register.rules.by_hand import Candidate
from linli.register.rules.codes import HEADS
from linli.register.rules.declarations import Kind, Step
from linli.register.rules.handovers import Arrival, arrival_of
from linli.register.rules.sealing import DECLARED
from linli.trust import NOT_FOUND, public_communities, subject_keys

MOST = 200


@dataclass(frozen=True)
class ArrivalRow:
    """Somebody who is to come from another community. ``sender``: its name in both languages; ``name``: masked."""

    id: UUID
    reference: str
    sender: dict[str, str]
    name: str
    on: date
    step: Step
    received_at: datetime
    reason: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SentRow:
    """Somebody who was handed over. ``was_head``: of their household, so that another one may be head now."""

    id: UUID
    reference: str
    to: dict[str, str]
    person: PersonRow | None
    on: date
    step: Step
    sent_at: datetime
    decided_at: datetime | None
    reason: str
    was_head: bool

    @property
    def came_back(self) -> bool:
        """Whether the other side did not take them over, so that somebody has to look."""
        return self.step is Step.REJECTED


@dataclass(frozen=True)
class HouseThere:
    """A household behind the address: its head, masked, and how many they are."""

    id: UUID
    head: str
    people: int


def arrivals(*, viewer: Actor, community: UUID) -> list[ArrivalRow]:
    """Who is to come, those that wait first. For whoever sees the whole community: nobody has a grid yet."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return []
    rows = Declaration.objects.filter(community=community, kind=Kind.HANDOVER.value).order_by("-received_at")[:MOST]
    told = _told(community, list(rows))
    names = _names(viewer)
    found = [_arrival_row(row, arrival_of(told[row.id]), names) for row in rows if row.id in told]
    return sorted(found, key=lambda row: row.step is not Step.OPEN)


def arrival(*, viewer: Actor, community: UUID, declaration: UUID) -> tuple[ArrivalRow, Arrival]:
    """One of them, with what came along: to be shown only after it was opened with a reason. NotFound out of scope."""
    whole = viewer.sees_community(community) and viewer.grids is None
    row = Declaration.objects.filter(community=community, id=declaration, kind=Kind.HANDOVER.value).first() if whole else None
    told = _told(community, [row]) if row is not None else {}
    if row is None or row.id not in told:
        raise NotFound(NOT_FOUND)
    found = arrival_of(told[row.id])
    return _arrival_row(row, found, _names(viewer)), found


def meant_by(
    *, viewer: Actor, community: UUID, arrival: Arrival, dwelling: UUID | None, today: date
) -> list[tuple[Candidate, PersonRow | None]]:  # fmt: skip
    """Whom of the register here they may be: somebody who lived here before comes back as the same person."""
    found = candidates(viewer=viewer, community=community, said=arrival.said, dwelling=dwelling)
    people = [one.person for one in found if isinstance(one.person, UUID)]
    lines = {line.id: line for line in person_rows(viewer=viewer, community=community, people=people, today=today)}
    return [(one, lines.get(one.person) if isinstance(one.person, UUID) else None) for one in found]


def houses_there(*, viewer: Actor, community: UUID, building: UUID, dwelling: UUID, today: date) -> list[HouseThere]:
    """The households that keep house behind a door, to join one of them. NotFound out of scope."""
    found = []
    for house in households_at(viewer=viewer, community=community, building=building, dwelling=dwelling):
        members = dict(Membership.objects.filter(household=house, to_date__isnull=True).values_list("person_id", "relation"))
        heads = [person for person, relation in members.items() if relation in HEADS] or list(members)
        lines = person_rows(viewer=viewer, community=community, people=heads[:1], today=today)
        found.append(HouseThere(house, lines[0].name if lines else "", len(members)))
    return found


def sent(*, viewer: Actor, community: UUID, today: date) -> list[SentRow]:
    """Who was handed over, what came back first. For whoever sees the whole community."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return []
    rows = list(Declaration.objects.filter(community=community, kind=Kind.HANDED_OVER.value).order_by("-received_at")[:MOST])
    told = _told(community, rows)
    names = _names(viewer)
    people = [row.person_id for row in rows if row.person_id is not None]
    lines = {line.id: line for line in person_rows(viewer=viewer, community=community, people=people, today=today)}
    last = Membership.objects.filter(person__in=people).order_by("to_date", "id").values_list("person_id", "relation")
    heads = {person for person, relation in dict(last).items() if relation in HEADS}
    found = [
        SentRow(
            row.id, row.reference, names.get(told[row.id]["to"], {"en": told[row.id]["to"]}),
            lines.get(row.person_id) if row.person_id else None, date.fromisoformat(told[row.id]["on"]), Step(row.state),
            row.received_at, row.decided_at, row.reason, row.person_id in heads,
        )
        for row in rows
        if row.id in told
    ]  # fmt: skip
    order = (Step.REJECTED, Step.OPEN)
    return sorted(found, key=lambda row: order.index(row.step) if row.step in order else len(order))


def handovers_waiting(*, viewer: Actor, community: UUID) -> tuple[int, int]:
    """(arrived and waiting, sent and come back): both want somebody."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return 0, 0
    rows = Declaration.objects.filter(community=community)
    return (
        rows.filter(kind=Kind.HANDOVER.value, state=Step.OPEN.value).count(),
        rows.filter(kind=Kind.HANDED_OVER.value, state=Step.REJECTED.value).count(),
    )


def _names(viewer: Actor) -> dict[str, dict[str, str]]:
    return {zone.code: dict(zone.name) for zone in public_communities(viewer=viewer)}


def _arrival_row(row: Declaration, found: Arrival, names: dict[str, dict[str, str]]) -> ArrivalRow:
    sender = names.get(found.sender, {"en": found.sender})
    return ArrivalRow(
        row.id, row.reference, sender, masked_name(found.said.name), found.on, Step(row.state), row.received_at, row.reason,
        found.fields,
    )  # fmt: skip


def _told(community: UUID, rows: list[Declaration]) -> dict[UUID, dict[str, Any]]:
    """What each says, opened; those whose key is gone are left out."""
    keys = subject_keys(community, {row.subject_id for row in rows if row.subject_id})
    return {
        row.id: json.loads(keys[row.subject_id].open(DECLARED, bytes(row.told)))
        for row in rows
        if row.subject_id in keys and row.told
    }
