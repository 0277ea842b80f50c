"""The files themselves: what was taken in is kept, sealed under the community's key and named by its own fingerprint.

Whoever put a file into ``DATA/inbox/<code of the community>`` may leave it there; what is kept is always a sealed copy in the
folder ``taken`` beside it. A plain file lies about for ``LINLI_INBOX_DAYS`` at most, a sealed one for ``LINLI_KEPT_DAYS``
(:func:`tidy`), because what they say stands in the records by then.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from linli.kernel.errors import Conflict, Where
from linli.kernel.words import sentence
from linli.trust import SYSTEM, open_file, rewrap_file, seal_file, zone_code

FILE_CHANGED = sentence(
    "intake.file.changed_meanwhile", "The file is not the one that was looked at: it was changed or removed since."
)
TAKE_AGAIN = sentence("intake.file.take_again", "Take the file in again.")

_SEALED = ".sealed"
_SCRATCH = timedelta(days=1)


def inbox_of(community: UUID) -> Path:
    """The folder into which people put a community's files: named by its code, which they know."""
    return Path(settings.DATA) / "inbox" / zone_code(viewer=SYSTEM, zone=community)


def keep(path: Path, *, community: UUID, sha256: str) -> str:
    """Keep a sealed copy; returns its place relative to DATA. Conflict where its content is no longer ``sha256``.

    Written beside its place and renamed, so that a kill leaves no half file under a whole one's name.
    """
    taken = inbox_of(community) / "taken"
    taken.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = taken / f"{sha256}{path.suffix.lower()[:8]}{_SEALED}"
    if not place.exists():
        part = taken / f".{sha256}.{os.getpid()}.{threading.get_ident()}"
        try:
            with (
                path.open("rb") as source,
                os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
            ):
                reader = _Digesting(source)
                seal_file(community, reader, target)
            if reader.digest.hexdigest() != sha256:
                raise Conflict(FILE_CHANGED, where=Where(file=path.name), remedy=TAKE_AGAIN)
            part.chmod(0o400)
            part.replace(place)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    return str(place.relative_to(Path(settings.DATA)))


class _Digesting:
    """A stream that remembers the SHA-256 of what was read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self.stream.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def opened(kept: str, *, community: UUID, file_name: str) -> Iterator[Path]:
    """The kept file as it came, for as long as it is needed: readable by us alone, gone afterwards. Conflict where it is gone."""
    place = Path(settings.DATA) / kept
    if not kept or not place.is_file():
        raise Conflict(FILE_CHANGED, where=Where(file=file_name), remedy=TAKE_AGAIN)
    if place.suffix != _SEALED:
        # Kept before files were sealed.
        yield place
        return
    handle, name = tempfile.mkstemp(suffix=place.with_suffix("").suffix, dir=Path(settings.DATA) / "cache")
    try:
        with os.fdopen(handle, "wb") as target, place.open("rb") as source:
            open_file(community, source, target)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def forget(kept: str) -> None:
    """Delete a kept copy; a file left in the inbox by its sender is not ours to delete."""
    place = Path(settings.DATA) / kept
    if kept and place.parent.name == "taken":
        with suppress(OSError):
            place.unlink()


def tidy(community: UUID, *, now: datetime, done: Callable[[str], bool]) -> tuple[int, int]:
    """Delete what has lain long enough: sealed copies, files in the inbox that were ``done`` (their SHA-256 is asked for), and
    what a killed process had opened or was being sent.

    Returns how many of each went. A file that nobody could take in stays until somebody looks at it.
    """
    inbox = inbox_of(community)
    copies = plain = 0
    for path in (inbox / "taken").glob("*"):
        if path.is_file() and _age(path, now) > timedelta(days=settings.LINLI_KEPT_DAYS):
            path.unlink(missing_ok=True)
            copies += 1
    # tempfile's own prefix: what ``opened`` and an upload lay there, plain, is gone when they end; a kill leaves it.
    for path in (Path(settings.DATA) / "cache").glob("tmp*"):
        if path.is_file() and _age(path, now) > _SCRATCH:
            path.unlink(missing_ok=True)
            plain += 1
    for path in inbox.rglob("*"):
        if path.is_file() and path.parent.name != "taken" and _age(path, now) > timedelta(days=settings.LINLI_INBOX_DAYS):
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if done(sha256):
                path.unlink(missing_ok=True)
                plain += 1
    return copies, plain


def rewrap_kept(community: UUID) -> int:
    """Wrap the keys of the kept copies anew after the community's key was rotated. Returns how many."""
    return sum(rewrap_file(community, path) for path in (inbox_of(community) / "taken").glob(f"*{_SEALED}"))


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
