"""What becomes of an undone file's rows when later files and hands have written since. Pure: plain values in, decisions out.

Absence is told by lapses: spans of rounds that did not show somebody. A round that is taken away leaves the spans as they would
be had it never been: what it began begins with the next round that covers the person, what it ended ends there.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

Person = TypeVar("Person")


@dataclass(frozen=True, slots=True)
class Round(Generic[Person]):
    """One later round. ``everybody``: full of the whole community, so that absence from it is a lapse.

    ``covers``: of whom a full one of a part would say that they are missing (None: it is full of nobody); ``named``: whom its
    rows spoke of, where that is kept; None where it isn't, or where lapses tell it.
    """

    monday: date
    everybody: bool
    covers: Container[Person] | None = None
    named: Container[Person] | None = None

    def would_miss(self, person: Person) -> bool:
        """Whether somebody who lives here and is not in it lapses by it."""
        return self.everybody or (self.covers is not None and person in self.covers)


@dataclass(frozen=True, slots=True)
class Span:
    """A lapse: rounds from ``start`` until before ``end`` (None: still) did not show somebody; ``verified``: last before."""

    start: date
    end: date | None
    verified: date

    def over(self, monday: date) -> bool:
        """Whether the round of that Monday did not show them."""
        return self.start <= monday and (self.end is None or monday < self.end)


def next_missing(person: Person, later: Sequence[Round[Person]]) -> int | None:
    """Which of the later rounds is the first whose absence counts for the person: its place; None where there is none."""
    return next((at for at, one in enumerate(later) if one.would_miss(person)), None)


def begun_by(span: Span, following: date | None, before: date | None) -> Span | None:
    """A span that the undone round began, without it; None: it is gone. ``following``: the next round that misses people;
    ``before``: the last full round before the undone one."""
    if following is None or (span.end is not None and following >= span.end):
        return None
    return Span(following, span.end, span.verified if before is not None else reckoned_from(following, None))


def ended_by(span: Span, following: date | None) -> Span:
    """A span that the undone round ended, without it: the next one ended it, or misses them again and begins its own."""
    return replace(span, end=None if following is None else max(following, span.start))


def reckoned_from(start: date, before: date | None) -> date:
    """When somebody was last verified who lapses from ``start``: the last full round before, else the week before."""
    return before if before is not None and before < start else start - timedelta(days=7)


def named_in(person: Person, later: Sequence[Round[Person]], spans: Collection[Span], *, lives_here: bool) -> int | None:
    """Which later round speaks of somebody whom the undone file brought: then they can't be taken off the register.

    Of a round full of everybody it follows from the lapses, of those who live here; where nothing tells, it is taken for yes.
    """
    for at, one in enumerate(later):
        if one.everybody and lives_here:
            named = not any(span.over(one.monday) for span in spans)
        else:
            named = one.named is None or person in one.named
        if named:
            return at
    return None


__all__ = ["Round", "Span", "begun_by", "ended_by", "named_in", "next_missing", "reckoned_from"]
