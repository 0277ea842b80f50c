"""Two records that somebody held to be one person: which of them leads, and which may. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from linli.kernel.words import Words, sentence

NOT_HERE = sentence("register.leading.not_here", "Of the two, only the other one lives here now.")
DEAD = sentence("register.leading.dead", "One of the two is recorded as dead and the other is not.")
TIED = sentence("register.leading.tied", "An account is tied to the other record.")
CONSENTED = sentence("register.leading.consented", "Help is kept by consent with the other record, and here there is no consent.")
OTHER_LEADS = sentence("register.leading.other_leads", "Let the other record lead.")
SETTLE_DEATH = sentence("register.leading.settle_death", "Find out first which is right, and correct that record.")
LED = sentence("register.leading.led", "This record stands beside another one of the same person, which leads.")
OPEN_LEADER = sentence("register.leading.open_leader", "Write it into the leading record, or take the two apart first.")


@dataclass(frozen=True)
class Side:
    """One of two records, as far as it matters for leading. ``consented``: consent to be helped stands; ``helped``: care needs
    that rest on consent are kept."""

    lives_here: bool
    dead: bool
    tied: bool
    consented: bool
    helped: bool


def may_not_lead(leader: Side, other: Side) -> tuple[Words, Words] | None:
    """Why the first may not lead the second, and what to do; None where it may.

    An account and a consent belong to one data subject and aren't carried over: the record that has them leads.
    """
    if leader.dead != other.dead:
        return Words(DEAD), Words(SETTLE_DEATH)
    if other.lives_here and not leader.lives_here:
        return Words(NOT_HERE), Words(OTHER_LEADS)
    if other.tied and not leader.tied:
        return Words(TIED), Words(OTHER_LEADS)
    if other.helped and not leader.consented:
        return Words(CONSENTED), Words(OTHER_LEADS)
    return None


def followed(links: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Of every record beside another the one that leads in the end; ``links``: record → the one it was set beside."""
    found: dict[UUID, UUID] = {}
    for record in links:
        leader, steps = links[record], {record}
        while leader in links and leader not in steps:
            steps.add(leader)
            leader = links[leader]
        found[record] = leader
    return found
