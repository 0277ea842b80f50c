"""What follows from what somebody agreed to: derived from the events, decided without a database.

Sources: 个人信息保护法 (PIPL) articles 14 to 16 (free, to be taken back as easily, asked again when the purpose changes), 29 and
31 (sensitive data, children under 14); 网络数据安全管理条例 article 22 (no asking again and again after a refusal).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence

GUARDED_AGE = 14
"""Below this age consent is a parent's or guardian's (PIPL 31), and all data count as sensitive (PIPL 28)."""

NEEDS_GUARDIAN = sentence("trust.consent.needs_guardian", "For a child under 14 a parent or another guardian decides.")
NAME_GUARDIAN = sentence(
    "trust.consent.name_guardian", "Write down who decides for the child, how they are related, and which paper shows it."
)
NO_GUARDIAN_NEEDED = sentence("trust.consent.no_guardian", "Only for a child under 14 somebody else may agree.")
ASKED_BEFORE = sentence(
    "trust.consent.asked_before", "They have said no to this text. It may be asked again once the text changes."
)
NOTHING_TO_WITHDRAW = sentence("trust.consent.nothing_to_withdraw", "There is no consent here that could be taken back.")
NOT_BY_CONSENT = sentence("trust.consent.not_by_consent", "This purpose rests on the law; nobody is asked for consent to it.")
OLD_TEXT = sentence("trust.consent.old_text", "The text has changed since. Show the present one and ask about that.")


class Act(StrEnum):
    """What somebody can do about a consent."""

    GIVE = "give"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Channel(StrEnum):
    """How it reached us."""

    PAPER = "paper"
    DESK = "desk"
    PORTAL = "portal"


class Relation(StrEnum):
    """Who decides for a child (民法典 article 27: parents first, then grandparents, adult siblings, others)."""

    PARENT = "parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    APPOINTED = "appointed"


class Mandate(StrEnum):
    """Which paper showed that they may."""

    HOUSEHOLD_BOOK = "household_book"
    BIRTH_CERTIFICATE = "birth_certificate"
    COURT_ORDER = "court_order"
    APPOINTMENT = "appointment"


class Standing(StrEnum):
    """Where a consent stands."""

    NEVER_ASKED = "never_asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class Event:
    """What happened, with the version of the text that was shown. In the order in which it happened."""

    act: Act
    version: int


@dataclass(frozen=True)
class Text:
    """A version of what is asked. ``material``: it changed the purpose, the way or the kinds, so older consents end with it."""

    version: int
    material: bool


AFTER = {Act.GIVE: Standing.GIVEN, Act.REFUSE: Standing.REFUSED, Act.WITHDRAW: Standing.WITHDRAWN}


def standing(events: Iterable[Event], texts: Iterable[Text]) -> Standing:
    """Where it stands after ``events``. A consent to a text older than the last material change no longer counts."""
    last = None
    for last in events:  # noqa: B007 - the last one counts
        pass
    if last is None:
        return Standing.NEVER_ASKED
    if last.act is Act.GIVE and last.version < max((t.version for t in texts if t.material), default=0):
        return Standing.OUTDATED
    return AFTER[last.act]


def may_ask(events: Iterable[Event], texts: Iterable[Text]) -> bool:
    """Whether somebody may be asked: not while they agree, and after a no only about a newer text."""
    events, texts = list(events), list(texts)
    now = standing(events, texts)
    if now in (Standing.NEVER_ASKED, Standing.OUTDATED):
        return True
    if now is Standing.GIVEN:
        return False
    # A no stands against every text up to the newest that was ever said no to.
    said_no = max(event.version for event in events if event.act is not Act.GIVE)
    return max((text.version for text in texts), default=0) > said_no


def is_guarded(born: date | None, on: date) -> bool:
    """Whether somebody born on ``born`` is under 14 on ``on``. Unknown birth dates are those of adults.

    Where only the month is kept (the first stands for it), the child is under 14 until that month is over.
    """
    if born is None:
        return False
    # Somebody born on 29 February turns 14 on 1 March of a common year (the day after 28 February has ended).
    if born.day == 1:
        year, month = (born.year + GUARDED_AGE, born.month + 1) if born.month < 12 else (born.year + GUARDED_AGE + 1, 1)
        return on < date(year, month, 1)
    try:
        turns = born.replace(year=born.year + GUARDED_AGE)
    except ValueError:
        turns = date(born.year + GUARDED_AGE, 3, 1)
    return on < turns


def check_guardian(*, guarded: bool, relation: str, mandate: str) -> None:
    """BadInput where a child's consent comes without guardian, relation and paper, or an adult's through somebody else."""
    if guarded and not (relation in list(Relation) and mandate in list(Mandate)):
        raise BadInput(NEEDS_GUARDIAN, remedy=NAME_GUARDIAN)
    if not guarded and (relation or mandate):
        raise BadInput(NO_GUARDIAN_NEEDED)
