"""When something may be deleted: its time is over, it was announced a week ago, and nothing holds it.

Sources: 个人信息保护法 articles 19 and 47; 网络安全法 article 21 (logs: six months at least).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from linli.kernel.words import sentence
from linli.trust.purposes.rules import keep_days, purposes

ANNOUNCED_DAYS = 7
"""So long a list stands before anything on it goes."""

HOLD_OF_NOTHING = sentence("trust.retention.hold_of_nothing", "Say whose data, or which purpose, is to be held.")
NO_PURPOSE = sentence("trust.retention.no_purpose", "There is no purpose called %(purpose)s.")
HOLD_NEEDS_REASON = sentence("trust.retention.hold_needs_reason", "Write down which proceedings need the data.")
HOLD_ENDS_EARLY = sentence("trust.retention.hold_ends_early", "A hold ends after the day it begins.")
HELD = sentence(
    "trust.retention.held", "The law holds these data until proceedings are over; they are neither deleted nor erased."
)


@dataclass(frozen=True)
class Hold:
    """Data of one subject, of one purpose, or of both at once, from one date to another (half-open)."""

    subject: UUID | None
    purpose: str
    from_date: date
    to_date: date | None

    def in_force(self, on: date) -> bool:
        return self.from_date <= on and (self.to_date is None or on < self.to_date)


@dataclass(frozen=True)
class Holding:
    """What the holds in force mean for one purpose: everything stays, or these subjects' data stay."""

    everything: bool
    subjects: frozenset[UUID]


def holding(holds: Iterable[Hold], purpose: str, on: date) -> Holding:
    """The holds in force on ``on`` that touch ``purpose``. A hold on a subject without a purpose touches all of them."""
    touching = [hold for hold in holds if hold.in_force(on) and hold.purpose in ("", purpose)]
    return Holding(
        any(hold.subject is None for hold in touching), frozenset(hold.subject for hold in touching if hold.subject is not None)
    )


def is_held(holds: Iterable[Hold], subject: UUID, purpose: str | None, on: date) -> bool:
    """Whether data of this subject are held: under ``purpose``, or (None) under any."""
    for hold in holds:
        named = hold.subject == subject and (purpose is None or hold.purpose in ("", purpose))
        whole = hold.subject is None and (purpose is None or hold.purpose == purpose)
        if hold.in_force(on) and (named or whole):
            return True
    return False


def cut_off(purpose: str, now: datetime) -> datetime:
    """Before which moment things of this purpose have had their time."""
    return now - timedelta(days=keep_days(purpose))


def may_delete(announced: date, today: date) -> bool:
    """Whether a list announced on that day has stood for a week."""
    return today - announced >= timedelta(days=ANNOUNCED_DAYS)


def agreed_cut(announced_before: datetime, purpose: str, now: datetime) -> datetime:
    """What was announced and is still due: where the time of keeping was lengthened meanwhile, the later view counts."""
    return min(announced_before, cut_off(purpose, now))


def known(purpose: str) -> bool:
    """Whether there is a purpose of that key."""
    return purpose in purposes()
