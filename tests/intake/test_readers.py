"""Whatever is written comes back as it was, in every encoding and format; rows and ranges add up."""

from __future__ import annotations

import csv
import tempfile
from itertools import pairwise
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.intake.kinds import Outcome, Verdict
from linli.intake.mapping import Definition
from linli.intake.readers import open_table
from linli.intake.readers.delimited import likely, read_carefully
from linli.intake.readers.quick import read as read_quickly
from linli.intake.readers.workbook import _letters, _number
from linli.intake.rules import adds_up, mask, ranges, rows_in, safe_cell
from linli.intake.tally import Results

# What a cell may hold: no surrogates, no control signs but the line end, and nothing a heading would be mistaken for.
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n"), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)
DEFINITION = Definition(
    "m", "k", "*", ("甲列",), {"a": "甲列", "b": "乙列", "c": "丙列"}, encodings=("gb18030", "utf-8-sig"), delimiter=","
)
HEADINGS = ["甲列", "乙列", "丙列"]
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _read(path: Path, definition: Definition = DEFINITION) -> list[tuple[int, list[str]]]:
    table = open_table(path, definition)
    assert table.headings == HEADINGS
    rows = [(number, list(cells)) for number, cells in table.rows]
    assert not table.faults
    return rows


def _expected(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return [(number, row) for number, row in enumerate(rows, 2) if any(row)]


@quick
@given(TABLES, st.sampled_from(["gb18030", "utf-8", "utf-8-sig"]), st.sampled_from([",", ";", "\t", "|"]))
def test_delimited_text_comes_back(rows: list[list[str]], encoding: str, delimiter: str) -> None:
    definition = Definition("m", "k", "*", ("甲列",), DEFINITION.columns, encodings=DEFINITION.encodings, delimiter=delimiter)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows([HEADINGS, *rows])
        assert _read(path, definition) == _expected(rows)


@quick
@given(TABLES)
def test_a_workbook_comes_back(rows: list[list[str]]) -> None:
    # Spreadsheets fold these signs themselves; a leading = would be a formula by the writer's own choice.
    rows = [[c.replace("\n", " ").strip().lstrip("=") for c in row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        book = openpyxl.Workbook()
        assert book.active
        for line in [HEADINGS, *rows]:
            book.active.append(line)
            for cell in book.active[book.active.max_row]:
                cell.data_type = "s" if cell.value else cell.data_type
        path = Path(folder) / "a.xlsx"
        book.save(path)
        found = dict(_read(path))
    assert list(found.values()) == [row for row in rows if any(row)]


@quick
@given(TABLES)
def test_parquet_comes_back(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        columns = {heading: [row[place] for row in rows] for place, heading in enumerate(HEADINGS)}
        pyarrow.parquet.write_table(pyarrow.table(columns), path)
        assert _read(path) == _expected(rows)


@given(st.sets(st.integers(1, 400)))
def test_ranges_say_the_same_as_the_rows(rows: set[int]) -> None:
    runs = ranges(rows)
    assert list(rows_in(runs)) == sorted(rows)
    assert all(second[0] > first[1] + 1 for first, second in pairwise(runs))


@given(st.lists(st.integers(2, 30), unique=True), st.lists(st.tuples(st.integers(2, 30), st.sampled_from(list(Verdict)))))
def test_rows_add_up_only_when_each_has_one_outcome(rows: list[int], told: list[tuple[int, Verdict]]) -> None:
    outcomes = [Outcome(row, verdict) for row, verdict in told]
    assert adds_up(rows, [o.row for o in outcomes]) == (sorted(rows) == sorted(row for row, _ in told))
    assert sum(Results(outcomes).tally().values()) == len(outcomes)


@given(st.text(max_size=20))
def test_masks_keep_the_length_and_hide_the_middle(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(c == "*" for c in masked[1:-1])


@given(st.text(max_size=20))
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(place: int, letters: str) -> None:
    assert (_letters(place), _number(letters)) == (letters, place)


# What a delimited file may be made of: everything in which the two readers could see different things.
SCRAPS = st.sampled_from(
    ["a", "柳", " ", ",", ",,", ";", '"', '""', '","', '"a,b"', "\n", "\r\n", "\r", "\n\n", "\t", "'", "\\", "\ufeff", "\x1f"]
)
FILES = st.lists(st.one_of(SCRAPS, SCRAPS.map(lambda s: s * 2)), max_size=40).map("".join)
TITLES = st.sampled_from(["甲列,乙列,丙列\n", '"甲列",乙列,丙列\r\n', "甲列,乙列,丙列,\n", "甲列,乙列,丙列"])


@settings(max_examples=400, deadline=None)
@given(TITLES, FILES, st.sampled_from(["gb18030", "utf-8", "utf-8-sig"]), st.integers(1, 2))
def test_the_quick_reader_says_what_the_careful_one_says_or_nothing(head: str, body: str, encoding: str, at: int) -> None:
    definition = Definition(
        "m", "k", "*", ("甲列",), DEFINITION.columns, encodings=("gb18030", "utf-8-sig"), heading_row=at, delimiter=","
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(("柳荫,,\n" * (at - 1) + head + body).encode(encoding))
        quick = read_quickly(path, definition, likely(path, definition))
        if quick is None:
            return
        careful = read_carefully(path, definition, file_name="a.csv")
        assert (quick.headings, quick.encoding) == (careful.headings, careful.encoding)
        read = [(number, list(cells)) for number, cells in quick.rows]
        assert read == [(number, list(cells)) for number, cells in careful.rows]
        assert not careful.faults


@quick
@given(TABLES, st.sampled_from(["gb18030", "utf-8", "utf-8-sig"]), st.booleans())
def test_ordinary_files_are_read_quickly(rows: list[list[str]], encoding: str, quoted: bool) -> None:
    """What a program exports, with every cell in quotation marks or with none, takes the quick way."""
    rows = [[c.replace('"', "”").replace("\n", " ").replace(",", "，") for c in row] for row in rows]
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, quoting=quoting).writerows([HEADINGS, *rows])
        found = read_quickly(path, DEFINITION, likely(path, DEFINITION))
        assert found is not None
        assert found.read is not None
        assert [(number, list(cells)) for number, cells in found.rows] == _expected(rows)
        careful = read_carefully(path, DEFINITION, file_name="a.csv").gather()
        assert careful.numbers.tolist() == found.read.numbers.tolist()
        assert [c.to_pylist() for c in careful.columns] == [c.to_pylist() for c in found.read.columns]
