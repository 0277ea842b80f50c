"""Fifty renewals killed anywhere: the register is what stood before, or what the file makes of it; the next run completes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import register as bench

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("killed")]
KILLS = 50
PEOPLE = 2000
CALL = """
import django, sys
django.setup()
from linli.site import cli
print("ready", flush=True)
sys.exit(cli.main(sys.argv[1:]))
"""
Place = tuple[Path, str]
"""A folder of data, and the address of its database ("" is SQLite in the folder)."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Place]]:
    """Makes copies of a register of the first week, with the file of the second beside it."""
    folder = tmp_path_factory.mktemp("register")
    url = _database(request.getfixturevalue("postgres"), "first") if request.param == "postgres" else ""
    files = bench.prepare(folder, PEOPLE, 1, url)
    bench.renew(folder, url, files[0], bench.WEEKS[0])
    made: list[Place] = []

    def tidy() -> None:
        while made:
            old, address = made.pop()
            shutil.rmtree(old, ignore_errors=True)
            if address:
                _ask(url, f'DROP DATABASE "{address.rpartition("/")[2]}" WITH (FORCE)')

    def copy() -> Place:
        tidy()
        other = folder.with_name(f"copy-{time.monotonic_ns()}")
        shutil.copytree(folder, other)
        made.append((other, _database(url, other.name.replace("-", "_"), template="first") if url else ""))
        return made[-1]

    yield copy
    tidy()
    if url:
        _ask(url.rpartition("/")[0] + "/postgres", 'DROP DATABASE "first" WITH (FORCE)')


def _database(url: str, name: str, *, template: str = "template1") -> str:
    """A new database beside that of ``url``."""
    _ask(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{url.rpartition('/')[0]}/{name}"


def _ask(url: str, statement: str) -> None:
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(statement)


def test_a_renewal_killed_anywhere_is_all_or_nothing(copies: Callable[[], Place]) -> None:
    before, after, seconds = _reference(copies())
    chance, ends = Random(3), {"before": 0, "after": 0}
    for _ in range(KILLS):
        place = copies()
        _killed(place, chance.uniform(0, 1.1 * seconds))
        state = _state(place, *_renewal(place))
        assert state["sound"]
        if state["content"] == before["content"]:
            assert state["raw"] == before["raw"]
            ends["before"] += 1
        else:
            assert state["content"] == after
            ends["after"] += 1
        assert (state["status"] in (0, 1), state["then"]) == (True, after)
    assert ends["before"] > 0


def _reference(place: Place) -> tuple[dict[str, object], object, float]:
    """What stands before, what the file makes of it, and how long that takes a process that has started."""
    before = _state(place)
    with _start(place) as process:
        start = time.monotonic()
        assert process.wait() in (0, 1)
        seconds = time.monotonic() - start
    return before, _state(place)["content"], seconds


def _killed(place: Place, delay: float) -> None:
    with _start(place) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    assert process.returncode in (-signal.SIGKILL, 0, 1)


def _start(place: Place) -> subprocess.Popen[str]:
    """The renewal, at the moment when it has loaded everything and begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", CALL, *_renewal(place)],
        env=_environment(place), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _renewal(place: Place) -> list[str]:
    file = place[0] / f"residents_{bench.WEEKS[1]}.csv"
    return ["renew", str(file), "--community", bench.CODE, "--as-of", bench.WEEKS[1]]


def _state(place: Place, *verb: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.register_state", bench.CODE, *verb],
        env=_environment(place), capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def _environment(place: Place) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    address = {"LINLI_DATABASE_URL": place[1]} if place[1] else {}
    return {**kept, "DJANGO_SETTINGS_MODULE": "linli.site.settings", "LINLI_DATA": str(place[0]), **address}
