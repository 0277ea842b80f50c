"""The ground floor: ids, references, weeks, words, errors, actors, citizen numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import citizen_number, ids
from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound, Where
from linli.kernel.weeks import Week
from linli.kernel.words import SENTENCES, Words, sentence

MONDAYS = st.integers(0, 5000).map(lambda n: date(1950, 1, 2) + timedelta(weeks=n))


def test_ids_are_versioned_distinct_and_sorted_by_time() -> None:
    made = [ids.new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert {(i.version, i.variant) for i in made} == {(7, "specified in RFC 4122")}
    stamps = [i.int >> 80 for i in made]
    assert stamps == sorted(stamps)


@given(st.text(ids.ALPHABET, min_size=3, max_size=10), st.integers(0, 9), st.sampled_from(ids.ALPHABET))
def test_a_reference_notices_every_single_error(body: str, place: int, sign: str) -> None:
    whole = body + ids.check_character(body)
    assert ids.is_reference(whole)
    at = place % len(whole)
    assert ids.is_reference(whole[:at] + sign + whole[at + 1 :]) is (sign == whole[at])


@given(st.text(ids.ALPHABET, min_size=3, max_size=10), st.integers(0, 9))
def test_a_reference_notices_every_swap_of_neighbours(body: str, place: int) -> None:
    whole = body + ids.check_character(body)
    at = place % (len(whole) - 1)
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]
    assert ids.is_reference(swapped) is (swapped == whole)


def test_a_reference_is_read_as_people_write_it() -> None:
    reference = ids.new_reference()
    assert ids.is_reference(reference.lower().replace("-", " "))
    for wrong in ("", "-", "7", "OOOO-OOOO", "汉字"):
        assert not ids.is_reference(wrong)


@given(MONDAYS)
def test_a_week_is_written_and_read_back(monday: date) -> None:
    week = Week(monday)
    assert Week.parse(str(week)) == week
    assert Week.parse(f" {week} ") == week
    assert (week.first_day, week.last_day) == (monday - timedelta(days=7), monday - timedelta(days=1))
    assert week.next().back() == week
    assert week.back(3) < week
    assert week - week.back(3) == 3
    assert [Week.of(monday + timedelta(days=n)) == week for n in (-1, 0, 6, 7)] == [False, True, True, False]


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-47", "2026-W54", "2026-W00", "2025-W53", "26-W01", "0001-W01", "9999-W52", "2026-W4x", "２０２６-W47"],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"week|far"):
        Week.parse(text)


def test_a_week_of_53_exists_where_the_year_has_one() -> None:
    assert Week.parse("2026-W53").monday == date(2026, 12, 28)
    with pytest.raises(ValueError, match="not a Monday"):
        Week(date(2026, 11, 17))


def test_a_week_begins_at_midnight_in_its_own_zone() -> None:
    week = Week.parse("2026-W47")
    assert week.starts_at("Asia/Shanghai") == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week.starts_at("Europe/Prague") == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert Week.parse("2026-W14").starts_at("Europe/Prague") == datetime(2026, 3, 29, 22, tzinfo=UTC)


DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(0, 999))
def test_a_number_that_is_made_is_valid_and_tells_birth_and_sex(birth: date, sequence: int) -> None:
    number = citizen_number.make(birth, sequence)
    assert citizen_number.is_valid(number)
    assert citizen_number.birth_date(number) == birth
    assert citizen_number.sex(number) == ("1" if sequence % 2 else "2")
    assert number.startswith(citizen_number.NEVER_ISSUED_REGION)


@given(DAYS, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(birth: date, sequence: int, place: int, shift: int) -> None:
    number = citizen_number.make(birth, sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not citizen_number.is_valid(wrong)


@given(st.text(max_size=20))
def test_any_text_is_judged_without_a_fault(text: str) -> None:
    assert citizen_number.is_valid(citizen_number.normalise(text)) in (True, False)


def test_numbers_as_people_type_them() -> None:
    number = citizen_number.make(date(1980, 1, 1), 15)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for typed in (wide, f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}", number.lower(), f"　{number}　"):
        assert citizen_number.normalise(typed) == number
    # The published example of GB 11643 and its check character.
    assert citizen_number.check_character("11010519491231002") == "X"
    assert citizen_number.is_valid("11010519491231002X")
    for wrong in ("110105194912310021", "11010519491331002X", "1101051949123100", "", "²" * 18):
        assert not citizen_number.is_valid(wrong)
    for bad in ("1" * 16, "a" * 17, "²" * 17):
        with pytest.raises(ValueError, match="17 digits"):
            citizen_number.check_character(bad)


def test_a_sentence_is_declared_once() -> None:
    key = sentence("test.kernel", "%(n)s thing", "%(n)s things", count="n")
    try:
        assert sentence("test.kernel", "%(n)s thing", "%(n)s things", count="n") == key
        with pytest.raises(ValueError, match="declared twice"):
            sentence("test.kernel", "another")
        with pytest.raises(ValueError, match="plural needs both"):
            sentence("test.kernel_two", "one", "many")
        words = Words(key, {"n": 3})
        assert Words.from_json(words.as_json()) == words
        told = BadInput(key, where=Where("a.csv", 7, "姓名"), n=3)
        assert str(told) == "a.csv, row 7, column 姓名: 3 things"
    finally:
        SENTENCES.pop("test.kernel", None)
    assert [fault.status for fault in (BadInput, NotAllowed, NotFound, Conflict)] == [400, 403, 404, 409]


def test_scope_of_an_actor() -> None:
    here, there, grid, other = (ids.new_id() for _ in range(4))
    clerk = Actor(ids.new_id(), "desk_clerk", frozenset({"case.read"}), frozenset({here}))
    assert (clerk.sees_community(here), clerk.sees_community(there)) == (True, False)
    assert clerk.sees_grid(grid)
    assert clerk.sees_grid(None)
    worker = replace(clerk, grids=frozenset({grid}))
    assert (worker.sees_grid(grid), worker.sees_grid(other), worker.sees_grid(None)) == (True, False, False)
    assert (clerk.may("case.read"), clerk.may("case.work"), clerk.may("*")) == (True, False, False)
    assert SYSTEM.may("anything")
    assert SYSTEM.sees_community(there)
    assert not PUBLIC.sees_community(here)
