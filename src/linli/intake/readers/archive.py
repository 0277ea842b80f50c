"""A ZIP from outside, looked at before anything unpacks it."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from django.conf import settings

from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence

DAMAGED_ZIP = sentence("intake.file.damaged_workbook", "The workbook is damaged or was cut off on its way.")
BOMB = sentence(
    "intake.file.zip_bomb",
    "Unpacked, this file would grow to %(unpacked)s MB, %(ratio)s times its size. No register does that; it was not opened.",
)
TOO_MANY_PARTS = sentence(
    "intake.file.zip_parts", "The workbook consists of %(parts)s parts. No register does that; it was not opened."
)
LOCKED = sentence("intake.file.locked", "The workbook is protected by a password.")
SAVE_PLAIN = sentence("intake.file.save_plain", "Open it, save it as an ordinary .xlsx without a password, and take that in.")
SAVE_AGAIN = sentence("intake.file.save_again", "Open it in the program it came from, save it as .xlsx or CSV, and take that in.")

_MB = 1024 * 1024
_MAX_PARTS = 2000
# Below this size unpacked, no ratio does any harm; a sheet of equal cells easily packs 100 to 1.
_HARMLESS = 50 * _MB


def guard(path: Path, *, file_name: str) -> None:
    """BadInput for an archive that is damaged, locked, or bigger inside than ``LINLI_MAX_UNPACKED_BYTES`` and a sane ratio allow.

    The sizes in the central directory are checked first, then proved by unpacking piece by piece to nowhere: a directory may lie.
    """
    where = Where(file=file_name)
    limit = settings.LINLI_MAX_UNPACKED_BYTES
    ratio_limit = settings.LINLI_MAX_UNPACKED_RATIO
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS:
                raise BadInput(TOO_MANY_PARTS, where=where, remedy=SAVE_AGAIN, parts=len(parts))
            if any(part.flag_bits & 0x1 for part in parts):
                raise BadInput(LOCKED, where=where, remedy=SAVE_PLAIN)
            unpacked = sum(part.file_size for part in parts)
            ratio = unpacked // max(1, path.stat().st_size)
            if unpacked > limit or (unpacked > _HARMLESS and ratio > ratio_limit):
                raise BadInput(BOMB, where=where, remedy=SAVE_AGAIN, unpacked=unpacked // _MB, ratio=ratio)
            for part in parts:
                with archive.open(part) as stream:
                    while stream.read(_MB):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise BadInput(DAMAGED_ZIP, where=where, remedy=SAVE_AGAIN) from None
