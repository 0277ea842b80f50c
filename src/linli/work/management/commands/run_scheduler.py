"""``run_scheduler``: enqueue what is due and take back what dead workers held, until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections


class Command(BaseCommand):
    """Looks at the schedules every few seconds. Two schedulers at once do no harm: each due time is claimed once."""

    help = "Enqueue scheduled jobs when their time has come."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=10.0, help="seconds between looks")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *_args: Any, **options: Any) -> None:
        from linli.work import take_back, tick

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            tick()
            take_back()
            if options["once"]:
                return
            stop.wait(options["interval"])
