"""DATA: the one folder that holds everything a running Linli owns."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOMS = ("db", "keys", "facts", "attachments", "inbox", "exports", "backups", "cache", "cache/static")


def data_folder() -> Path:
    """``$LINLI_DATA``, else ``var/`` in the current folder."""
    return Path(os.environ.get("LINLI_DATA") or "var").resolve()


def prepare(data: Path) -> None:
    """Make DATA and its rooms, readable by their owner alone."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for room in ROOMS:
        (data / room).mkdir(parents=True, exist_ok=True, mode=0o700)


def secret(data: Path, name: str) -> str:
    """A secret of the installation: made at first need, mode 0600, then always the same."""
    prepare(data)
    path = data / "keys" / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
