"""Pure work done by a second process beside this one, where there is a core for it: a file is sealed while it is written.

``python -m linli.kernel.aside`` is that process. All it is told comes through its pipe, so that no key stands in an argument, the
environment or a file; it knows neither settings nor database, and ends as soon as the pipe does, however this process ended.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any, Generic, TypeVar

P = TypeVar("P")
R = TypeVar("R")

AHEAD = 3
"""So many pieces are handed over before the answer to the first is wanted."""
_LENGTH = struct.Struct("<Q")


def mapped(function: Callable[[P], R], pieces: Iterable[P], *, aside: bool = True) -> Iterator[R]:
    """``function`` of each of ``pieces``, in their order; aside where more than one core is ours, else here.

    The function must be pure and known by its name in a module (pickle's terms, also for pieces and answers). While an answer is
    waited for, a later piece is done here; so is one whose answer doesn't come, since the process is gone or the function failed
    there: here the fault is told. Close the iterator to end the process early.
    """
    helper = _Helper.begun() if aside and len(os.sched_getaffinity(0)) > 1 else None
    if helper is None:
        yield from map(function, pieces)
        return
    waiting: deque[_Asked[P, R]] = deque()
    try:
        for piece in pieces:
            waiting.append(_Asked(function, piece, helper.ask(function, piece)))
            if len(waiting) > AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        helper.end()


def _first(waiting: deque[_Asked[P, R]]) -> R:
    """The answer to the piece that has waited longest; meanwhile the newest ones are done here."""
    asked = waiting.popleft()
    while not asked.answer.done() and (later := next((one for one in reversed(waiting) if one.answer.cancel()), None)):
        later.found = later.here()
    return asked.get()


class _Asked(Generic[P, R]):
    """One piece that was handed over."""

    found: R

    def __init__(self, function: Callable[[P], R], piece: P, answer: Future[bytes]) -> None:
        self._function, self._piece, self.answer = function, piece, answer

    def here(self) -> R:
        return self._function(self._piece)

    def get(self) -> R:
        if self.answer.cancelled():
            return self.found
        try:
            told = self.answer.result()
        except (OSError, EOFError):
            told = b""
        return pickle.loads(told) if told else self.here()


class _Helper:
    """The second process, and the one thread that talks to it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._thread = ThreadPoolExecutor(1, "aside")

    @classmethod
    def begun(cls) -> _Helper | None:
        """None where no process can be started."""
        command = [sys.executable, "-m", "linli.kernel.aside"]
        try:
            return cls(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        except OSError:
            return None

    def ask(self, function: Callable[[P], R], piece: P) -> Future[bytes]:
        """The pickled answer, later; nothing where the function failed; OSError or EOFError where the process is gone."""
        return self._thread.submit(self._exchange, pickle.dumps((function, piece), pickle.HIGHEST_PROTOCOL))

    def _exchange(self, told: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        _send(self._process.stdin, told)
        return _receive(self._process.stdout)

    def end(self) -> None:
        """Whatever it is doing: nobody waits for it any more."""
        self._process.kill()
        self._process.wait()
        self._thread.shutdown(cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            # What was still to be sent has nobody to read it.
            with suppress(OSError):
                pipe.close()


def _send(pipe: IO[bytes], told: bytes) -> None:
    pipe.write(_LENGTH.pack(len(told)))
    pipe.write(told)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    told = pipe.read(length)
    if len(told) < length:
        raise EOFError
    return told


def _done(told: bytes) -> bytes:
    try:
        function, piece = pickle.loads(told)
        answer: Any = function(piece)
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 - whatever it is, it comes again over there and is told there
        return b""


def main() -> None:
    """Answer until the pipe ends."""
    # A break at the keyboard reaches both; the one that writes decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a function prints is no answer.
    os.dup2(2, 1)
    try:
        while True:
            _send(answers, _done(_receive(asked)))
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    main()
