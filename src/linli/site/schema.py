"""The database's tables follow the code by themselves: a new installation and a new release need no command of their own."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from linli.site import walls


def _fingerprint() -> str:
    """Which database, and which migrations the code brings."""
    loader = MigrationLoader(None, replace_migrations=False)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations)
    names.append(f"walls {walls.VERSION}")
    place = "{NAME}@{HOST}:{PORT}".format(**connection.settings_dict)
    return hashlib.sha256("\n".join([place, *names]).encode()).hexdigest()


def migrate() -> None:
    """Bring the tables up to date, as their owner, and raise the walls between communities."""
    with walls.as_owner():
        call_command("migrate", interactive=False, verbosity=0)


def ensure() -> None:
    """Bring the tables up to date where this code has not done so yet; otherwise one small file is read.

    Of two processes that begin at the same moment one does it, and the other waits.
    """
    stamp = Path(settings.DATA) / "db" / "schema"
    wanted = _fingerprint()
    fresh = connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists()
    if not fresh and stamp.exists() and stamp.read_text() == wanted:
        return
    with stamp.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrate()
        stamp.write_text(wanted)
