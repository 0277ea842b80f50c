"""Residence permits by hand: what the police station issued, endorsed, ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.models import Permit
from linli.register.rules import permits as rules
from linli.register.rules.by_hand import HandFault, Refused, day_fault, refuse
from linli.register.rules.sealing import PERMIT_NUMBER, sealed
from linli.trust import NOT_FOUND, Permission, command

HAS_ONE = sentence("register.permit.has_one", "This person has a permit already. End it first, or write down its endorsement.")
TOO_EARLY = sentence("register.permit.too_early", "It can be endorsed from %(day)s on; an earlier one counts for nothing.")
ENDED = sentence("register.permit.ended", "This permit has ended.")


@command("register.issue_permit", may=Permission.REGISTER_WRITE)
def issue_permit(*, by: Actor, community: UUID, key: UUID, person: UUID, on: date, number: str = "") -> UUID:
    """A residence permit was issued on that day. ``key``: made with the form. Refused where one is open already; NotFound."""
    hand = Hand(by, community)
    known = hand.people([person])[person]
    assert known.key is not None
    if Permit.objects.filter(id=key, community=community, person=person).exists():
        hand.done("register.permit.issued", [person], ids=[key], counts={"again": 1})
        return key
    refuse(day_fault(on, hand.today, known.birth_date))
    if Permit.objects.filter(person=person, ended_on__isnull=True).exists():
        raise Refused([HandFault(None, "", Words(HAS_ONE))])
    Permit.objects.create(
        id=key, community_id=community, person_id=person, issued_on=on, known_from=hand.now,
        sealed_number=sealed(known.key, PERMIT_NUMBER, number.strip()),
    )  # fmt: skip
    hand.done("register.permit.issued", [person], ids=[key])
    return key


@command("register.endorse_permit", may=Permission.REGISTER_WRITE)
def endorse_permit(*, by: Actor, community: UUID, permit: UUID, on: date) -> rules.PermitStanding:
    """It was endorsed on that day; how it stands today. Refused before its window; told twice it counts once."""
    hand = Hand(by, community)
    held = _held(hand, permit)
    if held.ended_on is not None:
        raise Refused([HandFault(None, "", Words(ENDED))])
    refuse(day_fault(on, hand.today, held.issued_on))
    before = rules.standing(_plain(held), on)
    days = set(held.endorsed)
    if on.isoformat() not in days:
        if before.opens is not None and on < before.opens:
            told = {"day": {"day": before.opens.isoformat(), "style": "year"}}
            raise Refused([HandFault(None, "on", Words(TOO_EARLY, told))])
        held.endorsed, held.batch = sorted({*days, on.isoformat()}), None
        held.save(update_fields=["endorsed", "batch"])
    hand.done("register.permit.endorsed", [held.person_id], ids=[permit])
    return rules.standing(_plain(held), hand.today)


@command("register.end_permit", may=Permission.REGISTER_WRITE)
def end_permit(*, by: Actor, community: UUID, permit: UUID, on: date) -> None:
    """It counts no longer from that day on. Told twice changes nothing."""
    hand = Hand(by, community)
    held = _held(hand, permit)
    if held.ended_on is None:
        refuse(day_fault(on, hand.today, held.issued_on))
        held.ended_on, held.batch = on, None
        held.save(update_fields=["ended_on", "batch"])
    hand.done("register.permit.ended", [held.person_id], ids=[permit])


def _held(hand: Hand, permit: UUID) -> Permit:
    held = Permit.objects.select_for_update().filter(community=hand.community, id=permit).first()
    if held is None:
        raise NotFound(NOT_FOUND)
    hand.people([held.person_id])
    return held


def _plain(held: Permit) -> rules.Permit:
    return rules.Permit(held.issued_on, tuple(date.fromisoformat(day) for day in held.endorsed), held.ended_on)
