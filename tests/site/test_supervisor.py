"""The supervisor: starts, starts again, gives up where nothing helps, stops everything."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from linli.site.supervisor import Child, Supervisor, pause_before_restart

FOREVER = "import time; time.sleep(600)"


@given(st.integers(1, 60))
def test_pauses_grow_and_stay_bearable(deaths: int) -> None:
    assert 0.5 <= pause_before_restart(deaths) <= pause_before_restart(deaths + 1) <= 30


def _python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def test_a_dead_process_is_started_again_and_all_are_stopped(tmp_path: Path) -> None:
    births = tmp_path / "births"
    mortal = _python("mortal", f"open({str(births)!r}, 'a').write('x')")
    lasting = _python("lasting", FOREVER)
    said: list[str] = []
    ready: list[bool] = []

    def is_ready() -> bool:
        return births.exists() and len(births.read_text()) >= 2

    def stop() -> None:
        ready.append(True)
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor = Supervisor([mortal, lasting], ready=is_ready, on_ready=stop, say=said.append, tick_seconds=0.02)
    assert supervisor.run() == 0
    assert ready == [True]
    assert lasting.process is not None
    assert lasting.process.poll() is not None
    assert any("mortal ended" in line for line in said)


def test_what_never_starts_is_given_up(monkeypatch: object) -> None:
    broken, lasting = _python("broken", "raise SystemExit(3)"), _python("lasting", FOREVER)
    broken.quick_deaths = 4
    said: list[str] = []
    supervisor = Supervisor([broken, lasting], ready=lambda: False, on_ready=lambda: None, say=said.append, tick_seconds=0.02)
    assert supervisor.run() == 1
    assert said == ["broken does not start (exit status 3)."]
    assert lasting.process is not None
    assert lasting.process.poll() is not None
