"""Delimited text read at once, column by column, where nothing in it could be read in two ways.

Whatever is unusual (a quotation mark inside a cell, a line end inside one, a row too short, a byte that is no text) makes this
reader step back: it returns nothing, and the careful one reads the file and says where the trouble is.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from linli.intake.mapping import Definition
from linli.intake.readers.table import Columns, Table, clean_heading

_PIECE = 16 << 20
_START = 1 << 20
_LONGEST = 131_072
"""What the careful reader takes for the longest possible cell, in characters."""


@dataclass(frozen=True)
class Start:
    """The beginning of a file: its headings without the empty ones at the end, and how many cells a row has."""

    headings: list[str]
    wide: int


def read(path: Path, definition: Definition, encodings: list[str]) -> Table | None:
    """The table under the first of ``encodings`` that reads the whole file; None where the careful reader has to look."""
    if not definition.delimiter.isascii():
        return None
    for encoding in encodings:
        start = start_of(path, encoding, definition)
        if not start.headings:
            return None
        try:
            text = _text(path, encoding, definition.delimiter)
        except UnicodeError:
            continue
        if text is None:
            return None
        found = _columns(text, definition, start)
        if found is None:
            return None
        return Table(start.headings, found.rows(), definition.heading_row, encoding, read=found)
    return None


def start_of(path: Path, encoding: str, definition: Definition) -> Start:
    """What the first megabyte shows; no headings where it can't be read in ``encoding``."""
    with path.open("rb") as stream:
        raw = stream.read(_START)
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(raw)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=definition.delimiter)
        for number, cells in enumerate(records, 1):
            if number == definition.heading_row:
                headings = [clean_heading(cell) for cell in cells]
                while headings and not headings[-1]:
                    headings.pop()
                return Start(headings, len(cells))
    except (UnicodeDecodeError, csv.Error):
        pass
    return Start([], 0)


def _text(path: Path, encoding: str, delimiter: str) -> pa.Buffer | None:
    """The whole file in UTF-8, without its byte order mark; None where it is not plain. UnicodeError for another encoding;
    bytes that are no UTF-8 are noticed by whoever parses it."""
    same = encoding in ("utf-8-sig", "utf-8")
    decoder = None if same else codecs.getincrementaldecoder(encoding)("strict")
    sink = io.BytesIO()
    kept = b""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            if b"\0" in piece:
                return None
            if decoder:
                piece = decoder.decode(piece).encode()
            elif not sink.tell() and not kept and piece.startswith(codecs.BOM_UTF8):
                piece = piece[3:]
            # Cut at a line end, so that each piece can be judged by itself.
            piece = kept + piece
            at = piece.rfind(b"\n") + 1
            whole, kept = piece[:at], piece[at:]
            if not _plain(whole, delimiter.encode()):
                return None
            sink.write(whole)
    if decoder:
        kept += decoder.decode(b"", final=True).encode()
    if not _plain(kept, delimiter.encode()):
        return None
    sink.write(kept)
    return pa.py_buffer(sink.getbuffer())


def _plain(piece: bytes, delimiter: bytes) -> bool:
    """Whether every line of ``piece`` is a record: quotation marks only around whole cells, no lone carriage return."""
    if piece.count(b"\r") != piece.count(b"\r\n"):
        return False
    if b'"' not in piece:
        return True
    signs = np.frombuffer(b"\n" + piece + b"\n", np.uint8)
    at = np.flatnonzero(signs == ord('"'))
    ends = np.zeros(256, bool)
    ends[[delimiter[0], ord("\n"), ord("\r")]] = True
    opens, closes = ends[signs[at - 1]], ends[signs[at + 1]]
    if len(at) % 2 or not (opens[::2] & ~closes[::2]).all() or not (closes[1::2] & ~opens[1::2]).all():
        return False
    lines = np.flatnonzero(signs == ord("\n"))
    return bool((np.searchsorted(lines, at[::2]) == np.searchsorted(lines, at[1::2])).all())


def _columns(text: pa.Buffer, definition: Definition, start: Start) -> Columns | None:
    names = [str(place) for place in range(start.wide)]
    try:
        table = pyarrow.csv.read_csv(
            text,
            read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=definition.heading_row, block_size=8 << 20),
            parse_options=pyarrow.csv.ParseOptions(delimiter=definition.delimiter, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=True,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowException:
        return None
    columns: list[pa.ChunkedArray] = [table[name] for name in names]
    for column in columns:
        if (pc.max(pc.binary_length(column)).as_py() or 0) > _LONGEST:
            return None
    kept = len(start.headings)
    for column in columns[kept:]:
        if pc.max(pc.binary_length(column)).as_py():
            return None
    return Columns.whole(definition.heading_row + 1, columns[:kept])
