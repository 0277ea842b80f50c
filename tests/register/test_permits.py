"""Residence permits against a reference that lives every day, and what is missing told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.periods import months_later, years_later
from linli.register.rules.permits import (
    Application,
    Ground,
    Paper,
    Permit,
    State,
    Unmet,
    answer,
    issue_by,
    may_be_represented,
    standing,
)

DAYS = st.dates(date(2020, 1, 1), date(2024, 12, 31))


def lived(permit: Permit, until: date) -> tuple[State, int, date]:
    """State, years shown and next due day on ``until``: every day from the issue is lived through, one after the other."""
    day, begun, years_endorsed, suspended = permit.issued, permit.issued, 0, False
    while True:
        due = years_later(begun, years_endorsed + 1)
        if day > due:
            suspended = True
        if day in permit.endorsed and day > permit.issued:
            if suspended:
                begun, years_endorsed, suspended = day, 0, False
            elif day >= months_later(due, -1):
                years_endorsed += 1
        if day == until:
            break
        day += timedelta(days=1)
    due = years_later(begun, years_endorsed + 1)
    full = 0
    while years_later(begun, full + 1) <= until:
        full += 1
    years = min(full, years_endorsed + 1)
    if permit.ended is not None and permit.ended <= until:
        return State.ENDED, years, due
    return (State.SUSPENDED if suspended else State.DUE if until >= months_later(due, -1) else State.VALID), years, due


@settings(max_examples=150, deadline=None)
@given(DAYS, st.lists(st.integers(1, 1800), max_size=6), st.integers(0, 1900), st.none() | st.integers(1, 1900))
def test_a_permit_stands_as_if_every_day_were_lived(issued: date, endorsed: list[int], later: int, ended: int | None) -> None:
    days = tuple(issued + timedelta(days=days) for days in endorsed)
    permit = Permit(issued, days, issued + timedelta(days=ended) if ended is not None else None)
    on = issued + timedelta(days=later)
    state, years, due = lived(permit, on)
    found = standing(permit, on)
    assert (found.state, found.years) == (state, years)
    if state is not State.ENDED:
        assert (found.due, found.opens) == (due, months_later(due, -1))


@settings(max_examples=100, deadline=None)
@given(DAYS, st.lists(st.integers(-31, 31), min_size=1, max_size=4))
def test_endorsed_around_the_due_day(issued: date, offsets: list[int]) -> None:
    """Most days drawn at random lie nowhere near a due day; these do."""
    endorsed: list[date] = []
    for offset in offsets:
        after = standing(Permit(issued, tuple(endorsed)), max([issued, *endorsed]))
        assert after.due is not None
        endorsed.append(max(after.due + timedelta(days=offset), issued + timedelta(days=1)))
    permit = Permit(issued, tuple(endorsed))
    for day in (*endorsed, *(on + timedelta(days=1) for on in endorsed), *(years_later(on, 1) for on in endorsed)):
        state, years, due = lived(permit, day)
        found = standing(permit, day)
        assert (found.state, found.years, found.due) == (state, years, due)


def test_the_years_of_one_permit() -> None:
    permit = Permit(date(2022, 3, 10), (date(2023, 3, 1), date(2024, 5, 2)))
    told = {
        date(2022, 3, 9): State.NOT_YET,
        date(2022, 3, 10): State.VALID,
        date(2023, 2, 9): State.VALID,
        date(2023, 2, 10): State.DUE,
        date(2023, 3, 1): State.VALID,
        date(2024, 3, 10): State.DUE,
        date(2024, 3, 11): State.SUSPENDED,
        date(2024, 5, 1): State.SUSPENDED,
        date(2024, 5, 2): State.VALID,
    }
    assert {day: standing(permit, day).state for day in told} == told
    assert standing(permit, date(2024, 3, 10)).years == 2
    assert standing(permit, date(2024, 5, 2)).years == 0
    assert standing(permit, date(2024, 5, 2)).due == date(2025, 5, 2)


def test_what_is_missing_is_told_once_and_completely() -> None:
    bare = Application(
        day=date(2026, 3, 2),
        born=date(1990, 1, 1),
        lives_since=date(2025, 12, 1),
        city="3301",
        hukou_city="3301",
        grounds=frozenset(),
        papers=frozenset(),
        represented=True,
    )
    found = answer(bare)
    assert found.unmet == (Unmet.SAME_CITY, Unmet.TOO_SHORT, Unmet.NO_GROUND, Unmet.MUST_COME_IN_PERSON)
    assert found.missing == (
        *(Paper.IDENTITY, Paper.PHOTO, Paper.PROOF_OF_ADDRESS),
        *(Paper.IDENTITY_OF_REPRESENTATIVE, Paper.KINSHIP),
    )
    assert found.from_day == date(2026, 6, 1)


@given(st.sets(st.sampled_from(list(Ground)), min_size=1), st.sets(st.sampled_from(list(Paper))))
def test_who_brings_what_was_named_has_everything(grounds: set[Ground], papers: set[Paper]) -> None:
    """One proof of one ground is enough; nobody is sent home a second time for something not named the first time."""
    brought = Application(
        day=date(2026, 3, 2),
        born=date(2012, 1, 1),
        lives_since=date(2025, 1, 1),
        city="3301",
        hukou_city="3401",
        grounds=frozenset(grounds),
        papers=frozenset(papers),
        represented=True,
    )
    first = answer(brought)
    again = answer(replace(brought, papers=brought.papers | set(first.missing)))
    assert not first.unmet
    assert again.complete


@pytest.mark.parametrize(
    ("born", "frail", "may"),
    [
        (date(2010, 3, 3), False, True),
        (date(2010, 3, 2), False, False),
        (date(1940, 1, 1), False, False),
        (date(1940, 1, 1), True, True),
    ],
)
def test_who_may_be_represented(born: date, frail: bool, may: bool) -> None:
    assert may_be_represented(born, date(2026, 3, 2), frail=frail) is may


def test_the_last_day_for_issuing() -> None:
    assert issue_by(date(2026, 3, 2)) == date(2026, 3, 17)
