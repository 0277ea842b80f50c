"""Readers: a file becomes a table of text, or one clear error. What a file is follows from its first bytes, not from its name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings

from linli.intake.mapping import Definition
from linli.intake.readers import columnar, delimited, workbook
from linli.intake.readers.archive import LOCKED, SAVE_AGAIN, SAVE_PLAIN
from linli.intake.readers.table import Table
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence

NO_FILE = sentence("intake.file.absent", "There is no such file, or it cannot be opened.")
CHECK_PATH = sentence("intake.file.check_path", "Check the name and who may read it.")
EMPTY_FILE = sentence("intake.file.empty", "The file is empty.")
TOO_LARGE = sentence("intake.file.too_large", "The file has %(size)s MB; at most %(limit)s MB are taken in at once.")
SPLIT_FILE = sentence("intake.file.split_file", "Split it, or have the limit raised (LINLI_MAX_FILE_BYTES). Nothing was read.")
SMALLER = sentence(
    "intake.file.smaller",
    "Put it into the inbox as CSV, split it, or have the limit raised (LINLI_MAX_UPLOAD_BYTES). Nothing was read.",
)
OLD_EXCEL = sentence("intake.file.old_excel", "This is an old .xls workbook.")
WEB_PAGE = sentence("intake.file.web_page", "This is a web page, whatever its name says; some systems export tables like that.")
OTHER_FORMAT = sentence("intake.file.other_format", "This is a %(format)s file. What can be read is CSV, XLSX and Parquet.")

_MB = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = ((b"%PDF", "PDF"), (b"SQLite format 3", "SQLite"), (b"\x1f\x8b", "gzip"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7-Zip"),
           (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"{\\rtf", "RTF"))  # fmt: skip


def open_table(path: Path, definition: Definition, *, file_name: str = "") -> Table:
    """The table in ``path``, read as ``definition`` declares. BadInput for whatever can't be read, with place and remedy."""
    name = file_name or path.name
    where = Where(file=name)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError:
        raise BadInput(NO_FILE, where=where, remedy=CHECK_PATH) from None
    if not size:
        raise BadInput(EMPTY_FILE, where=where, remedy=delimited.SEND_AGAIN)
    packed = start.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    limit = min(settings.LINLI_MAX_UPLOAD_BYTES, settings.LINLI_MAX_FILE_BYTES) if packed else settings.LINLI_MAX_FILE_BYTES
    if size > limit:
        remedy = SMALLER if packed else SPLIT_FILE
        raise BadInput(TOO_LARGE, where=where, remedy=remedy, size=-(-size // _MB), limit=limit // _MB)
    if packed:
        return workbook.read(path, definition, file_name=name)
    if start.startswith(b"PAR1"):
        return columnar.read(path, definition, file_name=name)
    _refuse_others(path, start, where)
    return delimited.read(path, definition, file_name=name)


def open_headings(path: Path, definition: Definition, *, file_name: str = "") -> list[str]:
    """The headings alone, from the beginning of the file where that shows those wanted; else as :func:`open_table` finds them."""
    with suppress(OSError):
        with path.open("rb") as stream:
            start = stream.read(8)
        if not start.startswith((b"PK", b"PAR1", _OLE)) and (found := delimited.head(path, definition)):
            return found
    return open_table(path, definition, file_name=file_name).headings


def _refuse_others(path: Path, start: bytes, where: Where) -> None:
    if start.startswith(_OLE):
        # An encrypted .xlsx is an OLE container too; its directory names the stream that holds it.
        with path.open("rb") as stream:
            locked = "EncryptedPackage".encode("utf-16-le") in stream.read(4 * _MB)
        raise BadInput(LOCKED if locked else OLD_EXCEL, where=where, remedy=SAVE_PLAIN)
    for magic, kind in _OTHERS:
        if start.startswith(magic):
            raise BadInput(OTHER_FORMAT, where=where, remedy=SAVE_AGAIN, format=kind)
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise BadInput(WEB_PAGE, where=where, remedy=SAVE_AGAIN)
