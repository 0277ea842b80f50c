"""What cells mean: every way a date is written, times in zones with summer time, numbers; refusals with reasons."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.intake import parse
from linli.kernel.citizen_number import make
from linli.kernel.errors import BadInput

DAYS = st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 12, 31))
HAN = "〇一二三四五六七八九"


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


STYLES = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year:04d}{d.month:02d}{d.day:02d}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f" {d.year}年{d.month:02d}月{d.day:02d}日 ",
    lambda d: wide(d.isoformat()),
    lambda d: f"{d.isoformat()} 00:00:00",
    lambda d: f"{d.isoformat()}T00:00:00",
    lambda d: "".join(HAN[int(c)] for c in f"{d.year}") + f"年{han(d.month)}月{han(d.day)}日",
]


@given(DAYS, st.sampled_from(STYLES))
def test_a_date_is_the_same_in_every_style(day: date, style: object) -> None:
    assert parse.day(style(day)) == day  # type: ignore[operator]


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2100, 1, 1)))
def test_spreadsheet_serials(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert parse.day(str(serial)) == parse.day(f"{serial}.0") == day


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1953-02-30", "no_such_day"),
        ("1985年13月1日", "no_such_day"),
        ("19850229", "no_such_day"),
        ("一九八五年二月三十日", "no_such_day"),
        ("85-3-7", "two_digit_year"),
        ("07/03/1985", "two_digit_year"),
        ("850307", "two_digit_year"),
        ("1085-03-07", "year_out"),
        ("不详", "not_a_date"),
        ("1985", "not_a_date"),
        ("1985-03", "not_a_date"),
        ("²⁰²⁶⁰¹⁰¹", "not_a_date"),
    ],
)
def test_what_is_no_date_says_why(text: str, key: str) -> None:
    with pytest.raises(BadInput) as fault:
        parse.day(text)
    assert fault.value.words.key == f"intake.cell.{key}"
    assert fault.value.remedy
    assert text not in str(fault.value)


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    parsers = [
        parse.day,
        parse.instant,
        parse.instant.bind({"zone": "Asia/Shanghai"}),
        parse.integer,
        parse.decimal,
        parse.number,
        parse.longitude,
        parse.latitude,
        parse.citizen_number,
        parse.telephone,
        parse.yes_no,
        parse.code({"1"}),
        parse.text(5),
    ]
    for parser in parsers:
        with suppress(BadInput):
            parser(text)


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2037, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "Europe/Prague", "America/New_York", "Australia/Lord_Howe"]),
)
def test_a_time_in_its_zone_is_its_instant_or_did_not_exist(naive: datetime, zone: str) -> None:
    naive = naive.replace(microsecond=0, fold=0)
    here = ZoneInfo(zone)
    instants = [u for h in range(-15, 16) for m in (0, 30) if (u := naive.replace(tzinfo=UTC) + timedelta(hours=h, minutes=m))
                and u.astimezone(here).replace(tzinfo=None) == naive]  # fmt: skip
    read = parse.instant.bind({"zone": zone})
    if not instants:
        with pytest.raises(BadInput, match="did not exist"):
            read(naive.isoformat(" "))
        return
    assert read(naive.isoformat(" ")) == min(instants)
    assert parse.instant.bind({"zone": zone, "ambiguous": "second"})(naive.isoformat()) == max(instants)
    if len(instants) > 1:
        with pytest.raises(BadInput, match="came twice"):
            parse.instant.bind({"zone": zone, "ambiguous": "refuse"})(naive.isoformat())


@pytest.mark.parametrize(
    "text",
    ["2026-11-09 14:30", "2026/11/9 14:30", "2026年11月9日 14:30", "2026年11月9日14时30分", "20261109143000", "202611091430",
     "2026-11-09T14:30:00+08:00", "2026-11-09T06:30:00Z", "２０２６-１１-０９ １４:３０"],
)  # fmt: skip
def test_a_time_in_every_style(text: str) -> None:
    assert parse.instant.bind({"zone": "Asia/Shanghai"})(text) == datetime(2026, 11, 9, 6, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(BadInput, match="says no zone"):
        parse.instant("2026-11-09 14:30")
    assert parse.instant("2026-11-09T14:30+08:00") == datetime(2026, 11, 9, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"), [("12.50", "12.50"), ("1,234.5", "1234.5"), ("−3", "-3"), ("１２", "12"), (".5", "0.5")]
)
def test_decimals(text: str, value: str) -> None:
    assert parse.decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,23", "NaN", "inf", "1e400", "3元", "0x1", "1 2", "--1", "١"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(BadInput):
        parse.decimal(text)


def test_whole_numbers_and_bounds() -> None:
    assert parse.integer("3.0") == parse.integer("３") == 3
    for huge in ("9" * 30, "9" * 400, "1e80"):
        with pytest.raises(BadInput):
            parse.integer(huge)
    with pytest.raises(BadInput, match="whole"):
        parse.integer("3.5")
    assert parse.longitude("121.47") == 121.47
    with pytest.raises(BadInput, match="between -90 and 90"):
        parse.latitude("121.47")


def test_citizen_numbers_say_which_test_failed() -> None:
    good = make(date(1985, 3, 7), 12)
    assert parse.citizen_number(f" {wide(good)} ".lower()) == good
    wrong_check = good[:17] + ("0" if good[17] != "0" else "1")
    for text, key in ((good[:15], "id_length"), (good[:10] + "1345" + good[14:], "id_date"), (wrong_check, "id_check")):
        with pytest.raises(BadInput) as fault:
            parse.citizen_number(text)
        assert fault.value.words.key == f"intake.cell.{key}"


def test_telephones_yes_no_and_codes() -> None:
    assert parse.telephone("000 5550-1234") == "00055501234"
    assert parse.telephone("+86 (000) 5550 1234") == "+8600055501234"
    assert [parse.yes_no(t) for t in ("是", "否", "Y", "0", "无")] == [True, False, True, False, False]
    assert parse.code({"1", "2"})("１") == "1"
    for parser, text in ((parse.telephone, "请问"), (parse.yes_no, "也许"), (parse.code({"1"}), "3"), (parse.text(2), "三个字")):
        with pytest.raises(BadInput):
            parser(text)  # type: ignore[operator]
