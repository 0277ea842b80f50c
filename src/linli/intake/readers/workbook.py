"""XLSX: cells as text, and every cell whose text would not be what the sheet shows named as a fault."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

from linli.intake.mapping import Definition
from linli.intake.readers.archive import DAMAGED_ZIP, SAVE_AGAIN, guard
from linli.intake.readers.table import NO_HEADINGS, CellFault, Table, clean_heading
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import Words, sentence

NO_SHEET = sentence("intake.file.no_sheet", "There is no sheet called “%(sheet)s”. The sheets are: %(sheets)s.")
SEVERAL_SHEETS = sentence(
    "intake.file.several_sheets", "Several sheets have content (%(sheets)s), and the mapping does not say which one to read."
)
NAME_SHEET = sentence("intake.file.name_sheet", "Name the sheet in the mapping, or save the wanted sheet as a file of its own.")
MERGED_HEADINGS = sentence("intake.file.merged_headings", "The headings are merged over several cells (%(cells)s).")
UNMERGE = sentence(
    "intake.file.unmerge", "Unmerge them so that each column has its own heading in row %(row)s, and save the file again."
)
FORMULA = sentence("intake.cell.formula", "The cell holds a formula without a result.")
ERROR_CELL = sentence("intake.cell.error", "The cell shows the error %(error)s.")
PASTE_VALUE = sentence(
    "intake.cell.paste_value", "Put the value itself in cell %(cell)s (copy, paste as values) and save the file again."
)
LOST_DIGITS = sentence("intake.cell.lost_digits", "The number was stored as a quantity and has lost its last digits.")
AS_TEXT = sentence("intake.cell.as_text", "Format the column as text in the source and type or export the number again.")
NOT_WORKBOOK = sentence("intake.file.not_workbook", "This is a packed file, but not an .xlsx workbook.")

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A spreadsheet keeps 15 significant digits; an 18-digit citizen number typed as a quantity ends in zeros.
_EXACT = 10**15
_SHOWN_ERRORS = re.compile(rb't="e"')
_FORMULAS = re.compile(rb"<(?:\w+:)?f[\s>/]")


def read(path: Path, definition: Definition, *, file_name: str) -> Table:
    """The rows of one sheet. BadInput for a bomb, a lock, merged headings; cell faults for formulas, errors, lost digits."""
    guard(path, file_name=file_name)
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise BadInput(NOT_WORKBOOK, where=Where(file=file_name), remedy=SAVE_AGAIN)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = _sheet(book, definition, file_name)
        merged = sheet.merged_cell_ranges or []
        content = sheet.to_python(skip_empty_area=False)
        faults = _cell_faults(path, sheet.name)
    except (python_calamine.CalamineError, ElementTree.ParseError, KeyError, zipfile.BadZipFile, UnicodeDecodeError):
        raise BadInput(DAMAGED_ZIP, where=Where(file=file_name), remedy=SAVE_AGAIN) from None
    at = definition.heading_row
    for (top, left), (bottom, right) in merged:
        if top <= at - 1 <= bottom and (right > left or bottom > top):
            cells = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
            raise BadInput(MERGED_HEADINGS, where=Where(file=file_name, row=at), remedy=UNMERGE, cells=cells, row=at)
    headings = [clean_heading(cell_text(value)) for value in content[at - 1]] if len(content) >= at else []
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise BadInput(NO_HEADINGS, where=Where(file=file_name, row=at), remedy=SAVE_AGAIN, row=at)
    table = Table(headings, iter(()), heading_row=at, encoding="xlsx", faults=faults)
    table.rows = _rows(content, table)
    return table


def _rows(content: Sequence[Sequence[Any]], table: Table) -> Iterator[tuple[int, Sequence[str]]]:
    wide = len(table.headings)
    for number in range(table.heading_row + 1, len(content) + 1):
        values = content[number - 1]
        if number not in table.faults and all(value == "" for value in values):
            continue
        cells = []
        for place in range(wide):
            value = values[place] if place < len(values) else ""
            if isinstance(value, float) and abs(value) >= _EXACT:
                table.fault(CellFault(number, place, Words(LOST_DIGITS), Words(AS_TEXT), cell_text(value)))
            cells.append(value if isinstance(value, str) else cell_text(value))
        yield number, cells


def cell_text(value: Any) -> str:
    """A cell as somebody reading the sheet would type it: whole numbers without a point, dates as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _sheet(book: Any, definition: Definition, file_name: str) -> Any:
    names = list(book.sheet_names)
    if definition.sheet is not None:
        if definition.sheet not in names:
            raise BadInput(
                NO_SHEET, where=Where(file=file_name), remedy=NAME_SHEET, sheet=definition.sheet, sheets=", ".join(names)
            )
        return book.get_sheet_by_name(definition.sheet)
    visible = [m.name for m in book.sheets_metadata if m.visible == python_calamine.SheetVisibleEnum.Visible]
    sheets = [book.get_sheet_by_name(name) for name in visible or names]
    filled = [sheet for sheet in sheets if sheet.height] or sheets[:1]
    if len(filled) > 1:
        raise BadInput(SEVERAL_SHEETS, where=Where(file=file_name), remedy=NAME_SHEET, sheets=", ".join(s.name for s in filled))
    return filled[0]


def _cell_faults(path: Path, sheet: str) -> dict[int, list[CellFault]]:
    """Cells with a formula but no stored result, and cells that show an error; both read as empty or as nonsense otherwise."""
    faults: dict[int, list[CellFault]] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        raw = archive.read(part)
        if not _FORMULAS.search(raw) and not _SHOWN_ERRORS.search(raw):
            return faults
        with archive.open(part) as stream:
            for _, cell in ElementTree.iterparse(stream):
                if cell.tag != f"{_MAIN}c":
                    continue
                value = cell.find(f"{_MAIN}v")
                name = cell.get("r", "")
                place = re.fullmatch(r"([A-Z]+)(\d+)", name)
                if place:
                    column, row = _number(place[1]), int(place[2])
                    remedy = Words(PASTE_VALUE, {"cell": name})
                    if cell.get("t") == "e":
                        shown = (value.text if value is not None else None) or "#?"
                        faults.setdefault(row, []).append(
                            CellFault(row, column, Words(ERROR_CELL, {"error": shown}), remedy, shown)
                        )
                    elif cell.find(f"{_MAIN}f") is not None and (value is None or value.text is None) and cell.get("t") != "str":
                        faults.setdefault(row, []).append(CellFault(row, column, Words(FORMULA), remedy))
                cell.clear()
    return faults


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    found = next(s for s in book.iter(f"{_MAIN}sheet") if s.get("name") == sheet)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(str(r.get("Target")) for r in relations if r.get("Id") == found.get(_REL))
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _letters(column: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _number(letters: str) -> int:
    """A → 0, AA → 26."""
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - 64
    return value - 1
