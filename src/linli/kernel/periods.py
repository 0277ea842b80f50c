"""Months and years from a day, as the law counts them.

Civil Code art. 202: a period by months or years ends on the day of the same number; where there is none, on the month's last.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The day of the same number ``months`` on (or back, where negative), or the last of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_later(day: date, years: int) -> date:
    """The day of the same number ``years`` on; 29 February becomes the 28th in other years."""
    return months_later(day, 12 * years)
