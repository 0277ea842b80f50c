"""Status, ages, codes, needs, masks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.facts import AGE_BANDS
from linli.register.rules import ages, codes, masking, needs
from linli.register.rules.residence import Status, claim, hukou_is_here, status

HERE = "999901001001"


@pytest.mark.parametrize(
    ("lives", "here", "region", "document", "expected"),
    [
        (True, True, "999901", "111", Status.PERMANENT),
        (False, True, "999901", "111", Status.ABSENT),
        (True, False, "340000", "111", Status.FLOATING),
        (True, False, "999902", "111", Status.LODGING),
        (True, None, "", "414", Status.OVERSEAS),
        (True, True, "", "516", Status.OVERSEAS),
        (True, None, "", "111", Status.UNSTATED),
    ],
)
def test_status_follows_from_hukou_and_residence(
    lives: bool, here: bool | None, region: str, document: str, expected: Status
) -> None:
    assert status(lives_here=lives, here=here, region=region, community_code=HERE, document=document) is expected


def test_what_a_source_says_decides_only_where_nothing_else_does() -> None:
    said = Status.FLOATING
    assert status(lives_here=True, here=False, region="999902", community_code=HERE, said=said) is Status.LODGING
    assert status(lives_here=True, here=False, region="", community_code=HERE, said=said) is Status.FLOATING


def test_where_the_hukou_is() -> None:
    assert hukou_is_here(Status.PERMANENT, "", HERE) is True
    assert hukou_is_here(Status.LODGING, "999901", HERE) is False
    assert hukou_is_here(None, "340000", HERE) is False
    assert hukou_is_here(None, "999901", HERE) is None
    assert claim("户籍人口") is Status.PERMANENT
    assert claim("什么") is None


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40_000))
def test_age_counts_birthdays(born: date, later: int) -> None:
    day = born + timedelta(days=later)
    birthdays = sum(
        1 for year in range(born.year + 1, day.year + 1) if (year, born.month, born.day) <= (day.year, day.month, day.day)
    )
    assert ages.age_on(born, day) == birthdays
    assert ages.band(ages.age_on(born, day)) in AGE_BANDS


def test_bands_are_those_of_the_facts() -> None:
    assert ages.BANDS == AGE_BANDS
    assert [ages.coarse_of_band(ages.band(age)) for age in (0, 14, 15, 59, 60, 64, 65, 101)] == [
        *("under_15", "under_15", "15_59", "15_59", "60_64", "60_64", "65_over", "65_over")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("02", "02"), ("0", "02"), ("1", "10"), ("户主", "02"), ("妻", "12"), ("女儿", "30"), ("7", "70"), ("邻居", None)],
)
def test_relations_in_three_forms(text: str, code: str | None) -> None:
    assert codes.relation(text) == code


def test_tables() -> None:
    assert codes.ethnicity("汉族") == codes.ethnicity("汉") == codes.ethnicity("01") == "01"
    assert codes.ethnicity("土家族") == "15"
    assert len(codes.ETHNICITIES) == 56
    assert codes.education("21") == codes.education("本科") == "20"
    assert codes.document("护照") == "414"
    assert codes.sex("男") == "1"
    assert codes.province("340000") == "34"
    assert codes.province("") == "00"
    assert not codes.is_family("99")
    assert not codes.is_family("02")
    assert codes.is_family("12")


def test_needs_are_functions_not_illnesses() -> None:
    assert needs.parse("上下楼、用餐") == (frozenset({needs.Need.STAIRS, needs.Need.MEALS}), "")
    assert needs.parse("无") == (frozenset(), "")
    assert needs.parse("糖尿病")[1] == "糖尿病"


def test_masks() -> None:
    assert masking.masked_number("99999919540307002X") == "*" * 16 + "2X"
    assert masking.masked_phone("00055501234") == "000****1234"
    assert masking.masked_address("柳荫苑3号楼2单元501室") == "柳荫苑***"
    assert masking.masked_phone("55512") == "*****"
