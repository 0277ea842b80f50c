"""What may become a fact: a closed vocabulary of kinds, and every value checked against its own."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.facts import TABLES, Column, ColumnKind, Grade, Table
from linli.facts.table import AGE_BANDS, LOCAL_ONLY
from linli.kernel import citizen_number

NOTHING = pa.table({})


def _table(column: Column, grade: Grade = Grade.LOCAL) -> Table:
    if grade is Grade.LOCAL:
        return Table("things", grade, (column,), build=lambda *_: NOTHING)
    return Table("things", grade, (column,), source="resident", derive=lambda *_: NOTHING)


def _passes(kind: ColumnKind, value: Any) -> bool:
    column = Column("thing", kind)
    try:
        rows = pa.table({"thing": pa.array([value])})
        return bool(_table(column).checked(rows).num_rows == 1)
    except (ValueError, TypeError, OverflowError, pa.ArrowNotImplementedError):
        return False


NUMBERS = st.builds(
    lambda day, sequence: citizen_number.make(date(1920, 1, 1) + timedelta(days=day), sequence),
    st.integers(0, 38_000),
    st.integers(0, 999),
)
PHONES = st.integers(0, 9999).map(lambda n: f"0005550{n:04d}") | st.integers(13_000_000_000, 19_999_999_999).map(str)
NAMES = st.sampled_from(["韩宇军", "郭涛凯", "欧阳明月", "Li Wei", "Wang Xiaoming", "阿卜杜拉·买买提", "O’Brien"])
ADDRESSES = st.sampled_from(["书院街18弄柳荫苑1号楼1单元101室", "12 Bridge Lane, flat 3", "柳荫苑1-1-102", "No. 5"])
DAYS = st.dates(date(1920, 1, 1), date(2026, 11, 1))
BIRTHS = (
    DAYS.map(str)
    | DAYS.map(lambda d: f"{d:%Y%m%d}")
    | DAYS.map(lambda d: f"{d:%Y/%m/%d}")
    | DAYS.map(lambda d: f"{d:%Y年%m月%d日}")
)
TEXTS = [kind for kind in ColumnKind if Column("thing", kind).type == pa.string() and kind is not ColumnKind.TERM]


def test_no_kind_is_made_for_what_identifies() -> None:
    spoken = {kind.value for kind in ColumnKind}
    assert not spoken & {
        "name",
        "number",
        "phone",
        "telephone",
        "address",
        "birth",
        "birth_date",
        "day",
        "date",
        "text",
        "string",
    }


@given(st.sampled_from(TEXTS), NUMBERS | PHONES | NAMES | ADDRESSES | BIRTHS)
def test_what_identifies_passes_as_no_text(kind: ColumnKind, value: str) -> None:
    assert not _passes(kind, value)


@given(NUMBERS | PHONES | DAYS.map(str) | DAYS.map(lambda d: f"{d:%Y%m%d}"))
def test_no_number_passes_as_a_term(value: str) -> None:
    assert not _passes(ColumnKind.TERM, value)


@given(NUMBERS | PHONES)
def test_no_number_passes_as_a_figure(value: str) -> None:
    digits = int(value.rstrip("X"))
    if digits >= 1_000_000_000:
        for kind in (ColumnKind.COUNT, ColumnKind.MEASURE):
            assert not _passes(kind, digits)
            assert not _passes(kind, -digits)
            assert not _passes(kind, float(digits))


@given(DAYS)
def test_no_birth_date_passes_as_a_count(day: date) -> None:
    assert not _passes(ColumnKind.COUNT, int(f"{day:%Y%m%d}"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ColumnKind.PSEUDONYM, "00ff00ff00ff00ff"),
        (ColumnKind.GRID, "01"),
        (ColumnKind.BUILDING, "01a204a0-466a-7328-9d7e-5dcff8b1f0cd"),
        (ColumnKind.CELL, "-12:3456"),
        (ColumnKind.AGE_BAND, "85+"),
        (ColumnKind.CODE, "waste.beside_bins"),
        (ColumnKind.CODE, "occupancy_6005"),
        (ColumnKind.CODE, "upward_2026"),
        (ColumnKind.FLAG, True),
        (ColumnKind.COUNT, 50_000),
        (ColumnKind.MEASURE, 0.25),
        (ColumnKind.MEASURE, math.nan),
        (ColumnKind.INSTANT, datetime(2026, 11, 16, tzinfo=UTC)),
        (ColumnKind.WEEK, "2026-W47"),
        (ColumnKind.TERM, "垃圾"),
    ],
)
def test_what_belongs_there_passes(kind: ColumnKind, value: Any) -> None:
    assert _passes(kind, value)


def test_a_value_of_another_kind_is_named_but_not_repeated() -> None:
    column = Column("grid", ColumnKind.GRID)
    with pytest.raises(ValueError, match=r"things\.grid: 1 values are not of kind grid") as told:
        _table(column).checked(pa.table({"grid": ["01", None, "韩宇军"]}))
    assert "韩宇军" not in str(told.value)


def test_codes_that_are_declared_are_the_only_ones() -> None:
    column = Column("sex", ColumnKind.CODE, frozenset("12"))
    assert _table(column).checked(pa.table({"sex": ["1", "2", None]})).num_rows == 3
    with pytest.raises(ValueError, match="not of kind"):
        _table(column).checked(pa.table({"sex": ["1", "9"]}))


@given(st.lists(st.sampled_from([*AGE_BANDS, "1-2", "85", "00-4"]), max_size=6))
def test_age_bands_are_five_years_wide(bands: list[str]) -> None:
    rows = pa.table({"age_band": pa.array(bands, pa.string())})
    table = _table(Column("age_band", ColumnKind.AGE_BAND))
    if set(bands) <= set(AGE_BANDS):
        assert table.checked(rows).num_rows == len(bands)
    else:
        with pytest.raises(ValueError, match="not of kind"):
            table.checked(rows)


def test_an_undeclared_or_missing_column_stops_the_table() -> None:
    table = _table(Column("grid", ColumnKind.GRID))
    with pytest.raises(ValueError, match="undeclared columns name"):
        table.checked(pa.table({"grid": ["01"], "name": ["韩宇军"]}))
    with pytest.raises(KeyError):
        table.checked(pa.table({}))


@pytest.mark.parametrize("name", ["", "Name", "姓名", "a b", "x" * 33, "1a", "name;"])
def test_columns_and_tables_have_plain_names(name: str) -> None:
    with pytest.raises(ValueError, match="columns are named"):
        _table(Column(name, ColumnKind.GRID))
    with pytest.raises(ValueError, match="no name for a table"):
        Table(name, Grade.LOCAL, (), build=lambda *_: NOTHING)


def test_a_column_is_declared_once() -> None:
    twice = (Column("grid", ColumnKind.GRID), Column("grid", ColumnKind.GRID))
    with pytest.raises(ValueError, match="named once"):
        Table("things", Grade.LOCAL, twice, build=lambda *_: NOTHING)


@pytest.mark.parametrize("kind", sorted(LOCAL_ONLY))
def test_shared_tables_refuse_what_speaks_of_one(kind: ColumnKind) -> None:
    with pytest.raises(ValueError, match="may not carry"):
        _table(Column("thing", kind), Grade.SHARED)


def test_shared_tables_are_derived_and_local_ones_built() -> None:
    column = Column("grid", ColumnKind.GRID)
    with pytest.raises(ValueError, match="derived from its source"):
        Table("things", Grade.SHARED, (column,), build=lambda *_: NOTHING)
    with pytest.raises(ValueError, match="is built"):
        Table("things", Grade.LOCAL, (column,), source="resident", derive=lambda *_: NOTHING)


def test_what_the_flats_offer_names_nobody() -> None:
    """Every declared table: no column is called as something that identifies, no term is taken before there is a redactor."""
    called = {
        "name",
        "number",
        "phone",
        "telephone",
        "mobile",
        "address",
        "birth",
        "birth_date",
        "id_number",
        "title",
        "text",
        "url",
    }
    assert TABLES
    for table in TABLES.values():
        assert not called & {column.name for column in table.columns}, table.name
        assert not [column.name for column in table.columns if column.kind is ColumnKind.TERM], table.name
    assert {table.grade for table in TABLES.values()} == {Grade.LOCAL, Grade.SHARED}


def test_every_shared_table_says_by_which_rule_it_was_protected() -> None:
    for table in TABLES.values():
        if table.grade is Grade.SHARED:
            assert "rule" in {column.name for column in table.columns}, table.name
