"""Numbers, ranges and dates as the two languages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.faces import formats

DAY = date(2026, 11, 16)


@given(st.integers(-(10**12), 10**12))
def test_a_number_reads_back(value: int) -> None:
    text = formats.number(value)
    assert int(text.replace(",", "").replace(formats.MINUS, "-")) == value
    assert "-" not in text
    groups = text.lstrip(formats.MINUS).split(",")
    assert all(len(group) == 3 for group in groups[1:])
    assert 1 <= len(groups[0]) <= 3


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_fraction_keeps_its_places_and_no_negative_nought(value: float, places: int) -> None:
    text = formats.number(value, places)
    assert float(text.replace(",", "").replace(formats.MINUS, "-")) == pytest.approx(value, abs=0.5 * 10**-places + 1e-6)
    assert text.lstrip(formats.MINUS).strip("0.,") or not text.startswith(formats.MINUS)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2.5, "2.5"), (1234.0, "1,234"), (-0.001, "0"), (2.625, "2.62"), (-9, "−9")]
)
def test_numbers_without_idle_noughts(value: float, text: str) -> None:
    assert formats.number(value) == text


def test_a_change_carries_its_sign() -> None:
    assert [formats.signed(value) for value in (27, -9, 0)] == ["+27", "−9", "0"]
    assert formats.signed(0.001, 1) == "0.0"


def test_ranges() -> None:
    assert formats.span(9, 20, "en") == "9–20"
    assert formats.span(4600, 5700, "zh-Hans") == "4,600至5,700"


@pytest.mark.parametrize(
    ("style", "english", "chinese"),
    [
        ("short", "16 Nov", "11月16日"),
        ("long", "16 November", "11月16日"),
        ("year", "16 Nov 2026", "2026年11月16日"),
        ("full", "16 November 2026", "2026年11月16日"),
        ("weekday", "Mon 16 Nov", "11月16日周一"),
        ("month", "Nov 2026", "2026年11月"),
    ],
)
def test_dates(style: str, english: str, chinese: str) -> None:
    assert formats.day(DAY, "en", style) == english
    assert formats.day(DAY, "zh-Hans", style) == chinese


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="no way to write a date"):
        formats.day(DAY, "en", "american")


def test_an_instant_has_its_time() -> None:
    at = datetime(2026, 9, 21, 6, 5)  # noqa: DTZ001 - written as it stands
    assert formats.when(at, "en") == "21 Sept, 06:05"
    assert formats.when(at, "zh-Hans") == "9月21日06:05"


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (0, "today", "今天"),
        (1, "yesterday", "昨天"),
        (-1, "tomorrow", "明天"),
        (3, "3 days ago", "3天前"),
        (35, "5 weeks ago", "5周前"),
    ],
)
def test_how_long_ago(days: int, english: str, chinese: str) -> None:
    assert formats.ago(DAY - timedelta(days=days), DAY, "en") == english
    assert formats.ago(DAY - timedelta(days=days), DAY, "zh-Hans") == chinese


def test_long_ago_is_a_date_and_the_future_is_ahead() -> None:
    assert formats.ago(date(2025, 3, 2), DAY, "en") == "2 Mar 2025"
    assert formats.ago(DAY + timedelta(days=5), DAY, "en") == "in 5 days"
    assert formats.ago(DAY + timedelta(days=5), DAY, "zh-Hans") == "5天后"


def test_from_one_day_to_another() -> None:
    assert formats.days_between(date(2026, 11, 9), date(2026, 11, 15), "en") == "9 to 15 November"
    assert formats.days_between(date(2026, 11, 9), date(2026, 11, 15), "zh-Hans") == "11月9日至15日"
    assert formats.days_between(date(2026, 10, 26), date(2026, 11, 1), "en") == "26 October to 1 November"
    assert formats.days_between(date(2026, 10, 26), date(2026, 11, 1), "zh-Hans") == "10月26日至11月1日"
