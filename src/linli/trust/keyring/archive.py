"""Key archives: the rings and wrapped keys of a community in one file, apart from the records that they open.

``LINLIKEYS1``, a line of JSON (``plain`` or ``scrypt`` with its salt), then the body, sealed where there is a passphrase: a line
of JSON with the rings, and for each key its subject (16 bytes), version and length (big-endian, 4 and 2 bytes) and the key,
wrapped.
"""

from __future__ import annotations

import base64
import json
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, Where
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.door import command
from linli.trust.erasure import erased
from linli.trust.keyring.ring import Ring, as_json, change, folder, from_json, names, ring, save, write_file
from linli.trust.models import Subject, WrappedKey
from linli.trust.rules import Permission
from linli.trust.suites import SUITES, seal, unseal

NO_ARCHIVE = sentence("trust.archive.none", "This is no key archive, or it is damaged.")
WRONG_PASSPHRASE = sentence("trust.archive.wrong_passphrase", "The passphrase does not open this archive, or it is damaged.")
NEEDS_PASSPHRASE = sentence("trust.archive.needs_passphrase", "This archive needs its passphrase.")
OTHER_KEYS = sentence("trust.archive.other_keys", "The key ring here is not the one in the archive. Nothing was changed.")
MOVE_AWAY = sentence("trust.archive.move_away", "If the archive is right, move %(name)s.json out of DATA/keys and import again.")

MAGIC = b"LINLIKEYS1\n"
KEPT_DAYS = 30
_HEAD = struct.Struct(">16sIH")
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
_NAME = re.compile(r"(?P<whose>[0-9a-f-]{36}|installation)-(?P<at>\d{8}T\d{12}Z)\.keys")


@dataclass(frozen=True)
class Imported:
    """What an archive brought back. ``erased``: keys that it held of people who were erased since, and which stay gone."""

    community: UUID
    rings: int
    keys: int
    erased: int


def archive_folder() -> Path:
    """Where key archives lie: apart from the backups of records."""
    return Path(settings.DATA) / "backups" / "keys"


@command("trust.export_keys", may=Permission.KEYS_MANAGE)
def export_keys(*, by: Actor, community: UUID, passphrase: str | None, to: Path | None = None) -> Path:
    """Write a community's key archive (mode 0600), sealed under ``passphrase`` or (None) plain. Returns where it lies."""
    rings = [as_json(ring(name)) for name in names() if name.split(".")[0] == str(community)]
    parts = [json.dumps({"community": str(community), "rings": rings}).encode() + b"\n"]
    count = 0
    rows = WrappedKey.objects.filter(community=community).values_list("subject_id", "version", "wrapped")
    for subject, version, wrapped in rows.iterator(chunk_size=5000):
        value = bytes(wrapped)
        parts += (_HEAD.pack(subject.bytes, version, len(value)), value)
        count += 1
    path = to or archive_folder() / f"{community}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.keys"
    write_file(path, packed(b"".join(parts), passphrase))
    record("trust.key_archive", counts={"rings": len(rings), "keys": count})
    return path


@command("trust.import_keys", may=Permission.KEYS_MANAGE, system=True)
def import_keys(*, by: Actor, path: Path, passphrase: str | None) -> Imported:
    """Bring back from an archive the rings and keys that are missing here; nothing that is here is changed.

    Keys of erased people and of subjects that are not in the database stay away. BadInput for a file that is no archive or a
    wrong passphrase, Conflict where the rings here are other ones.
    """
    told, keys = _unpacked(path, passphrase)
    community = UUID(told["community"])
    mended = sum(_merge(from_json(value), path) for value in told["rings"])
    gone = erased(community)
    here = set(Subject.objects.filter(community=community).values_list("id", flat=True))
    here -= set(WrappedKey.objects.filter(community=community).values_list("subject_id", flat=True))
    kept_out = 0
    made = []
    for subject, version, wrapped in keys:
        if subject in gone:
            kept_out += 1
        elif subject in here:
            made.append(
                WrappedKey(subject_id=subject, community_id=community, version=version, suite=wrapped[0], wrapped=wrapped)
            )
    WrappedKey.objects.bulk_create(made, batch_size=2000)
    record("trust.key_archive", counts={"back": len(made), "rings": mended, "erased": kept_out}, community=community)
    return Imported(community, mended, len(made), kept_out)


