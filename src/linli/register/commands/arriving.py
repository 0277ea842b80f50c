"""Somebody arrives from another community: opened with a reason, taken over at an address, or sent back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.register.commands.handover import settle_sent
from linli.register.commands.needs import add_need
from linli.register.commands.registering import Registered, add_person, register_household
from linli.register.models import Declaration, Household
from linli.register.rules.by_hand import Evidence, Place, Same
from linli.register.rules.declarations import Kind, Refusal, Step
from linli.register.rules.handovers import Arrival, Deed, after, arrival_of
from linli.register.rules.needs import Basis, Need
from linli.register.rules.revealing import NO_REASON, Reason, enough, written
from linli.register.rules.sealing import DECLARED
from linli.trust import NOT_FOUND, SYSTEM, Permission, command, record, subject_keys, zone_by_code
from linli.trust.consent.rules import Channel

HEAD = "02"
MISSING = ("number", "birth_date", "sex", "phone")
"""What may be asked at the desk where it did not come along."""


@command("register.open_handover", may=Permission.REGISTER_HAND_OVER)
def open_handover(*, by: Actor, community: UUID, declaration: UUID, reason: Reason, words: str) -> None:
    """Somebody reads what came along; the trail keeps who, when and why. BadInput without a reason; NotFound out of scope."""
    if not enough(words):
        raise BadInput(NO_REASON)
    row, _arrival = _open(by, community, declaration)
    record("register.handover.opened", ids=[row.id], reason=written(reason, words))


@command("register.accept_handover", may=Permission.REGISTER_HAND_OVER)
def accept_handover(
    *, by: Actor, community: UUID, declaration: UUID, building: UUID, unit: str = "", room: str = "", address: str = "",
    on: date, evidence: Evidence, same: Same = Same.UNASKED, sure: bool = False, household: UUID | None = None,
    relation: str = "", needs: Collection[Need] = (), more: Mapping[str, Any] | None = None,
) -> Registered:  # fmt: skip
    """They live here now, behind this door, with what they agreed to hand on: written by the commands by hand, together with the
    decision at both sides.

    ``household``, ``relation`` (GB/T 4761): they join one that is there, else they keep house alone; ``needs``: of those that
    came along, what they agree today to have kept here; ``more``: ``MISSING`` values as told today, where they did not come
    along. Conflict where it was settled, or where the other community has them living there again; Refused with what the
    register objects to; NotFound out of scope.
    """
    row, arrival = _open(by, community, declaration)
    step = after(Step(row.state), Deed.ACCEPT)
    _settle(arrival, Deed.ACCEPT)
    told = {name: value for name, value in (more or {}).items() if name in MISSING and not getattr(arrival.said, name)}
    said = replace(arrival.said, **told, same=same, sure=sure, relation=relation if household else HEAD)
    how: dict[str, Any] = {"by": by, "community": community, "on": on, "place": Place.DESK, "evidence": evidence}
    if household is None:
        made = register_household(
            key=row.id, building=building, unit=unit, room=room, people=[said], address=address, **how
        )  # fmt: skip
    else:
        if not Household.objects.filter(community=community, id=household, building=building).exists():
            raise NotFound(NOT_FOUND)
        made = add_person(key=row.id, household=household, said=said, **how)
    for need in sorted({need for need in needs if need.value in arrival.needs}):
        add_need(
            by=by, community=community, person=made.people[0], need=need, basis=Basis.CONSENT, place=Place.DESK,
            channel=Channel.DESK,
        )  # fmt: skip
    row.person_id = made.people[0]
    _decide(row, step, "", by)
    record(
        "register.handover.accepted", ids=[row.id, *made.people], fields=arrival.fields, reason=evidence.value,
        counts={"needs": len(set(needs))},
    )  # fmt: skip
    return made


@command("register.return_handover", may=Permission.REGISTER_HAND_OVER)
def return_handover(*, by: Actor, community: UUID, declaration: UUID, reason: Refusal) -> None:
    """They don't come: it goes back to the other community, whose desk decides what holds there. Conflict, NotFound as above."""
    row, arrival = _open(by, community, declaration)
    step = after(Step(row.state), Deed.RETURN)
    _settle(arrival, Deed.RETURN, reason.value)
    _decide(row, step, reason.value, by)
    record("register.handover.returned", ids=[row.id], reason=reason.value)


def _open(by: Actor, community: UUID, declaration: UUID) -> tuple[Declaration, Arrival]:
    """For whoever sees the whole community: nobody knows yet in which grid they will live."""
    rows = Declaration.objects.select_for_update(of=("self",)).filter(community=community, kind=Kind.HANDOVER.value)
    row = rows.filter(id=declaration).first() if by.grids is None else None
    key = subject_keys(community, [row.subject_id]).get(row.subject_id) if row is not None and row.subject_id else None
    if row is None or key is None:
        raise NotFound(NOT_FOUND)
    return row, arrival_of(json.loads(key.open(DECLARED, bytes(row.told))))


def _settle(arrival: Arrival, deed: Deed, reason: str = "") -> None:
    """The same at the other side, in the same transaction. Nobody of here may write there, so the system does."""
    sender = zone_by_code(viewer=SYSTEM, code=arrival.sender)
    if sender is None or arrival.sent is None:
        return  # it arrived before both sides kept a row, or from a community that is no more
    settle_sent(by=SYSTEM, community=sender.id, sent=arrival.sent, deed=deed, reason=reason)


def _decide(row: Declaration, step: Step, reason: str, by: Actor) -> None:
    row.state, row.decided_at, row.decided_by, row.reason = step.value, timezone.now(), by.account, reason
    row.save(update_fields=["state", "decided_at", "decided_by", "reason", "person"])
