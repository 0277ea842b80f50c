"""Kinds of day, values and codes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.flows import rules


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 16), rules.WORKING_DAY),
        (date(2026, 11, 15), rules.WEEKEND),
        (date(2026, 10, 1), rules.HOLIDAY),
        (date(2026, 10, 4), rules.HOLIDAY),  # a Sunday within National Day
        (date(2026, 10, 10), rules.WORKING_DAY),  # a Saturday worked for it
    ],
)
def test_the_chinese_calendar(day: date, kind: int) -> None:
    assert rules.day_class(day, "CN") == kind


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_elsewhere_and_beyond_the_calendar_only_the_weekend_is_told(day: date) -> None:
    assert rules.day_class(day, "XX") == (1 if day.isoweekday() > 5 else 0)
    assert rules.day_class(day, "CN") in (0, 1, 2)


@pytest.mark.parametrize(
    ("value", "usable"), [(0.0, True), (3.5, True), (-0.1, False), (float("nan"), False), (float("inf"), False)]
)
def test_values(value: float, usable: bool) -> None:
    assert rules.usable_value(value) is usable


@given(st.text(max_size=60))
def test_every_name_gives_a_code(name: str) -> None:
    assert rules.is_code(rules.code_of(name))
