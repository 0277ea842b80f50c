"""The first rows of a file as it lies there, before any mapping says how to read it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow
import pyarrow.parquet
import python_calamine

from linli.intake.readers import columnar, workbook
from linli.intake.readers.archive import DAMAGED_ZIP, SAVE_AGAIN, guard
from linli.intake.readers.table import clean_heading
from linli.kernel.errors import BadInput, Where

ROWS = 30
"""So many rows are looked at: the heading stands among the first of them, below titles and remarks."""
_START = 256 * 1024
_DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Top:
    """The first rows of a sheet or a text file, as text. ``sheet``: its name where a workbook has several with content."""

    rows: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    delimiter: str = ","
    encoding: str = ""


def tops(path: Path, *, file_name: str) -> list[Top]:
    """What a file shows first, sheet by sheet; nothing for what isn't text. BadInput for a packed file that won't open."""
    with path.open("rb") as stream:
        start = stream.read(_START)
    if start.startswith(b"PK"):
        return _sheets(path, file_name)
    if start.startswith(b"PAR1"):
        return _columns(path, file_name)
    return _text(start)


def _sheets(path: Path, file_name: str) -> list[Top]:
    guard(path, file_name=file_name)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        visible = [m.name for m in book.sheets_metadata if m.visible == python_calamine.SheetVisibleEnum.Visible]
        found = [(name, book.get_sheet_by_name(name)) for name in visible or book.sheet_names]
        filled = [(name, sheet.to_python(skip_empty_area=False, nrows=ROWS)) for name, sheet in found if sheet.height]
    except (python_calamine.CalamineError, KeyError, UnicodeDecodeError, OSError):
        raise BadInput(DAMAGED_ZIP, where=Where(file=file_name), remedy=SAVE_AGAIN) from None
    several = len(filled) > 1
    return [
        Top(_tidy([[workbook.cell_text(value) for value in row] for row in rows]), name if several else None, encoding="xlsx")
        for name, rows in filled
    ]


def _columns(path: Path, file_name: str) -> list[Top]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            batch = next(file.iter_batches(batch_size=ROWS), None)
    except (pyarrow.ArrowException, OSError, ValueError):
        raise BadInput(columnar.TRUNCATED, where=Where(file=file_name), remedy=columnar.SEND_PARQUET) from None
    values = [] if batch is None else [["" if v is None else str(v) for v in column.to_pylist()] for column in batch.columns]
    return [Top(_tidy([names, *map(list, zip(*values, strict=True))]), encoding="parquet")]


def _text(start: bytes) -> list[Top]:
    encoding = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
    if not encoding:
        encoding = "gb18030" if _undecodable(start, "utf-8-sig") else "utf-8-sig"
    if b"\0" in start and encoding != "utf-16":
        return []
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    best: Top | None = None
    for delimiter in _DELIMITERS:
        rows = _tidy(_read(text, delimiter))
        if rows and (best is None or _wide(rows) > _wide(best.rows)):
            best = Top(rows, delimiter=delimiter, encoding=encoding)
    return [best] if best else []


def _read(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == ROWS:
                break
    except csv.Error:
        pass
    return rows


def _undecodable(start: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(start)
    except UnicodeDecodeError:
        return True
    return False


def _wide(rows: Sequence[Sequence[str]]) -> int:
    """How many cells the rows have that agree on it best: a title line has one, a separator in an address one more."""
    widths = [sum(1 for cell in row if cell) for row in rows]
    return max((width for width in set(widths)), key=lambda w: w * widths.count(w), default=0)


def _tidy(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(clean_heading(cell) for cell in row) for row in rows)
