"""The archive of records: a tar file of the database without keys, the sealed attachments and the facts, with its manifest.

``manifest.json`` (last in the file): format, when, which kind of database, and the SHA-256 of every other member. What lies in
``DATA/inbox`` stays out: those files are in clear, and what was taken in from them lies sealed with the attachments.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings

from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence
from linli.site.backup import databases

NO_ARCHIVE = sentence("backup.no_archive", "This is no archive of records, or it is damaged.")

FORMAT = "linli-records-1"
MANIFEST, DATABASE = "manifest.json", "database"
FOLDERS = ("attachments", "facts", "codes")


@dataclass(frozen=True)
class Unpacked:
    """An archive whose every member has been checked, lying in ``folder``."""

    folder: Path
    engine: str
    made_at: datetime


def write_records(to: Path | None = None) -> Path:
    """Write an archive (mode 0600) to the folder ``to``, else DATA/backups/records. Returns where it lies."""
    data, now = Path(settings.DATA), datetime.now(UTC)
    folder = to or data / "backups" / "records"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"records-{now:%Y%m%dT%H%M%S%f}Z.tar"
    draft = path.with_suffix(".part")
    try:
        with tempfile.TemporaryDirectory(dir=data / "cache") as scratch:
            database = Path(scratch) / DATABASE
            databases.dump(database)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
                members = {}
                for name, member in ((DATABASE, database), *_files(data)):
                    tar.add(member, name, recursive=False)
                    members[name] = _digest(member)
                told = {"format": FORMAT, "made_at": now.isoformat(), "engine": databases.engine(), "members": members}
                manifest = Path(scratch) / MANIFEST
                manifest.write_text(json.dumps(told, indent=1), "utf-8")
                tar.add(manifest, MANIFEST)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def unpack(path: Path, into: Path) -> Unpacked:
    """Unpack an archive into an empty folder and check every member. BadInput for one that is none, or damaged."""
    damaged = BadInput(NO_ARCHIVE, where=Where(file=path.name))
    try:
        with tarfile.open(path) as tar:
            tar.extractall(into, filter="data")
        told = json.loads((into / MANIFEST).read_text("utf-8"))
        members: dict[str, str] = told["members"]
        made_at, engine = datetime.fromisoformat(told["made_at"]), str(told["engine"])
        whole = told["format"] == FORMAT and DATABASE in members
        there = {str(one.relative_to(into)) for one in into.rglob("*") if one.is_file()} - {MANIFEST}
        whole = whole and there == set(members) and all(_digest(into / name) == digest for name, digest in members.items())
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, AttributeError):
        raise damaged from None
    if not whole:
        raise damaged
    return Unpacked(into, engine, made_at)


def put_in_place(archive: Unpacked) -> None:
    """The database and the folders of a checked archive, instead of what is here."""
    databases.load(archive.folder / DATABASE, archive.engine)
    data = Path(settings.DATA)
    for name in FOLDERS:
        shutil.rmtree(data / name, ignore_errors=True)
        if (archive.folder / name).is_dir():
            shutil.copytree(archive.folder / name, data / name)
        elif name != "codes":
            (data / name).mkdir(mode=0o700)


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        for path in sorted((data / name).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(PurePosixPath(path.relative_to(data))), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
