"""Residence permits by hand: what was applied for, and what the police station issued, endorsed, ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.models import Hukou, Permit, PermitApplication, Residence
from linli.register.rules import permits as rules
from linli.register.rules.by_hand import HandFault, Refused, day_fault, refuse
from linli.register.rules.sealing import PERMIT_NUMBER, sealed
from linli.trust import NOT_FOUND, Permission, command

HAS_ONE = sentence("register.permit.has_one", "This person has a permit already. End it first, or write down its endorsement.")
TOO_EARLY = sentence("register.permit.too_early", "It can be endorsed from %(day)s on; an earlier one counts for nothing.")
NOT_HERE = "register.hand.not_here"
ENDED = sentence("register.permit.ended", "This permit has ended.")


APPLIED = sentence("register.permit.applied", "An application is under way already.")
BRING = sentence("register.permit.bring", "Still to bring: %(paper)s")


@command("register.apply_for_permit", may=Permission.REGISTER_WRITE)
def apply_for_permit(
    *, by: Actor, community: UUID, key: UUID, person: UUID, on: date, grounds: Collection[rules.Ground],
    papers: Collection[rules.Paper], represented: bool = False, frail: bool = False,
) -> date:  # fmt: skip
    """An application was taken in on that day: the last day for issuing. ``key``: made with the form.

    Refused with all that stands in the way at once: what isn't met, and every paper that is missing. NotFound out of scope.
    """
    hand = Hand(by, community)
    known = hand.people([person])[person]
    again = PermitApplication.objects.filter(id=key, community=community, person=person).first()
    if again is not None:
        hand.done("register.permit.applied", [person], ids=[key], counts={"again": 1})
        return rules.issue_by(again.applied_on)
    refuse(day_fault(on, hand.today, known.birth_date))
    if Permit.objects.filter(person=person, ended_on__isnull=True).exists():
        raise Refused([HandFault(None, "", Words(HAS_ONE))])
    if PermitApplication.objects.filter(person=person, closed_on__isnull=True).exists():
        raise Refused([HandFault(None, "", Words(APPLIED))])
    home = Residence.objects.filter(person=person, to_date__isnull=True).first()
    hukou = Hukou.objects.filter(person=person, to_date__isnull=True).first()
    if home is None:
        raise Refused([HandFault(None, "", Words(NOT_HERE))])
    region = hukou.region[:4] if hukou else ""
    told = rules.Application(
        on, known.birth_date or hand.today, home.from_date, hand.code[:4], hand.code[:4] if hukou and hukou.here else region,
        frozenset(grounds), frozenset(papers), represented, frail,
    )  # fmt: skip
    missing = rules.answer(told)
    if not missing.complete:
        day = {"day": {"day": missing.from_day.isoformat(), "style": "year"}}
        faults = [
            HandFault(None, "", Words(rules.UNMET[one], day if one is rules.Unmet.TOO_SHORT else {})) for one in missing.unmet
        ]
        faults += [HandFault(None, "papers", Words(BRING, {"paper": {"key": rules.PAPERS[one]}})) for one in missing.missing]
        raise Refused(faults)
    PermitApplication.objects.create(id=key, community_id=community, person_id=person, applied_on=on, known_from=hand.now)
    hand.done("register.permit.applied", [person], ids=[key])
    return rules.issue_by(on)


@command("register.withdraw_application", may=Permission.REGISTER_WRITE)
def withdraw_application(*, by: Actor, community: UUID, person: UUID) -> None:
    """The open application of somebody is no longer wanted, or was refused. Told twice changes nothing."""
    hand = Hand(by, community)
    hand.people([person])
    _close(hand, person, hand.today)
    hand.done("register.permit.withdrawn", [person])


def _close(hand: Hand, person: UUID, on: date) -> None:
    for held in PermitApplication.objects.filter(community=hand.community, person=person, closed_on__isnull=True):
        held.closed_on = max(on, held.applied_on)
        held.save(update_fields=["closed_on"])


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
    _close(hand, person, on)
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
