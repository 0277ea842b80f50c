"""The scheduler's loop: goes on after a fault of the database, ends when told."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from linli.site import scheduler


@pytest.mark.django_db
def test_a_locked_database_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    calls: list[int] = []

    def tick() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("database is locked")
        stop.set()
        return 2

    caplog.set_level("CRITICAL", "linli.site.scheduler")
    assert scheduler.run(tick, stop, pause_seconds=0) == 2
    assert len(calls) == 2


@pytest.mark.django_db
def test_another_fault_is_not_swallowed() -> None:
    def tick() -> int:
        raise KeyError("a job that nobody knows")

    with pytest.raises(KeyError):
        scheduler.run(tick, threading.Event(), pause_seconds=0)
