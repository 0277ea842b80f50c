"""A key ring: one file in ``DATA/keys`` with the versions of the key that wraps others, and the secret of the blind indexes.

It is made at first use and written whole or not at all. Other processes see a change at their next look: the file is another one
then.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from linli.kernel.errors import LinliError
from linli.kernel.words import sentence
from linli.trust.keyring.stores import store, store_named
from linli.trust.suites import FIRST, SECRET_BYTES

KEYS_MISSING = sentence("trust.keys.missing", "The key ring %(name)s is missing, though there are keys under it.")
BRING_BACK = sentence("trust.keys.bring_back", "Bring it back from a key archive: linli keys import.")
RING_BROKEN = sentence("trust.keys.ring_broken", "The key ring %(name)s cannot be read.")


class KeysMissing(LinliError):
    """A key ring that must be there is not, or cannot be read."""

    status = 500


@dataclass(frozen=True)
class Version:
    """One key that wraps others. ``retired`` once a newer one took its place."""

    secret: bytes = field(repr=False)
    made: datetime
    retired: datetime | None = None


@dataclass(frozen=True)
class Ring:
    """The keys of one community, or of one compartment of it.

    ``current`` wraps what is new; ``suite`` seals what is new; ``index_suite`` makes indexes; ``moving_to``: while they are made
    anew.
    """

    name: str
    versions: dict[int, Version]
    index_secret: bytes = field(repr=False)
    current: int
    suite: int = FIRST
    index_suite: int = FIRST
    moving_to: int | None = None

    @property
    def secret(self) -> bytes:
        return self.versions[self.current].secret

    def with_new_version(self) -> Ring:
        """The ring with one more version, which is the current one from now on."""
        now = timezone.now()
        versions = {n: replace(v, retired=v.retired or now) for n, v in self.versions.items()}
        newest = max(versions) + 1
        versions[newest] = Version(os.urandom(SECRET_BYTES), now)
        return replace(self, versions=versions, current=newest)


def folder() -> Path:
    """Where the rings lie."""
    return Path(settings.DATA) / "keys"


def _path(name: str) -> Path:
    return folder() / f"{name}.json"


def names() -> list[str]:
    """The names of all rings: the id of a community, or it, a full stop and a compartment."""
    return sorted(path.stem for path in folder().glob("????????-????-????-????-????????????*.json"))


def as_json(ring: Ring) -> dict[str, Any]:
    """The ring as its file has it, its secrets wrapped by the store of this installation."""
    keeper = store()

    def wrapped(purpose: str, secret: bytes) -> str:
        return base64.b64encode(keeper.wrap(f"{ring.name}/{purpose}", secret)).decode()

    versions = {
        str(n): {
            "secret": wrapped(f"key/{n}", v.secret),
            "made": v.made.isoformat(),
            "retired": v.retired.isoformat() if v.retired else None,
        }
        for n, v in sorted(ring.versions.items())
    }
    return {
        "name": ring.name,
        "store": keeper.name,
        "current": ring.current,
        "suite": ring.suite,
        "index_suite": ring.index_suite,
        "moving_to": ring.moving_to,
        "index_secret": wrapped("index", ring.index_secret),
        "versions": versions,
    }


def from_json(value: dict[str, Any]) -> Ring:
    """The ring from what ``as_json`` made of it. KeysMissing where that is not what stands there."""
    try:
        name = str(value["name"])
        keeper = store_named(value["store"])

        def opened(purpose: str, wrapped: str) -> bytes:
            secret = keeper.unwrap(f"{name}/{purpose}", base64.b64decode(wrapped, validate=True))
            if len(secret) != SECRET_BYTES:
                raise ValueError("a secret has 32 bytes")
            return secret

        versions = {
            int(n): Version(
                opened(f"key/{n}", v["secret"]),
                datetime.fromisoformat(v["made"]),
                datetime.fromisoformat(v["retired"]) if v["retired"] else None,
            )
            for n, v in value["versions"].items()
        }
        moving = value["moving_to"]
        return Ring(
            name, versions, opened("index", value["index_secret"]), int(value["current"]), int(value["suite"]),
            int(value["index_suite"]), None if moving is None else int(moving),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeysMissing(
            RING_BROKEN, remedy=BRING_BACK, name=str(value.get("name", "")) if isinstance(value, dict) else ""
        ) from None


_seen: dict[Path, tuple[tuple[int, int, int], Ring]] = {}


def _read(name: str) -> Ring | None:
    path = _path(name)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    known = _seen.get(path)
    if known and known[0] == stamp:
        return known[1]
    try:
        value = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise KeysMissing(RING_BROKEN, remedy=BRING_BACK, name=name) from None
    found = from_json(value)
    if found.name != name:
        raise KeysMissing(RING_BROKEN, remedy=BRING_BACK, name=name)
    _seen[path] = (stamp, found)
    return found


def write_file(path: Path, text: bytes, *, exclusive: bool = False) -> bool:
    """Write a file of mode 0600 whole or not at all, and see it on the disk. ``exclusive``: False where there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if exclusive:
            try:
                os.link(beside, path)
            except FileExistsError:
                return False
        else:
            os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    place = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
    return True


def save(ring: Ring, *, exclusive: bool = False) -> bool:
    """Write the ring's file. ``exclusive``: False, and nothing written, where there is one."""
    return write_file(_path(ring.name), json.dumps(as_json(ring), indent=1).encode(), exclusive=exclusive)


def ring(name: str, *, expected: Callable[[], bool] = lambda: False) -> Ring:
    """The ring of that name, made at first use. KeysMissing where there is none and ``expected()`` says that keys rest on it."""
    found = _read(name)
    if found is not None:
        return found
    if expected():
        raise KeysMissing(KEYS_MISSING, remedy=BRING_BACK, name=name)
    first = Version(os.urandom(SECRET_BYTES), timezone.now())
    save(Ring(name, {1: first}, os.urandom(SECRET_BYTES), 1), exclusive=True)
    found = _read(name)
    if found is None:
        raise KeysMissing(KEYS_MISSING, remedy=BRING_BACK, name=name)
    return found


def change(name: str, how: Callable[[Ring], Ring]) -> Ring:
    """Change a ring that is there, one process after the other."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder() / f"{name}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _read(name)
        if found is None:
            raise KeysMissing(KEYS_MISSING, remedy=BRING_BACK, name=name)
        changed = how(found)
        if changed != found:
            save(changed)
        return changed
