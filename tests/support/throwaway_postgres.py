"""A PostgreSQL cluster that lives as long as one command: made in about a second, kept on loopback, never synced to disk.

``python -m tests.support.throwaway_postgres COMMAND …`` runs COMMAND with ``LINLI_DATABASE_URL`` set to it.
As root, which initdb refuses, the cluster belongs to the user ``postgres`` that Debian's package brings, else to ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

APPLICATION = "linli_app"
"""A role that owns nothing, as a real installation runs with."""
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=128MB"


def binary(name: str) -> str:
    """Where the program is; Debian keeps the servers out of PATH. FileNotFoundError if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]), reverse=True)
    path = str(found[0]) if found else shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is missing; script/test installs PostgreSQL")
    return path


def _owner() -> tuple[list[str], pwd.struct_passwd | None]:
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], user
    raise RuntimeError("no user is left that PostgreSQL could run as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[str]:
    """Yield ``postgres://…`` of a new cluster; stop and remove it afterwards."""
    prefix, user = _owner()
    folder = Path(tempfile.mkdtemp(prefix="linli-postgres-"))
    data = folder / "data"
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    port = _free_port()

    def run(*command: str) -> None:
        # The server keeps its parent's output open, so nothing may wait for the end of a pipe.
        log = folder / "log"
        with log.open("ab") as out:
            done = subprocess.run([*prefix, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{log.read_text(errors='replace')[-2000:]}")

    try:
        run(
            *(binary("initdb"), "-D", str(data), "-A", "trust", "-U", "owner", "--no-sync"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {QUICK}"
        run(binary("pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "server.log"), "-o", options, "start")
        try:
            # Row-level security does not bind a superuser, so Linli must not be one here either.
            with psycopg.connect(host="127.0.0.1", port=port, user="owner", dbname="postgres", autocommit=True) as owner:
                owner.execute("CREATE ROLE linli LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
                owner.execute(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS")
                owner.execute("CREATE DATABASE linli OWNER linli")
            yield f"postgres://linli@127.0.0.1:{port}/linli"
        finally:
            run(binary("pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "LINLI_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
