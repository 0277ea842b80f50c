"""Numbers of documents: whose they are, in either length, and until when the document is good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import citizen_number
from linli.register.rules.documents import (
    Fault,
    Holder,
    as_eighteen,
    ask_for_number,
    clean,
    expiry,
    fault,
    holder,
    same_number,
    warnings_between,
)

BIRTHS = st.dates(date(1900, 1, 1), date(1999, 12, 31))


def made(region: str, born: date = date(1990, 5, 17), sequence: int = 21) -> str:
    return citizen_number.make(born, sequence, region)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("999999", Holder.CITIZEN),
        ("110105", Holder.CITIZEN),
        ("341401", Holder.CITIZEN),  # a region given up in 2011
        ("000000", Holder.CITIZEN),  # never refused by region
        ("810000", Holder.HONG_KONG),
        ("820000", Holder.MACAO),
        ("830000", Holder.TAIWAN),
        ("911840", Holder.FOREIGN_RESIDENT),
        ("931156", Holder.FOREIGN_RESIDENT),
    ],
)
def test_all_pass_the_check_digit_but_not_all_are_citizens(region: str, expected: Holder) -> None:
    assert holder(made(region)) is expected


def test_a_number_that_fails_belongs_to_nobody() -> None:
    good = made("999999")
    assert holder(good[:-1] + ("0" if good[-1] != "0" else "1")) is None
    assert holder("") is None
    assert holder("0") is None
    assert holder("000000000000000") is None


@given(BIRTHS, st.integers(0, 995))
def test_fifteen_digits_are_the_same_number(born: date, sequence: int) -> None:
    full = citizen_number.make(born, sequence)
    short = full[:6] + full[8:17]
    assert as_eighteen(short) == full
    assert same_number(short, full.lower())
    assert holder(short) is Holder.CITIZEN


def test_people_born_before_1900_had_the_last_three_signs() -> None:
    full = citizen_number.make(date(1898, 3, 4), 997)
    assert as_eighteen(full[:6] + full[8:17]) == full


def test_nobody_is_the_same_for_having_no_number() -> None:
    assert not same_number("", "")
    assert not same_number(" ", "　")
    assert same_number("A1", "a1")


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("111", "", None),
        ("111", made("999999"), None),
        ("111", made("810000"), Fault.KIND),
        ("111", made("911840"), Fault.KIND),
        ("L16", made("810000"), None),
        ("L16", made("820000"), None),
        ("L16", made("830000"), Fault.KIND),
        ("L11", made("830000"), None),
        ("553", made("911840"), None),
        ("553", "CAN110190051701", None),
        ("553", made("999999"), Fault.KIND),
        ("112", made("999999"), None),
        ("111", "123", Fault.CHECK),
        ("516", "H12345678", None),
        ("516", "M1234567890", None),
        ("516", "12345678", Fault.FORM),
        ("511", "12345678", None),
        ("511", "1234567890(B)", None),
        ("511", "1234", Fault.FORM),
        ("414", "e 1234 5678", None),
        ("414", "PASSPORT", Fault.FORM),
        ("117", "M123456789", None),
        ("114", "军字第000000号", None),
        ("554", "anything 1", None),
    ],
)
def test_what_is_odd_about_a_number(kind: str, number: str, expected: Fault | None) -> None:
    assert fault(kind, number) is expected


def test_birth_dates_are_compared() -> None:
    assert fault("111", made("999999"), date(1990, 5, 18)) is Fault.BIRTH
    assert fault("111", made("999999"), date(1990, 5, 17)) is None
    assert clean("511", "1234567890（B）") == "1234567890B"


def test_a_newborn_is_asked_for_a_number_after_a_month() -> None:
    born = date(2026, 1, 31)
    assert not ask_for_number(born, "", date(2026, 2, 28))
    assert ask_for_number(born, "", date(2026, 3, 1))
    assert not ask_for_number(born, "9", date(2026, 3, 1))


@given(st.integers(-400, 400))
def test_expiry_by_the_calendar(days: int) -> None:
    day = date(2026, 3, 2)
    found = expiry(day + timedelta(days=days), day)
    assert found.days_left == days
    assert found.expired == (days < 0)
    steps = [step for step in (90, 30, 0) if days <= step]
    assert found.step == (min(steps) if steps else None)
    assert expiry(None, day).expired is False


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_each_warning_is_given_once_however_rarely_one_looks(good_to: date, gaps: list[int]) -> None:
    day = date(2025, 9, 1)
    found = []
    for gap in gaps:
        later = day + timedelta(days=gap)
        found += warnings_between(good_to, day, later)
        day = later
    expected = [(good_to - timedelta(days=s), s) for s in (90, 30, 0) if date(2025, 9, 1) < good_to - timedelta(days=s) <= day]
    assert found == expected
