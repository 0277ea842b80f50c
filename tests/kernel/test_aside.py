"""What a second process does is what this one would have done, and neither outlives the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linli.kernel import aside

PARENT = """
import os, sys, time
from linli.kernel.aside import mapped
from tests.kernel.test_aside import number_of
answers = mapped(number_of, iter(lambda: b"", None))
print(next(answers), flush=True)
time.sleep(600)
"""


def doubled(value: int) -> int:
    return 2 * value


def number_of(_told: object) -> int:
    """Which process answers; slow enough that later pieces wait."""
    time.sleep(0.02)
    return os.getpid()


def divided(value: int) -> float:
    return 1 / value


def dead(value: int) -> int:
    """Dies of the piece 3, unless it is done by the process of the tests."""
    if value == 3 and "pytest" not in sys.modules:
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def talking(value: int) -> int:
    sys.stdout.write("not an answer\n")
    sys.stdout.flush()
    return value


@pytest.fixture(params=[1, 2], autouse=True)
def _cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: range(request.param))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 100])
def test_every_piece_in_its_order(count: int) -> None:
    assert list(aside.mapped(doubled, range(count))) == list(range(0, 2 * count, 2))


def test_large_pieces_pass() -> None:
    large = os.urandom(5_000_000)
    assert list(aside.mapped(bytes, [large, b"", large])) == [large, b"", large]


def test_a_fault_is_told_here() -> None:
    answers = aside.mapped(divided, [1, 2, 0, 4])
    assert [next(answers), next(answers)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(answers)


def test_what_a_killed_process_leaves_is_done_here() -> None:
    assert list(aside.mapped(dead, range(20))) == list(range(20))


def test_what_a_function_prints_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(aside.mapped(talking, [1, 2])) == [1, 2]


def test_not_worth_a_process() -> None:
    assert set(aside.mapped(number_of, [1, 2, 3], aside=False)) == {os.getpid()}


def test_without_a_process_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert set(aside.mapped(number_of, [1, 2, 3])) == {os.getpid()}


def test_a_broken_off_work_ends_the_process() -> None:
    def pieces() -> Iterator[int]:
        while True:
            yield 1

    answers = aside.mapped(number_of, pieces())
    numbers = {next(answers) for _ in range(3)} - {os.getpid()}
    answers.close()  # type: ignore[attr-defined]
    assert not any(_runs(number) for number in numbers)


def test_it_ends_with_a_killed_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as one:
        assert one.stdout is not None
        number = int(one.stdout.readline())
        one.send_signal(signal.SIGKILL)
    _wait(lambda: not _runs(number))


def _runs(number: int) -> bool:
    """Whether a process is there and not only waits to be noticed."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it still runs")
