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
    inside: Inside

    def accounts(self) -> list[Account]:
        listed = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        return [Account(row["role"], row["username"], row["password"], row.get("community")) for row in listed]

    def account(self, role: str, community: str | None = None) -> Account:
        """The first account with the role, in the community where one is named."""
        return next(a for a in self.accounts() if a.role == role and community in (None, a.community))

    def run(self, script: str) -> None:
        """Run Python within the installation, for what no page can bring about."""
        self.inside.run(script)


class Inside:
    """One process within an installation that runs scripts, one after the other: starting takes longer than most of them."""

    LOOP = """
import contextlib, json, sys, traceback
from django.db import connections
for line in sys.stdin:
    told = ""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(json.loads(line), dict(globals()))
    except BaseException:
        told = traceback.format_exc()
    connections.close_all()
    print(json.dumps(told), flush=True)
"""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[str] | None = None

    def run(self, script: str) -> None:
        """Run ``script`` in a namespace of its own. RuntimeError with its traceback where it fails."""
        if self.process is None:
            command = [sys.executable, "-m", "linli.site.cli", "django", "shell", "--verbosity", "0", "--command", self.LOOP]
            with (self.data / "inside.log").open("wb") as log:
                self.process = subprocess.Popen(
                    command,
                    env=_environment(self.data),
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(script) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer or (told := json.loads(answer)):
            raise RuntimeError(told if answer else (self.data / "inside.log").read_text(errors="replace")[-4000:])

    def end(self) -> None:
        """Let the process end, if it was ever needed."""
        if self.process is not None:
            self.process.communicate(timeout=15)


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
        inside = Inside(data)
        try:
            yield Installation(f"http://127.0.0.1:{port}", data, inside)
        finally:
            inside.end()
    finally:
        web.terminate()
        web.wait(15)
