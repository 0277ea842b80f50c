"""The files themselves: what was taken in is kept, readable by its owner alone, under its own fingerprint.

A file that lies in ``DATA/inbox/<code of the community>`` already is left where it is; any other is copied to the folder
``taken`` there.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from linli.kernel.errors import Conflict, Where
from linli.kernel.words import sentence
from linli.trust import SYSTEM, zone_code

FILE_CHANGED = sentence(
    "intake.file.changed_meanwhile", "The file is not the one that was looked at: it was changed or removed since."
)
TAKE_AGAIN = sentence("intake.file.take_again", "Take the file in again.")

_PIECE = 1 << 20


def inbox_of(community: UUID) -> Path:
    """The folder into which people put a community's files: named by its code, which they know."""
    return Path(settings.DATA) / "inbox" / zone_code(viewer=SYSTEM, zone=community)


def keep(path: Path, *, community: UUID, sha256: str) -> str:
    """Keep the file; returns its place relative to DATA. Conflict where its content is no longer ``sha256``.

    Written beside its place and renamed, so that a kill leaves no half file under a whole one's name.
    """
    inbox = inbox_of(community)
    resolved = path.resolve()
    if resolved.is_relative_to(inbox.resolve()):
        return str(resolved.relative_to(Path(settings.DATA).resolve()))
    taken = inbox / "taken"
    taken.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = taken / f"{sha256}{path.suffix.lower()[:8]}"
    if not place.exists():
        part = taken / f".{sha256}.{os.getpid()}"
        digest = hashlib.sha256()
        try:
            with (
                path.open("rb") as source,
                os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
            ):
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    target.write(piece)
            if digest.hexdigest() != sha256:
                raise Conflict(FILE_CHANGED, where=Where(file=path.name), remedy=TAKE_AGAIN)
            part.chmod(0o400)
            part.replace(place)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    return str(place.relative_to(Path(settings.DATA)))


def find(kept: str, *, file_name: str) -> Path:
    """The kept file. Conflict where it is gone."""
    place = Path(settings.DATA) / kept
    if not kept or not place.is_file():
        raise Conflict(FILE_CHANGED, where=Where(file=file_name), remedy=TAKE_AGAIN)
    return place


def forget(kept: str) -> None:
    """Delete a kept copy; a file left in the inbox by its sender is not ours to delete."""
    place = Path(settings.DATA) / kept
    if kept and place.parent.name == "taken":
        with suppress(OSError):
            place.unlink()
