from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest

from linli.site.demo.counters import HOLIDAY, KINDS, PATTERNS, WEEKEND, WORKDAY, day_class, school_holiday

from .conftest import Delivery


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 1), HOLIDAY),
        (date(2026, 6, 19), HOLIDAY),
        (date(2026, 10, 10), WORKDAY),  # a Saturday worked in exchange
        (date(2026, 11, 14), WEEKEND),
        (date(2026, 11, 16), WORKDAY),
        (date(2035, 1, 6), WEEKEND),  # a year of which no notice is known yet
        (date(2035, 1, 8), WORKDAY),
    ],
)
def test_day_classes(day: date, expected: int) -> None:
    assert day_class(day) == expected


def test_patterns_are_whole_days() -> None:
    for work, free, *_ in PATTERNS.values():
        assert len(work) == len(free) == 24
    assert {pattern for *_, pattern, _ in KINDS} == set(PATTERNS)
    assert school_holiday(date(2026, 7, 15))
    assert not school_holiday(date(2026, 9, 15))


def daily(delivery: Delivery) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for week in delivery.weeks:
        for row in delivery.readings(week):
            found[row["计数器"]][row["时间"][:10]] += int(row["进"]) + int(row["出"])
    return found


def test_some_hours_are_missing_and_one_counter_was_down_for_four_days(main: Delivery) -> None:
    hours: Counter[tuple[str, str]] = Counter()
    for week in main.weeks:
        rows = main.readings(week)
        assert len({(row["计数器"], row["时间"]) for row in rows}) == len(rows)
        hours.update((row["计数器"], row["时间"][:10]) for row in rows)
    days = {day for _, day in hours}
    counters = {counter for counter, _ in hours}
    assert len(counters) == 12
    assert len(days) == 7 * len(main.weeks)
    down = {counter: [day for day in sorted(days) if hours[counter, day] == 0] for counter in counters}
    assert sorted(map(len, down.values()))[-2:] == [0, 4]
    assert sum(0 < count < 24 for count in hours.values()) > 20


def test_the_school_is_quiet_in_summer_and_the_market_busy_on_saturdays(main: Delivery) -> None:
    days = daily(main)
    school = {date.fromisoformat(day): count for day, count in days["school_gate"].items()}
    term = [count for day, count in school.items() if day.month in (6, 9) and day_class(day) == WORKDAY]
    summer = [count for day, count in school.items() if day.month in (7, 8)]
    assert np.median(summer) < 0.3 * np.median(term)
    market = {date.fromisoformat(day): count for day, count in days["market"].items()}
    saturdays = [count for day, count in market.items() if day_class(day) == WEEKEND]
    assert np.median(saturdays) > 1.05 * np.median([count for day, count in market.items() if day_class(day) == WORKDAY])


def test_the_second_community_delivers_one_number(second: Delivery) -> None:
    assert list(second.readings(second.weeks[0])[0]) == ["计数器", "时间", "人次"]
