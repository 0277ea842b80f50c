"""What may be asked of a person about the register, and how such a question ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence

NOT_A_DAY = sentence("register.review.not_a_day", "Write the day like 2026-11-14.")
NO_BUILDING = sentence("register.review.no_building", "Choose a building, or write an address that names one.")


class Matter(StrEnum):
    """What the question is."""

    SAME_PERSON = "same_person"
    CONFLICT = "conflict"
    LEFT = "left"
    ADDRESS = "address"
    RELATION = "relation"


class State(StrEnum):
    """Where a question stands. ``LAPSED``: the source stopped asking, or the answer came by another way."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"


NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.ACCEPTED, State.REJECTED, State.LAPSED}),
    # An answer can be taken back; the question is open again.
    State.ACCEPTED: frozenset({State.OPEN}),
    State.REJECTED: frozenset({State.OPEN}),
    State.LAPSED: frozenset(),
}

MATTER_WORDS: Mapping[Matter, str] = {
    Matter.SAME_PERSON: sentence("register.matter.same_person", "Are these the same person?"),
    Matter.CONFLICT: sentence("register.matter.conflict", "Which of the two is right?"),
    Matter.LEFT: sentence("register.matter.left", "Has this person left?"),
    Matter.ADDRESS: sentence("register.matter.address", "Which building is meant?"),
    Matter.RELATION: sentence("register.matter.relation", "How are they related to the head?"),
}


class Closed(StrEnum):
    """Why a question went by itself, as it stands in ``ReviewItem.reason``."""

    TAKEN = "taken"
    """The value that contradicted is the register's by now."""
    AGREED = "agreed"
    """The source says what the register says."""
    BY_HAND = "by_hand"
    """Somebody told the value anew at a door or desk."""
    UNLIKE = "unlike"
    """The two records are not alike any more, or one of them no longer lives here."""
    ONE_PERSON = "one_person"
    """The record stands beside another one of the same person now."""


CLOSED_WORDS: Mapping[Closed, str] = {
    Closed.TAKEN: sentence("register.closed.taken", "Closed by itself: a newer value was taken since."),
    Closed.AGREED: sentence("register.closed.agreed", "Closed by itself: the source now says what the register says."),
    Closed.BY_HAND: sentence("register.closed.by_hand", "Closed by itself: somebody told it anew at the door or desk."),
    Closed.UNLIKE: sentence("register.closed.unlike", "Closed by itself: the two records are no longer alike."),
    Closed.ONE_PERSON: sentence("register.closed.one_person", "Closed by itself: two records were held to be one person."),
}


def may_become(now: State, then: State) -> bool:
    """Whether a question may pass from one state to the other."""
    return then in NEXT[now]


def parse_day(text: str) -> date:
    """A day as a form gives it; BadInput for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(NOT_A_DAY) from None
