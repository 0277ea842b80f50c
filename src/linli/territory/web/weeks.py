"""Which Monday a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from linli.kernel.weeks import Week

CHOICES = 53
"""A year and a week of Mondays can be chosen from."""


@dataclass(frozen=True)
class WeekChoice:
    """The week shown, its neighbours where they can be shown, and all that can be chosen, newest first."""

    week: Week
    earlier: Week
    later: Week | None
    all: list[Week]


def choose(text: str | None, time_zone: str, *, told: str | None = None) -> WeekChoice:
    """The week asked for, else the newest that facts tell of (``told``), else the one that today lies in where the community is.

    ValueError for no week, or one to come.
    """
    newest = Week.of(timezone.now().astimezone(ZoneInfo(time_zone)).date())
    week = Week.parse(text) if text else min(Week.parse(told), newest) if told else newest
    if week > newest:
        raise ValueError(f"{week} is still to come")
    weeks = [newest.back(count) for count in range(CHOICES)]
    if week not in weeks:
        weeks.append(week)
    return WeekChoice(week, week.back(), week.next() if week < newest else None, weeks)