def newest_archives() -> list[Path]:
    """The newest archive of each community, and of the installation, in DATA/backups/keys."""
    newest: dict[str, Path] = {}
    for path in sorted(archive_folder().glob("*.keys")):
        newest[path.name.rsplit("-", 1)[0]] = path
    return list(newest.values())


def prune_archives(*, now: datetime | None = None, days: int = KEPT_DAYS) -> int:
    """Delete the archives in DATA/backups/keys older than ``days``: what an erased person's key was in must not live on."""
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    gone = 0
    for path in archive_folder().glob("*.keys"):
        found = _NAME.fullmatch(path.name)
        made = datetime.strptime(found["at"], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC) if found else None
        if (made or datetime.fromtimestamp(path.stat().st_mtime, UTC)) < before:
            path.unlink()
            gone += 1
    return gone


def is_sealed(path: Path) -> bool:
    """Whether an archive needs a passphrase. BadInput for a file that is none."""
    with path.open("rb") as file:
        if file.readline(64) != MAGIC:
            raise BadInput(NO_ARCHIVE, where=Where(file=path.name))
        return b'"scrypt"' in file.readline(1000)


def packed(body: bytes, passphrase: str | None) -> bytes:
    """An archive's file: ``body`` sealed under the passphrase or (None) plain."""
    if passphrase is None:
        return MAGIC + b'{"kind": "plain"}\n' + body
    salt = os.urandom(16)
    head = json.dumps({"kind": "scrypt", "salt": base64.b64encode(salt).decode(), **_SCRYPT}).encode()
    return MAGIC + head + b"\n" + seal(SUITES[1], _stretched(passphrase, salt, _SCRYPT), body, MAGIC + head)


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase.encode())


def unpacked(path: Path, passphrase: str | None) -> bytes:
    """The body of an archive's file. BadInput for a file that is none, or a passphrase that is missing or wrong."""
    damaged = BadInput(NO_ARCHIVE, where=Where(file=path.name))
    text = path.read_bytes()
    if not text.startswith(MAGIC):
        raise damaged
    try:
        line, body = text[len(MAGIC) :].split(b"\n", 1)
        head = json.loads(line)
        if head["kind"] != "scrypt":
            return body
        if passphrase is None:
            raise BadInput(NEEDS_PASSPHRASE, where=Where(file=path.name))
        if {name: head[name] for name in _SCRYPT} != _SCRYPT:
            raise damaged
        opened = unseal(_stretched(passphrase, base64.b64decode(head["salt"]), _SCRYPT), body, MAGIC + line)
    except (ValueError, KeyError, TypeError):
        raise damaged from None
    if opened is None:
        raise BadInput(WRONG_PASSPHRASE, where=Where(file=path.name))
    return opened


def _unpacked(path: Path, passphrase: str | None) -> tuple[dict[str, Any], list[tuple[UUID, int, bytes]]]:
    try:
        line, body = unpacked(path, passphrase).split(b"\n", 1)
        told = json.loads(line)
        UUID(told["community"])
        return told, list(_keys(body))
    except (ValueError, KeyError, TypeError, struct.error):
        raise BadInput(NO_ARCHIVE, where=Where(file=path.name)) from None


def _keys(body: bytes) -> Iterator[tuple[UUID, int, bytes]]:
    place = 0
    while place < len(body):
        subject, version, size = _HEAD.unpack_from(body, place)
        wrapped = body[place + _HEAD.size : place + _HEAD.size + size]
        if len(wrapped) != size or not size:
            raise ValueError("cut short")
        place += _HEAD.size + size
        yield UUID(bytes=subject), version, wrapped


def _merge(old: Ring, path: Path) -> bool:
    """Add what a ring here lacks; a ring that is missing comes back whole. Whether anything was added."""
    if not (folder() / f"{old.name}.json").exists():
        return save(old, exclusive=True)
    here = ring(old.name)
    clash = any(n in here.versions and here.versions[n].secret != v.secret for n, v in old.versions.items())
    if clash or here.index_secret != old.index_secret:
        raise Conflict(OTHER_KEYS, remedy=MOVE_AWAY, where=Where(file=path.name), name=old.name)
    now = datetime.now(UTC)
    lacking = {n: replace(v, retired=v.retired or now) for n, v in old.versions.items() if n not in here.versions}
    if not lacking:
        return False
    change(old.name, lambda held: replace(held, versions=lacking | held.versions))
    return True
