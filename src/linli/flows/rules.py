"""What a reading may be and what kind of day it fell on. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import date
from functools import cache

WORKING_DAY, WEEKEND, HOLIDAY = 0, 1, 2

_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32})?")


def is_code(text: str) -> bool:
    """Whether ``text`` can be a counter's code: ``footbridge``, ``gate_3``."""
    return bool(_CODE.fullmatch(text))


def usable_value(value: float) -> bool:
    """Counts and measures are finite and never negative."""
    return math.isfinite(value) and value >= 0


@cache
def day_class(day: date, calendar: str) -> int:
    """0 working day, 1 Saturday or Sunday, 2 public holiday.

    Calendar ``CN``: the State Council's yearly notices as the package chinesecalendar carries them; a make-up workday at a
    weekend is a working day, and a weekend day that belongs to a holiday is a holiday. Outside the years it knows, and for every
    other calendar, only the weekend is told apart.
    """
    weekend = day.isoweekday() > 5
    if calendar == "CN":
        import chinese_calendar

        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return WEEKEND if weekend else WORKING_DAY
        if not off:
            return WORKING_DAY
        return HOLIDAY if name else WEEKEND
    return WEEKEND if weekend else WORKING_DAY


def code_of(name: str) -> str:
    """A code made from a counter's name, the same every time; ``counter_1a2b3c4d`` for a name without Latin letters."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if is_code(plain):
        return plain
    return f"counter_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
