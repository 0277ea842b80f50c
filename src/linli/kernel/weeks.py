"""ISO weeks. Round 2026-W47 stands at Monday 00:00 of W47 and looks at the seven days before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_PATTERN = re.compile(r"([0-9]{4})-W([0-9]{2})")
FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True, order=True)
class Week:
    """The round that stands on one Monday."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.isoweekday() != 1:
            raise ValueError(f"{self.monday} is not a Monday")

    @classmethod
    def parse(cls, text: str) -> Week:
        """``2026-W47`` → the week; ValueError for anything else."""
        match = _PATTERN.fullmatch(text.strip())
        if not match:
            raise ValueError(f"{text!r} is not a week; write it as 2026-W47")
        if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise ValueError(f"{text} lies too far away")
        try:
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            raise ValueError(f"there is no week {text}") from None

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that ``day`` lies in."""
        return cls(day - timedelta(days=day.isoweekday() - 1))

    @property
    def first_day(self) -> date:
        """First of the seven days the round looks at."""
        return self.monday - timedelta(days=7)

    @property
    def last_day(self) -> date:
        """Last of the seven days the round looks at (the Sunday before)."""
        return self.monday - timedelta(days=1)

    def back(self, weeks: int = 1) -> Week:
        return Week(self.monday - timedelta(weeks=weeks))

    def next(self) -> Week:
        return self.back(-1)

    def starts_at(self, zone: str) -> datetime:
        """Monday 00:00 in the community's zone, as an instant in UTC."""
        return datetime.combine(self.monday, time(), ZoneInfo(zone)).astimezone(UTC)

    def __sub__(self, other: Week) -> int:
        return (self.monday - other.monday).days // 7

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"
