"""What was found at a door: nothing changed, nobody home, or nobody who wanted to talk."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.commands.hand import Hand
from linli.register.models import Residence, Visit
from linli.register.rules.precedence import Source
from linli.trust import NOT_FOUND, Permission, command

_DOOR = Source.DOOR
UNCHANGED, NOBODY_HOME, REFUSED = "unchanged", "nobody_home", "refused"


@command("register.confirm_unchanged", may=Permission.REGISTER_WRITE)
def confirm_unchanged(*, by: Actor, community: UUID, dwelling: UUID) -> int:
    """Somebody was at the door and nothing has changed: all who live there are verified as of today. Returns how many.

    A planned visit of that door is done with it; told twice on a day it is one visit. Where nobody is registered, the home
    stands empty as before.
    """
    hand = Hand(by, community)
    building, dwelling = hand.dwelling(dwelling)
    people = list(
        Residence.objects.filter(community=community, dwelling=dwelling, to_date__isnull=True).values_list("person_id", flat=True)
    )
    _visit(hand, building, dwelling, UNCHANGED)
    closed = hand.close_lapses(people)
    hand.answer_left(people)
    # A file that knows less than somebody who stood there does not move them.
    hand.attest({person: ["address", "relation"] for person in people}, _DOOR)
    hand.done("register.door.unchanged", people, ids=[dwelling], counts={"people": len(people), "closed": closed})
    return len(people)


@command("register.confirm_person", may=Permission.REGISTER_WRITE)
def confirm_person(*, by: Actor, community: UUID, person: UUID) -> None:
    """Somebody saw this one person, whose door may not be known: verified as of today."""
    hand = Hand(by, community)
    hand.people([person])
    home = Residence.objects.filter(community=community, person=person, to_date__isnull=True).first()
    if home is None:
        raise NotFound(NOT_FOUND)
    hand.close_lapses([person])
    hand.answer_left([person])
    hand.attest({person: ["address"]}, _DOOR)
    hand.done("register.person.seen", [person], fields=["address"])


@command("register.nobody_home", may=Permission.REGISTER_WRITE)
def nobody_home(*, by: Actor, community: UUID, dwelling: UUID) -> None:
    """Somebody was at the door and nobody opened. Nothing follows from it but that the visit was made."""
    hand = Hand(by, community)
    building, dwelling = hand.dwelling(dwelling)
    _visit(hand, building, dwelling, NOBODY_HOME)
    hand.done("register.door.nobody_home", [], ids=[dwelling])


@command("register.turned_away", may=Permission.REGISTER_WRITE)
def turned_away(*, by: Actor, community: UUID, dwelling: UUID) -> None:
    """Somebody opened and did not want to talk, which is their right. Nobody is verified by it; the survey asks once a year."""
    hand = Hand(by, community)
    building, dwelling = hand.dwelling(dwelling)
    _visit(hand, building, dwelling, REFUSED)
    hand.done("register.door.refused", [], ids=[dwelling])


def _visit(hand: Hand, building: UUID, dwelling: UUID, outcome: str) -> None:
    """Today's visit of the door. A planned survey is done by it, save where nobody was home; a blind visit never is."""
    visits = Visit.objects.select_for_update().filter(community=hand.community, dwelling=dwelling).exclude(kind="blind")
    made = visits.filter(on=hand.today, kind="check").first()
    planned = visits.filter(on__isnull=True).order_by("due").first() if outcome != NOBODY_HOME else None
    visit = planned or made or Visit(
        community_id=hand.community, building_id=building, dwelling_id=dwelling, kind="check", known_from=hand.now
    )  # fmt: skip
    visit.on, visit.outcome, visit.by = hand.today, outcome, hand.by.account
    visit.save()
