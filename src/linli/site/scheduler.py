"""The scheduler's process: asks every few seconds whose time has come. Several may run; each due time is claimed once."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
PAUSE_SECONDS = 10.0


def run(tick: Callable[[], int], stop: threading.Event, *, pause_seconds: float = PAUSE_SECONDS) -> int:
    """Call ``tick`` until ``stop`` is set; returns how many jobs were enqueued. A failing tick is logged and tried again."""
    from django.db import DatabaseError, close_old_connections

    enqueued = 0
    while not stop.is_set():
        close_old_connections()
        try:
            enqueued += tick()
        except DatabaseError:
            _log.exception("the schedules could not be read; trying again")
        stop.wait(pause_seconds)
    return enqueued


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    import django

    django.setup()
    from linli.work import tick

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(tick, stop)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
