"""The database as one file, without the keys of the people in it, and back again. Alike on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from linli.kernel.errors import BadInput, LinliError
from linli.kernel.words import sentence

NO_TOOL = sentence("backup.no_tool", "%(name)s is missing on this machine.")
INSTALL = sentence("backup.install", "Install the client programs of PostgreSQL, of the server's version or newer.")
TOOL_FAILED = sentence("backup.tool_failed", "%(name)s failed: %(told)s")
OTHER_ENGINE = sentence(
    "backup.other_engine", "This archive is of %(archive)s, and the database here is %(here)s. They cannot be exchanged."
)

KEYS = "trust_wrappedkey"
"""The table whose rows never go into an archive of records."""


class ToolFailed(LinliError):
    """A program of the database did not do its work; nothing was changed."""

    status = 503


def engine() -> str:
    """``sqlite`` or ``postgresql``."""
    return str(connection.vendor)


def is_empty() -> bool:
    """Whether there are no tables here yet."""
    if engine() == "sqlite" and not _sqlite().exists():
        return True
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def dump(to: Path) -> None:
    """Write the whole database but its keys to ``to``; others may go on writing meanwhile."""
    if engine() == "sqlite":
        _dump_sqlite(to)
    else:
        _run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security"),
            *(f"--exclude-table-data=*.{KEYS}", f"--file={to}", f"--dbname={_owner()['NAME']}"),
        )


def load(path: Path, archive_engine: str) -> None:
    """Put a dumped database in place of what is here. BadInput for one of the other kind."""
    if archive_engine != engine():
        raise BadInput(OTHER_ENGINE, archive=archive_engine, here=engine())
    connection.close()
    if engine() == "sqlite":
        place = _sqlite()
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for ending in ("-wal", "-shm"):
            place.with_name(place.name + ending).unlink(missing_ok=True)
        shutil.copyfile(path, draft := place.with_name(f"{place.name}.restored"))
        os.replace(draft, place)
    else:
        _run(
            *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
            *(f"--dbname={_owner()['NAME']}", str(path)),
        )
    # The tables may be older than the code: whoever starts next looks.
    (Path(settings.DATA) / "db" / "schema").unlink(missing_ok=True)


def _sqlite() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _dump_sqlite(to: Path) -> None:
    """A copy is made, emptied of keys and written anew, so that not even freed pages hold one."""
    with tempfile.TemporaryDirectory(dir=Path(settings.DATA) / "cache") as folder:
        whole = Path(folder) / "whole.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(whole)])
        with closing(sqlite3.connect(whole, isolation_level=None)) as copy:
            copy.execute("PRAGMA secure_delete=ON")
            copy.execute(f"DELETE FROM {KEYS}")
            copy.execute("VACUUM INTO ?", [str(to)])


def _owner() -> dict[str, Any]:
    """As whom the database's own programs sign in: the role that owns the tables."""
    return dict(settings.LINLI_DATABASE_OWNER or connection.settings_dict)


def _run(name: str, *arguments: str) -> None:
    tool = _tool(name)
    owner = _owner()
    told = {
        "PGHOST": str(owner.get("HOST") or ""),
        "PGPORT": str(owner.get("PORT") or ""),
        "PGUSER": str(owner.get("USER") or ""),
        "PGPASSWORD": str(owner.get("PASSWORD") or ""),
        # The walls between communities bind the owner, too: a backup is of all of them.
        "PGOPTIONS": "-c linli.everything=yes",
    }
    environment = {**os.environ, **{key: value for key, value in told.items() if value}}
    done = subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolFailed(TOOL_FAILED, name=name, told=done.stderr.strip()[-400:])


def _tool(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]), reverse=True)
    found = str(newest[0]) if newest else shutil.which(name)
    if found is None:
        raise BadInput(NO_TOOL, remedy=INSTALL, name=name)
    return found
