"""Whole files under a community's key: read and written piece by piece, so that a gigabyte takes no memory."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from linli.trust.sealing.keys import Tampered, ring_of
from linli.trust.suites import NONCE_BYTES, SECRET_BYTES, SUITES, seal, unseal

MAGIC = b"linli file 1\n"
_PIECE = 1 << 20
_BOUND = b"linli file key"
_HEAD = struct.Struct(">IH")
_LENGTH = struct.Struct(">I")


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


def seal_file(community: UUID, source: Readable, target: Writable) -> None:
    """Write ``source`` sealed to ``target``: a key of its own under the community's, then pieces bound to their place."""
    held = ring_of(community)
    suite = SUITES[held.suite]
    secret = os.urandom(SECRET_BYTES)
    wrapped = seal(suite, held.secret, secret, _BOUND)
    target.write(MAGIC + _HEAD.pack(held.current, len(wrapped)) + wrapped + suite.mark)
    aead = suite.aead(secret)
    number, piece = 0, source.read(_PIECE)
    while True:
        following = source.read(_PIECE) if piece else b""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + aead.encrypt(nonce, piece, _place(number, last=not following))
        target.write(_LENGTH.pack(len(sealed)) + sealed)
        if not following:
            return
        number, piece = number + 1, following


def open_file(community: UUID, source: Readable, target: Writable) -> None:
    """Write what :func:`seal_file` sealed. Tampered where a piece is missing, moved, changed, or the key is gone."""
    held = ring_of(community)
    try:
        if source.read(len(MAGIC)) != MAGIC:
            raise Tampered
        version, size = _HEAD.unpack(source.read(_HEAD.size))
        secret = unseal(held.versions[version].secret, source.read(size), _BOUND)
        if secret is None:
            raise Tampered
        aead = SUITES[source.read(1)[0]].aead(secret)
        number, length = 0, source.read(_LENGTH.size)
        while True:
            sealed = source.read(_LENGTH.unpack(length)[0])
            length = source.read(_LENGTH.size)
            place = _place(number, last=not length)
            target.write(aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place))
            if not length:
                return
            number += 1
    except (InvalidTag, KeyError, IndexError, ValueError, struct.error):
        raise Tampered from None


def rewrap_file(community: UUID, path: Path) -> bool:
    """Wrap the key of a sealed file anew under the community's current version, in place: its pieces and its age stay.

    Whether there was anything to do. Tampered where it is no such file or its key is gone.
    """
    held = ring_of(community)
    with path.open("rb") as file:
        head = file.read(len(MAGIC) + _HEAD.size)
        try:
            version, size = _HEAD.unpack(head[len(MAGIC) :])
            if not head.startswith(MAGIC):
                raise Tampered
            if version == held.current:
                return False
            secret = unseal(held.versions[version].secret, file.read(size), _BOUND)
        except (KeyError, struct.error):
            raise Tampered from None
    if secret is None:
        raise Tampered
    wrapped = seal(SUITES[held.suite], held.secret, secret, _BOUND)
    if len(wrapped) != size:
        raise Tampered
    stat = path.stat()
    path.chmod(0o600)
    handle = os.open(path, os.O_WRONLY)
    try:
        # One write of less than a hundred bytes at the beginning: whole or not at all.
        os.pwrite(handle, MAGIC + _HEAD.pack(held.current, size) + wrapped, 0)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    path.chmod(stat.st_mode & 0o777)
    return True


def _place(number: int, *, last: bool) -> bytes:
    return b"linli file\0" + number.to_bytes(8, "big") + (b"\1" if last else b"\0")
