"""Papers that run out, and what there is to do about each: for reminding people, never for withholding anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from linli.register.rules import permits
from linli.register.rules.documents import ask_for_number, expiry, warnings_between


class Matter(StrEnum):
    """What runs out. ``number``: nobody was old enough to have none any more (a birth is registered within a month)."""

    DOCUMENT = "document"
    ENDORSE = "endorse"
    ISSUE = "issue"
    NUMBER = "number"


@dataclass(frozen=True)
class Due:
    """One paper of one person. ``day``: the last on which it is good or can be done; ``left``: days until then, below 0: past.

    Both are None for a missing number: a day reckoned from the birth would tell it. ``fresh``: a warning (90 or 30 days before,
    or the day itself) fell into the week up to today. ``kind``: of the document.
    """

    person: UUID
    matter: Matter
    day: date | None
    left: int | None
    fresh: bool = False
    kind: str = ""


def of_document(person: UUID, kind: str, good_to: date, today: date, until: date) -> Due | None:
    """A document that is good no longer than ``until``."""
    stands = expiry(good_to, today)
    if good_to > until or stands.days_left is None:
        return None
    fresh = bool(warnings_between(good_to, today - timedelta(days=7), today))
    return Due(person, Matter.DOCUMENT, good_to, stands.days_left, fresh, kind)


def of_permit(person: UUID, permit: permits.Permit, today: date, until: date) -> Due | None:
    """A permit that can be endorsed by ``until``, or whose endorsement is overdue."""
    stands = permits.standing(permit, today)
    if stands.due is None or stands.opens is None or stands.opens > until:
        return None
    return Due(person, Matter.ENDORSE, stands.due, (stands.due - today).days, today - timedelta(days=7) < stands.opens <= today)


def of_application(person: UUID, applied: date, today: date) -> Due:
    """A permit that was applied for, and the day by which it must be issued."""
    day = permits.issue_by(applied)
    return Due(person, Matter.ISSUE, day, (day - today).days)


def of_missing_number(person: UUID, born: date, today: date) -> Due | None:
    """Somebody without a number who should have one by now. ``born``: the day, or the last of the month where that is all."""
    return Due(person, Matter.NUMBER, None, None) if ask_for_number(born, "", today) else None


@dataclass(frozen=True)
class Summary:
    """How much there is to do: by matter, how many are past their day, and how many a warning of this week speaks of."""

    by_matter: dict[Matter, int]
    past: int
    fresh: int

    @property
    def total(self) -> int:
        return sum(self.by_matter.values())


def summed(rows: Iterable[Due]) -> Summary:
    """The figures of a list."""
    whole = list(rows)
    counts = {matter: sum(row.matter is matter for row in whole) for matter in Matter}
    return Summary(
        {matter: count for matter, count in counts.items() if count},
        sum(row.left is not None and row.left < 0 for row in whole),
        sum(row.fresh for row in whole),
    )
