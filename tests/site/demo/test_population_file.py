from __future__ import annotations

import itertools
from collections import Counter
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from linli.intake import parse
from linli.kernel import citizen_number
from linli.kernel.weeks import Week
from linli.site.demo.mappings import POPULATION_HEADINGS, SHEET, SHEET_TITLE
from linli.site.demo.population_file import as_workbook, written_date

from .conftest import Delivery

NUMBER, BIRTH, NAME, KIND, CHANGE, DAY = "公民身份号码", "出生日期", "姓名", "证件类型", "变动类别", "核实日期"


def csv_weeks(delivery: Delivery) -> list[str]:
    return [week for week in delivery.weeks if delivery.population_path(week).suffix == ".csv"]


def test_encodings_are_what_real_senders_use(main: Delivery) -> None:
    kinds = Counter()
    for week in main.weeks:
        path = main.population_path(week)
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            kinds["workbook"] += 1
        elif data.startswith(b"\xef\xbb\xbf"):
            data.decode("utf-8")
            kinds["utf-8"] += 1
        else:
            with pytest.raises(UnicodeDecodeError):
                data.decode("utf-8")
            data.decode("gb18030")
            kinds["gb18030"] += 1
    assert kinds == {"workbook": 1, "utf-8": 1, "gb18030": len(main.weeks) - 2}


def test_the_workbook_is_read_by_both_readers(main: Delivery) -> None:
    path = next(path for path in main.folder.rglob("人口_*.xlsx"))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()
    assert rows[0][0] == SHEET_TITLE
    assert tuple(rows[1]) == POPULATION_HEADINGS
    book = openpyxl.load_workbook(path, read_only=True)
    other = [tuple(cell or "" for cell in row) for row in book[SHEET].iter_rows(min_row=2, values_only=True)]
    book.close()
    assert [tuple(row) for row in rows[1:]] == [tuple(list(row) + [""] * (len(POPULATION_HEADINGS) - len(row))) for row in other]
    assert len(rows) > 2500


@given(st.lists(st.lists(st.text("甲乙<>&\"' 12ab", min_size=1, max_size=5), min_size=1, max_size=4), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_cell_survives_the_workbook(rows: list[list[str]]) -> None:
    from io import BytesIO

    rows = [[f"x{cell.strip()}" for cell in row] for row in rows]
    found = (
        CalamineWorkbook.from_filelike(BytesIO(as_workbook([",".join(row) for row in rows]))).get_sheet_by_index(0).to_python()
    )
    assert [[cell for cell in row if cell] for row in found[1:]] == rows


def test_weekly_figures_are_those_of_a_real_station(main: Delivery) -> None:
    rows = {week: main.population(week) for week in csv_weeks(main)}
    total = Counter(row[CHANGE] for week in list(rows)[1:] for row in rows[week])
    weeks, scale = len(rows) - 1, 2600 / 9000
    assert total["迁入"] / weeks == pytest.approx(43 * scale, rel=0.25)
    assert total["出生"] / weeks == pytest.approx(8 * scale, rel=0.35)
    assert total["死亡"] / weeks == pytest.approx(5 * scale, rel=0.45)
    assert 19 * scale * 0.7 < total["迁出"] / weeks < 19 * scale * 2.4
    assert total["变更"] > weeks
    for week, found in rows.items():
        assert {row[CHANGE] for row in found} <= {"登记", "迁入", "迁出", "出生", "死亡", "变更"}
        assert 2300 < len(found) < 3000
        seven = Week.parse(week)
        assert all(seven.first_day.isoformat() <= row[DAY] <= seven.last_day.isoformat() for row in found)
        assert all(bool(row["变动日期"]) == (row[CHANGE] != "登记") for row in found)


def test_who_left_or_died_is_told_once_and_then_gone(main: Delivery) -> None:
    gone: dict[str, str] = {}
    for week in csv_weeks(main):
        for row in main.population(week):
            if row[NUMBER] and row[NUMBER] in gone and row[CHANGE] in ("迁出", "死亡"):
                assert gone[row[NUMBER]] == week
        for row in main.population(week):
            if row[CHANGE] in ("迁出", "死亡") and row[NUMBER]:
                gone[row[NUMBER]] = week
    later = {row[NUMBER] for row in main.population(main.weeks[-1]) if row[CHANGE] == "登记"}
    shared = {number for number, times in Counter(row[NUMBER] for row in main.population(main.weeks[0])).items() if times > 1}
    assert not {number for number, week in gone.items() if week != main.weeks[-1]} & later - shared


def test_numbers_carry_the_never_issued_region_and_pass_the_checksum(main: Delivery, second: Delivery) -> None:
    for delivery in (main, second):
        checked = wrong = 0
        for week in csv_weeks(delivery):
            for row in delivery.population(week):
                if row[KIND] == "111":
                    assert row[NUMBER].startswith("999999")
                    checked += 1
                    wrong += not citizen_number.is_valid(row[NUMBER])
                else:
                    assert not row[NUMBER].startswith("999999")
        assert 0.0004 < wrong / checked < 0.0025


def test_the_slips_of_a_real_file_are_there(main: Delivery) -> None:
    doubled = impossible = rows = 0
    for week in csv_weeks(main):
        found = main.population(week)
        rows += len(found)
        doubled += sum(a == b for a, b in itertools.pairwise(found))
        impossible += sum("-02-30" in row[BIRTH] or row[BIRTH] > "2030" for row in found)
    assert 0.0006 < doubled / rows < 0.003
    assert 0.0003 < impossible / rows < 0.0025
    last = main.population(csv_weeks(main)[0])
    assert any(row[KIND] in ("414", "511", "516") for row in last)
    without = [row for row in last if not row[NUMBER]]
    assert 0.004 < len(without) / len(last) < 0.03
    empty = sum(not row["户号"] for row in last) / len(last)
    assert 0.02 < empty < 0.15
    assert 0.3 < sum(not row["登记号"] for row in last) / len(last) < 0.5
    assert {len(row[BIRTH].replace("年", "").replace("月", "").replace("日", "")) != len(row[BIRTH]) for row in last} == {
        True,
        False,
    }


def test_two_different_people_share_a_number_the_whole_time(main: Delivery) -> None:
    def pairs(week: str) -> set[str]:
        names: dict[str, set[str]] = {}
        for row in main.population(week):
            if row[NUMBER]:
                names.setdefault(row[NUMBER], set()).add(row[NAME])
        return {number for number, found in names.items() if len(found) > 1}

    assert 2 <= len(pairs(main.weeks[0])) <= 3


def test_names_are_mistyped_and_put_right_later(main: Delivery) -> None:
    names: dict[str, list[str]] = {}
    for week in csv_weeks(main):
        for row in main.population(week):
            if row["登记号"]:
                heard = names.setdefault(row["登记号"], [])
                if not heard or heard[-1] != row[NAME]:
                    heard.append(row[NAME])
    assert sum(len(heard) > 1 for heard in names.values()) >= 5


def test_no_telephone_number_belongs_to_anybody(main: Delivery) -> None:
    phones = {row["联系电话"] for row in main.population(main.weeks[0])} | {row["联系电话"] for _, row in main.new_reports()}
    assert all(phone.startswith("000 5550 ") and len(phone) == 13 for phone in phones - {""})


@given(st.dates(date(1925, 1, 1), date(2026, 12, 31)), st.integers(0, 3))
@settings(deadline=None)
def test_every_way_of_writing_a_day_is_read(day: date, style: int) -> None:
    assert parse.day(written_date(day, style)) == day
