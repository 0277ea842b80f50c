"""A whole installation for tests that look from outside: loaded once, copied for whoever writes, served on a free port."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from linli.site.supervisor import is_healthy
from tests.support.source import ROOT

RESIDENTS, WEEKS, SEED = 1200, 8, 7


def _environment(data: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if key != "LINLI_DATABASE_URL"}
    return {**clean, "LINLI_DATA": str(data), "LINLI_DEMO": "1"}


def _linli(data: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "linli.site.cli", *arguments],
        env=_environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode > 1:
        raise RuntimeError(f"linli {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-4000:]}")


def build_once(folder: Path) -> Path:
    """The demonstration in ``folder``; where several test workers ask at the same time, one builds and the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".built").exists():
            folder.mkdir(parents=True, exist_ok=True)
            _linli(folder, "django", "migrate", "--verbosity", "0")
            size = ("--seed", str(SEED), "--residents", str(RESIDENTS), "--weeks", str(WEEKS))
            _linli(folder, "demo", *size, "--out", str(folder / "demo"))
            (folder / ".built").touch()
    return folder


def copy(source: Path, target: Path) -> Path:
    """A copy that may be written to. Nobody writes to ``source``, so its files are whole."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    return target


@dataclass(frozen=True)
class Account:
    """One of the demonstration's accounts."""

    role: str
    username: str
    password: str
    community: str | None


@dataclass(frozen=True)
class Installation:
    """A running Linli and the folder it lives on."""

    url: str
    data: Path

    def accounts(self) -> list[Account]:
        listed = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        return [Account(row["role"], row["username"], row["password"], row.get("community")) for row in listed]

    def account(self, role: str, community: str | None = None) -> Account:
        """The first account with the role, in the community where one is named."""
        return next(a for a in self.accounts() if a.role == role and community in (None, a.community))

    def run(self, script: str) -> None:
        """Run Python within the installation, for what no page can bring about."""
        done = subprocess.run(
            [sys.executable, "-m", "linli.site.cli", "django", "shell", "--verbosity", "0"],
            input=script,
            env=_environment(self.data),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "Traceback" in done.stderr:
            raise RuntimeError(done.stderr[-4000:])


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(data: Path, **environment: str) -> Iterator[Installation]:
    """Serve ``data`` as script/run does, with one process; the address answers ``/health`` before this yields."""
    port = free_port()
    log = data / "web.log"
    command = [
        *(sys.executable, "-m", "gunicorn", "linli.site.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning", "--no-control-socket"),
    ]
    with log.open("wb") as out:
        web = subprocess.Popen(command, env={**_environment(data), **environment}, cwd=ROOT, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 60
        while not is_healthy("127.0.0.1", port):
            if web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the web server did not start:\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)
        yield Installation(f"http://127.0.0.1:{port}", data)
    finally:
        web.terminate()
        web.wait(15)
