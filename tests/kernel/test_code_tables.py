"""Code tables: every file reads, words find their code, history stays readable, lists merge by their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.code_tables import FILES, Code, CodeTable, merge, read, table, use, write
from linli.kernel.periods import months_later, years_later


@pytest.mark.parametrize("standard", FILES)
def test_every_table_reads_and_speaks_both_languages(standard: str) -> None:
    codes = table(standard)
    assert codes.rows
    for row in codes.rows:
        assert row.source
        assert codes.name(row.code, "zh-hans") != row.code
        if standard != "GB/T 2260":
            assert codes.name(row.code, "en").isascii() or "'" in row.en
            assert codes.code(row.zh) == row.code
            assert codes.code(row.en) == row.code
    assert read(write(codes.rows)) == list(codes.rows)


def test_words_are_found_however_they_are_typed() -> None:
    assert table("GB/T 3304").code("ＨＡＮ") == "01"
    assert table("GB/T 3304").code(" 汉 族") == "01"
    assert table("GB/T 2261.1").code("f") == "2"
    assert table("GB/T 4762").code("中共党员") == "01"
    assert table("GB/T 31000 reason of coming").code("打工") == "01"
    assert table("GB/T 4761 one digit").name("1", "zh") == "配偶"
    assert table("GB/T 3304").code("火星族") is None
    assert table("GB/T 3304").name("77") == "77"
    with pytest.raises(KeyError):
        table("GB/T 0")


def test_regions_that_are_gone_are_still_called_something() -> None:
    regions = table("GB/T 2260")
    assert regions.name("341400", "zh") == "巢湖市"
    assert "341400" not in regions.codes()
    assert "341400" in regions.codes(date(2010, 1, 1))
    assert regions.name("510200", "zh", date(1980, 1, 1)) == "重庆市"
    assert regions.codes(date(1990, 1, 1)).count("500000") == 0
    # There is no other 重庆市 today, but the abolished code carries the same name: the valid one is meant.
    assert regions.code("重庆市") == "500000"
    assert regions.code("重庆市", date(1985, 1, 1)) == "510200"
    assert regions.name("130100", "en") == "石家庄市"
    assert len([code for code in regions.codes() if code.endswith("0000") and code[0] != "9"]) == 34
    assert len([code for code in regions.codes() if code[4:] == "00" and code[2:4] != "00" and code[0] != "9"]) == 333


def test_a_code_reused_is_read_by_its_day() -> None:
    codes = CodeTable(
        "test", [Code("1", "旧", "old", (), None, date(2000, 1, 1)), Code("1", "新", "new", (), date(2000, 1, 1), None)]
    )
    assert codes.name("1") == "new"
    assert codes.name("1", "zh", date(1999, 12, 31)) == "旧"
    assert codes.name("1", "zh", date(2000, 1, 1)) == "新"
    with pytest.raises(ValueError, match="overlap"):
        CodeTable("test", [Code("1", "甲", ""), Code("1", "乙", "")])


def test_two_codes_of_one_name_are_neither() -> None:
    assert CodeTable("test", [Code("1", "鼓楼区", ""), Code("2", "鼓楼区", "")]).code("鼓楼区") is None


@pytest.mark.parametrize(
    "text",
    [
        "code,zh\n1,x\n",
        "code,zh,en,also,valid_from,valid_to,source\n1,,x,,,,s\n",
        "code,zh,en,also,valid_from,valid_to,source\n1,x\n",
    ],
)
def test_a_bad_file_says_where(text: str) -> None:
    with pytest.raises(ValueError, match=r"line \d"):
        read(text)


def test_a_bad_date_says_where() -> None:
    with pytest.raises(ValueError, match="line 2"):
        read("code,zh,en,also,valid_from,valid_to,source\n1,x,,,2020-13-01,,s\n")


LISTS = st.lists(
    st.dictionaries(
        st.sampled_from(["110101", "110102", "320101", "320102"]), st.sampled_from(["甲县", "乙区", "丙市"]), max_size=4
    ),
    min_size=1,
    max_size=5,
)


@given(LISTS, st.sampled_from(["", "11", "32"]))
def test_merged_lists_say_of_each_day_what_the_list_of_that_day_said(lists: list[dict[str, str]], under: str) -> None:
    """Against the slow truth: keep all lists, look into the one that was newest on the day."""
    rows: list[Code] = []
    days = [date(2000 + at, 1, 1) for at in range(len(lists))]
    for day, listed in zip(days, lists, strict=True):
        rows = merge(rows, listed, on=day, source="list", under=under)
    codes = CodeTable("test", rows)
    for day, listed in zip(days, lists, strict=True):
        for offset in (0, 300):
            on = date.fromordinal(day.toordinal() + offset)
            expected = {code: name for code, name in listed.items() if code.startswith(under)}
            assert {code: codes.name(code, "zh", on) for code in codes.codes(on)} == expected
    assert merge(rows, lists[-1], on=days[-1], source="list", under=under) == rows


def test_lists_are_taken_in_their_order() -> None:
    rows = merge([], {"1": "甲"}, on=date(2020, 1, 1), source="list")
    with pytest.raises(ValueError, match="in their order"):
        merge(rows, {"1": "乙"}, on=date(2019, 1, 1), source="list")


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    use(tmp_path)
    yield tmp_path
    use(None)


def test_an_installation_may_have_newer_tables(own_folder: Path) -> None:
    (own_folder / "gbt_2260.csv").write_text(write([Code("110101", "东城区", "", (), None, None, "own")]), encoding="utf-8")
    assert table("GB/T 2260").name("110101", "zh") == "东城区"
    assert table("GB/T 3304").name("01", "zh") == "汉族"


@given(st.dates(date(1900, 1, 1), date(2090, 1, 1)), st.integers(-600, 600))
def test_months_end_on_the_day_of_the_same_number_or_the_last(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and date.fromordinal(later.toordinal() + 1).day == 1)


def test_a_leap_day_comes_of_age_on_the_28th() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
