"""How an account comes to speak for a person, and whom of the household that person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.kernel.ids import is_reference, new_reference
from linli.kernel.words import sentence
from linli.register.rules.ages import age_on
from linli.register.rules.codes import HEADS
from linli.register.rules.relations import CHILDREN
from linli.register.rules.thresholds import threshold

TIED_ALREADY = sentence("register.tie.tied_already", "This person has an account already. End it first.")
ACCOUNT_TAKEN = sentence("register.tie.account_taken", "This account belongs to somebody else here.")
NO_ACCOUNT = sentence("register.tie.no_account", "There is no account of that user name or e-mail address.")
NO_HOME = sentence("register.tie.no_home", "A letter goes to the dwelling, and none is known.")
DOES_NOT_FIT = sentence(
    "register.tie.does_not_fit",
    "Letter number and code don’t fit together, or the letter is too old or was tried too often. Ask for another one, or come to "
    "the desk.",
)
SPOUSES = frozenset({"10", "11", "12"})
ADULT_FROM = 18
"""民法典 art. 17."""
CODE_SIGNS = 10


class How(StrEnum):
    """By what an account was tied."""

    DESK = "desk"
    LETTER = "letter"


class Shown(StrEnum):
    """Which document was seen at the desk."""

    IDENTITY_CARD = "identity_card"
    HOUSEHOLD_BOOK = "household_book"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"


def new_code() -> str:
    """A one-time code of ten signs, the last of which checks the others: ``7KQ2M-4XD9A``."""
    whole = new_reference(CODE_SIGNS - 1).replace("-", "")
    return f"{whole[:5]}-{whole[5:]}"


def plain_code(text: str) -> str | None:
    """What was typed, as it was printed but without the hyphen; None where it can't be a code (a sign misread, one missing)."""
    bare = "".join(sign for sign in text.upper() if sign not in "- \u3000")
    return bare if len(bare) == CODE_SIGNS and is_reference(bare) else None


class Letter(StrEnum):
    """What a letter's code is good for."""

    WANTED = "wanted"
    """Not printed yet: there is no code."""
    GOOD = "good"
    USED = "used"
    OLD = "old"
    VOID = "void"
    """Tried too often."""


def letter_state(*, printed: bool, used: bool, tries: int, expires: datetime, now: datetime) -> Letter:
    """Total over everything that a letter can be."""
    if used:
        return Letter.USED
    if tries >= threshold("letter_tries"):
        return Letter.VOID
    if not printed:
        return Letter.WANTED
    return Letter.OLD if now >= expires else Letter.GOOD


def expires(printed: datetime) -> datetime:
    """When the code of a letter printed then is good no longer."""
    return printed + timedelta(days=threshold("letter_days"))


@dataclass(frozen=True)
class Relative:
    """Somebody of one's household: their relation to its head, and when they were born."""

    key: object
    relation: str
    born: date | None


def own_children(mine: str, others: Iterable[Relative], today: date) -> list[object]:
    """Which of the others are one's own minor children: children of the head, for the head and for the head's spouse.

    Nothing is guessed: somebody whose birthday isn't known is no minor, and of other relations the code doesn't tell whose child
    somebody is.
    """
    if mine not in HEADS and mine not in SPOUSES:
        return []
    return [
        other.key
        for other in others
        if other.relation in CHILDREN and other.born is not None and age_on(other.born, today) < ADULT_FROM
    ]
