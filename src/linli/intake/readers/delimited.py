"""CSV and its relatives: the declared encodings tried strictly, one after the other, then read as a stream."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from linli.intake.mapping import Definition
from linli.intake.readers import quick
from linli.intake.readers.table import NO_HEADINGS, Table, clean_heading, width_fault
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence

WRONG_ENCODING = sentence(
    "intake.file.wrong_encoding",
    "This is not text in the declared encoding (%(encodings)s): byte %(byte)s, in line %(line)s, cannot be read.",
)
SAVE_ENCODING = sentence(
    "intake.file.save_encoding",
    "Save the file as %(first)s, or declare the encoding it really has in the mapping. Nothing was taken in.",
)
UTF16 = sentence("intake.file.utf16", "The file is in UTF-16, which the mapping does not declare.")
NUL_BYTE = sentence("intake.file.nul_byte", "There is a zero byte in line %(line)s: this is no text file, or it is damaged.")
SEND_AGAIN = sentence("intake.file.send_again", "Ask for the file again. Nothing was taken in.")
OPEN_QUOTE = sentence("intake.file.open_quote", "A quotation mark is opened here and not closed properly.")
CLOSE_QUOTE = sentence(
    "intake.file.close_quote",
    "Close it, or double a quotation mark that belongs to the text. The rows after it cannot be told apart.",
)

_PIECE = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(path: Path, definition: Definition, *, file_name: str) -> Table:
    """The rows of a delimited text file. BadInput names the byte and line of what can't be decoded.

    A file without anything unusual in it is read at once, column by column; any other line by line, with the same result.
    """
    return quick.read(path, definition, likely(path, definition)) or read_carefully(path, definition, file_name=file_name)


def head(path: Path, definition: Definition) -> list[str] | None:
    """The headings, from the first bytes alone, under the encoding that shows those wanted; None where that can't be told."""
    encodings = likely(path, definition)
    return quick.start_of(path, encodings[0], definition).headings if encodings else None


def likely(path: Path, definition: Definition) -> list[str]:
    """The declared encodings under which the beginning of the file shows the headings wanted, in their order."""
    with path.open("rb") as stream:
        start = stream.read(4)
    marked = next((encoding for bom, encoding in _BOMS if start.startswith(bom)), None)
    found = []
    for encoding in [marked] if marked else dict.fromkeys(_plain(e) for e in definition.encodings):
        shown = set() if encoding == "utf-16" else set(quick.start_of(path, encoding, definition).headings)
        if shown and (shown.issuperset(definition.headings) or shown.issuperset(definition.needed)):
            found.append(encoding)
    return found


def read_carefully(path: Path, definition: Definition, *, file_name: str) -> Table:
    """As :func:`read`, line by line: what finds the place of every fault."""
    encoding = _encoding(path, definition, file_name)
    headings = _headings(path, encoding, definition, file_name)
    table = Table(headings, iter(()), heading_row=definition.heading_row, encoding=encoding)
    table.rows = _rows(path, encoding, definition, table, file_name)
    return table


def _rows(path: Path, encoding: str, definition: Definition, table: Table, file_name: str) -> Iterator[tuple[int, Sequence[str]]]:
    wide = len(table.headings)
    number = 0
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        records = csv.reader(stream, delimiter=definition.delimiter, strict=True)
        try:
            for number, cells in enumerate(records, 1):
                if number <= definition.heading_row or not any(cells):
                    continue
                if len(cells) != wide:
                    while len(cells) > wide and not cells[-1]:
                        cells.pop()
                    if len(cells) != wide:
                        table.fault(width_fault(number, len(cells), wide))
                yield number, cells
        except csv.Error:
            raise BadInput(OPEN_QUOTE, where=Where(file=file_name, row=number + 1), remedy=CLOSE_QUOTE) from None


def _headings(path: Path, encoding: str, definition: Definition, file_name: str) -> list[str]:
    found: list[str] = []
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        try:
            for number, cells in enumerate(csv.reader(stream, delimiter=definition.delimiter), 1):
                if number == definition.heading_row:
                    found = [clean_heading(cell) for cell in cells]
                    break
        except csv.Error:
            raise BadInput(OPEN_QUOTE, where=Where(file=file_name, row=definition.heading_row), remedy=CLOSE_QUOTE) from None
    while found and not found[-1]:
        found.pop()
    if not found:
        raise BadInput(
            NO_HEADINGS, where=Where(file=file_name, row=definition.heading_row), remedy=SEND_AGAIN, row=definition.heading_row
        )
    return found


def _encoding(path: Path, definition: Definition, file_name: str) -> str:
    """The first declared encoding in which the whole file can be read and its headings stand; else the first that reads it.

    GB18030 reads nearly any bytes as some character, so that an encoding is right is shown by the headings, not by the absence of
    errors. A byte order mark decides alone.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    marked = next((encoding for bom, encoding in _BOMS if start.startswith(bom)), None)
    declared = [_plain(e) for e in definition.encodings]
    if marked == "utf-16" and "utf-16" not in declared:
        raise BadInput(UTF16, where=Where(file=file_name), remedy=SAVE_ENCODING, first=definition.encodings[0])
    candidates = [marked] if marked else declared
    readable: list[str] = []
    fault: tuple[int, int] | None = None
    for encoding in candidates:
        found = _undecodable(path, encoding, file_name)
        if found is not None:
            # The encoding that gets furthest is the likeliest one; its fault is the one to name.
            fault = max(fault or found, found)
            continue
        readable.append(encoding)
        if _fits(path, encoding, definition):
            return encoding
    if readable:
        return readable[0]
    assert fault is not None
    byte, line = fault
    raise BadInput(
        WRONG_ENCODING,
        where=Where(file=file_name, row=line),
        remedy=SAVE_ENCODING,
        encodings=", ".join(definition.encodings),
        byte=byte,
        line=line,
        first=definition.encodings[0],
    )


def _plain(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    # Every GBK and GB 2312 file is a GB18030 file; the wider table knows the rare characters in names.
    return "gb18030" if name in ("gbk", "gb2312") else "utf-8-sig" if name == "utf-8" else name


def _fits(path: Path, encoding: str, definition: Definition) -> bool:
    with suppress(BadInput):
        found = set(_headings(path, encoding, definition, ""))
        return found.issuperset(definition.headings) or found.issuperset(definition.needed)
    return False


def _undecodable(path: Path, encoding: str, file_name: str) -> tuple[int, int] | None:
    """(byte, line) of the first thing that is no text in ``encoding``, both from 1; None where all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    before, line, pending = 0, 1, 0
    wide = encoding.startswith("utf-16")
    with path.open("rb") as stream:
        while True:
            piece = stream.read(_PIECE)
            if not wide and b"\0" in piece:
                at = line + piece[: piece.index(b"\0")].count(b"\n")
                raise BadInput(NUL_BYTE, where=Where(file=file_name, row=at), remedy=SEND_AGAIN, line=at)
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                # The decoder puts the bytes it had kept back before the piece.
                start = error.start - pending
                return before + start + 1, line + piece[: max(start, 0)].count(b"\n")
            if not piece:
                return None
            kept = decoder.getstate()[0]
            pending = len(kept)
            before += len(piece)
            line += piece.count(b"\n")
