"""Whom to believe: never a lesser, older value; the same answer twice; agreement seen from both sides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.register.rules.amending import FIELD_OF, PERSON_FIELDS
from linli.register.rules.needs import Basis, Kept, Need, may_be_kept, next_check
from linli.register.rules.precedence import Source, Told, Verdict, decide, fields, order

MONDAY = date(2026, 3, 2)
VALUES = st.sampled_from(["", "甲", "乙", "A 1", "ａ1"])
TOLD = st.builds(
    Told, VALUES, st.sampled_from([source.value for source in Source]), st.dates(date(2023, 1, 1), date(2026, 12, 31))
)
FIELD = st.sampled_from(sorted(fields()))


@given(FIELD, TOLD, TOLD)
def test_a_lesser_older_value_is_never_taken(field: str, known: Told, told: Told) -> None:
    ranks = order()
    if known.value and ranks[field, told.source].rank > ranks[field, known.source].rank and told.on <= known.on:
        assert decide(field, known, told) is not Verdict.TAKE


@given(FIELD, TOLD, TOLD)
def test_agreement_is_seen_from_both_sides(field: str, known: Told, told: Told) -> None:
    there, back = decide(field, known, told), decide(field, told, known)
    assert (there is Verdict.AGREE) == (back is Verdict.AGREE)
    assert not (there is Verdict.TAKE and back is Verdict.TAKE and known.value and told.value)
    assert decide(field, known, told) is there


@given(FIELD, TOLD, TOLD)
def test_nothing_said_erases_nothing(field: str, known: Told, told: Told) -> None:
    assert decide(field, known, told._replace(value=" ")) is Verdict.KEEP
    if told.value:
        assert decide(field, known._replace(value=""), told) is Verdict.TAKE


@given(FIELD, st.lists(TOLD, min_size=1, max_size=6))
def test_what_was_taken_is_told_again_without_effect(field: str, told: list[Told]) -> None:
    """A file that comes twice changes nothing the second time."""
    known = told[0]
    for one in told[1:]:
        verdict = decide(field, known, one)
        if verdict is Verdict.TAKE:
            known = one
        if verdict is Verdict.TAKE and one.value:
            assert decide(field, known, one) is Verdict.AGREE


@pytest.mark.parametrize(
    ("field", "known", "told", "expected"),
    [
        # A door check of last week against this week's file of a lesser source.
        ("address", ("3号楼", "door", -7), ("5号楼", "police", 0), Verdict.CONFLICT),
        ("address", ("3号楼", "door", -7), ("5号楼", "file", -30), Verdict.CONFLICT),
        ("address", ("3号楼", "door", -181), ("5号楼", "police", 0), Verdict.TAKE),
        ("address", ("3号楼", "door", -180), ("5号楼", "police", 0), Verdict.CONFLICT),
        ("address", ("3号楼", "police", -7), ("5号楼", "door", 0), Verdict.TAKE),
        ("address", ("3号楼", "police", 0), ("5号楼", "door", -7), Verdict.CONFLICT),
        # The same source: its newer word counts, its older is old news.
        ("phone", ("1", "police", -7), ("2", "police", 0), Verdict.TAKE),
        ("phone", ("1", "police", 0), ("2", "police", -7), Verdict.KEEP),
        ("phone", ("1", "police", 0), ("2", "police", 0), Verdict.CONFLICT),
        ("phone", ("1", "police", 0), ("2", "resident", 0), Verdict.TAKE),
        # A document decides who somebody is, however old it was when seen.
        ("name", ("张三", "document", -900), ("张山", "police", 0), Verdict.CONFLICT),
        ("name", ("张山", "police", -7), ("张三", "document", 0), Verdict.TAKE),
        ("name", ("张三", "document", -900), (" 张三 ", "employer", 0), Verdict.AGREE),
    ],
)
def test_cases(field: str, known: tuple[str, str, int], told: tuple[str, str, int], expected: Verdict) -> None:
    mine, theirs = (Told(value, source, MONDAY + timedelta(days=days)) for value, source, days in (known, told))
    assert decide(field, mine, theirs) is expected


def test_the_fields_of_a_file_have_an_order() -> None:
    told = {FIELD_OF.get(name, name) for name in PERSON_FIELDS} - {"key"}
    assert told <= fields()
    assert {"address", "residence", "relation", "hukou_region", "hukou_address", "since"} <= fields()
    assert "needs" not in fields(), "help is kept by consent, not by whom one believes"


def test_a_field_or_source_without_an_order_is_an_error() -> None:
    with pytest.raises(KeyError):
        decide("shoe_size", Told("1", "door", MONDAY), Told("2", "door", MONDAY))


def test_a_need_is_kept_on_consent_or_a_named_law_alone() -> None:
    kept = Kept(Need.POWER, "door", Basis.CONSENT, MONDAY, agreed_on=MONDAY, withdrawn_on=MONDAY + timedelta(days=10))
    assert not may_be_kept(kept, MONDAY - timedelta(days=1))
    assert may_be_kept(kept, MONDAY + timedelta(days=9))
    assert not may_be_kept(kept, MONDAY + timedelta(days=10))
    assert not may_be_kept(Kept(Need.SIGHT, "door", Basis.CONSENT, MONDAY), MONDAY)
    assert not may_be_kept(Kept(Need.SIGHT, "door", Basis.LAW, MONDAY), MONDAY)
    assert may_be_kept(Kept(Need.SIGHT, "door", Basis.LAW, MONDAY, law="突发事件应对法"), MONDAY)


def test_needs_are_asked_about_again() -> None:
    assert next_check(Kept(Need.SIGHT, "door", Basis.CONSENT, MONDAY)) == MONDAY + timedelta(days=180)
    checked = Kept(Need.POWER, "door", Basis.CONSENT, MONDAY, checked_on=MONDAY + timedelta(days=30))
    assert next_check(checked) == MONDAY + timedelta(days=120)
