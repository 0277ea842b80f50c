"""Keeps the processes of one installation alive: starts them, starts a dead one again, stops them all together."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

GRACE_SECONDS = 12
SETTLED_SECONDS = 20
"""A process that lived this long counts as started; its next death begins a new count."""
PATIENCE = 5
"""So many quick deaths in a row before the installation was ever ready, and we give up: it will not heal by itself."""


def pause_before_restart(quick_deaths: int) -> float:
    """Seconds to wait: 0.5, 1, 2, 4 … at most 30."""
    return float(min(30.0, 0.5 * 2 ** max(0, quick_deaths - 1)))


@dataclass
class Child:
    """One process: its name for people, its command, and how it fares."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started = time.monotonic()

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _die_with_parent() -> None:
    """On Linux: be told to stop when the supervisor itself is killed, so that nothing is left behind."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def is_healthy(host: str, port: int) -> bool:
    """Whether ``/health`` answers 200."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass
class Supervisor:
    """Runs ``children`` until a signal comes. ``ready`` is asked until it says yes; then ``on_ready`` is called once."""

    children: list[Child]
    ready: Callable[[], bool]
    on_ready: Callable[[], None]
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    tick_seconds: float = 0.2
    _stopping: bool = False
    _was_ready: bool = False

    def run(self) -> int:
        """0 after an orderly stop, 1 where a process would not start."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for child in self.children:
                child.start(self.environment)
            while not self._stopping:
                if not self._look_after_children():
                    return 1
                if not self._was_ready and self.ready():
                    self._was_ready = True
                    self.on_ready()
                time.sleep(self.tick_seconds)
            return 0
        finally:
            self._stop_children()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _look_after_children(self) -> bool:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.not_before:
                    child.start(self.environment)
            elif child.has_died():
                quick = now - child.started < SETTLED_SECONDS
                child.quick_deaths = child.quick_deaths + 1 if quick else 1
                if child.quick_deaths >= PATIENCE and not self._was_ready:
                    self.say(f"{child.name} does not start (exit status {child.process.returncode}).")
                    return False
                wait = pause_before_restart(child.quick_deaths)
                self.say(f"{child.name} ended (exit status {child.process.returncode}); starting it again in {wait:g} s.")
                child.process, child.not_before = None, now + wait
        return True

    def _stop_children(self) -> None:
        living = [child for child in reversed(self.children) if child.process is not None and child.process.poll() is None]
        for child in living:
            assert child.process is not None
            child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in living:
            assert child.process is not None
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not stop; ending it.")
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
