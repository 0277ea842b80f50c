"""``linli up``: everything a running installation needs, in the foreground; Ctrl-C stops all of it."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from linli.site.supervisor import Child, Supervisor, is_healthy
from linli.site.verbs.output import say

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
NEAR_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``[--port N] [--host ADDRESS] [--no-demo] [--workers N]``."""
    parser.add_argument("--port", type=int, default=8000, help="where the web server listens (default: 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address it listens on (default: this machine alone)")
    parser.add_argument("--no-demo", action="store_true", help="begin empty, without the demonstration")
    parser.add_argument("--workers", type=int, default=min(4, max(2, os.cpu_count() or 2)), help="web processes")


def run(arguments: argparse.Namespace) -> int:
    """0 after Ctrl-C, 1 where a process would not start, 2 where the port or the data folder is taken."""
    from django.conf import settings

    from linli.site import schema
    from linli.trust import SYSTEM, walls

    data: Path = settings.DATA
    os.umask(0o077)
    with _alone(data) as alone:
        if not alone:
            say(f"Linli already runs on {data}. Stop it first, or choose another folder with --data DIR.")
            return 2
        if not _is_free(arguments.host, arguments.port):
            say(f"Port {arguments.port} is taken by another program. Choose another one with --port N.")
            return 2
        schema.migrate()
        with walls.everything(SYSTEM):
            if not arguments.no_demo and _wants_demo(data):
                status = _load_demo(data)
                if status > 1:
                    return status
        _close_database()
        return Supervisor(
            children=_children(arguments.host, arguments.port, arguments.workers),
            ready=lambda: is_healthy(_near(arguments.host), arguments.port),
            on_ready=lambda: _announce(data, arguments.host, arguments.port),
            say=say,
            environment=environment(dict(os.environ), data, arguments.host),
        ).run()


def environment(base: Mapping[str, str], data: Path, host: str) -> dict[str, str]:
    """What the children are told: the data folder, the names they answer to, and whether this is a demonstration."""
    hosts = [name for name in base.get("LINLI_HOSTS", "").split(",") if name]
    hosts += [name for name in NEAR_HOSTS if name not in hosts]
    if host in EVERYWHERE:
        hosts += [socket.gethostname(), *_own_addresses()]
    elif host not in LOOPBACK:
        hosts.append(f"[{host}]" if ":" in host else host)
    made = {**base, "LINLI_DATA": str(data), "LINLI_HOSTS": ",".join(dict.fromkeys(hosts))}
    if (data / "demo-accounts.json").exists():
        made.setdefault("LINLI_DEMO", "1")
    return made


def _own_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, proto=socket.IPPROTO_TCP)
    except OSError:
        return []
    return [f"[{address[4][0]}]" if address[0] == socket.AF_INET6 else str(address[4][0]) for address in found]


def _children(host: str, port: int, workers: int) -> list[Child]:
    python = sys.executable
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [
        *(python, "-m", "gunicorn", "linli.site.wsgi:application", "--bind", bind, "--worker-class", "gthread"),
        *("--workers", str(workers), "--threads", "4", "--log-level", "warning", "--no-control-socket"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp", "--graceful-timeout", "8"),
    ]
    django = (python, "-m", "linli.site.cli", "django")
    return [
        Child("The web server", web),
        Child("The worker", [*django, "run_worker", "--queue-name", "*", "--interval", "2"]),
        Child("The scheduler", [*django, "run_scheduler"]),
    ]


def _wants_demo(data: Path) -> bool:
    """Load it where nothing is yet, and go on where loading was cut short; never mix it into a real installation."""
    from linli.trust import SYSTEM, communities_of

    if (data / "demo" / ".loaded").exists():
        return False
    return (data / "demo").exists() or not communities_of(viewer=SYSTEM)


def _load_demo(data: Path) -> int:
    from linli.site.verbs import demo

    (data / "demo").mkdir(exist_ok=True)
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    began = time.monotonic()
    say("Loading the demonstration: a synthetic community, week by week.")
    status = int(demo.run(parser.parse_args(["--out", str(data / "demo")])) or 0)
    if status <= 1:
        (data / "demo" / ".loaded").touch()
        say(f"The demonstration is loaded ({time.monotonic() - began:.0f} s).")
    return status


def _announce(data: Path, host: str, port: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    say(f"\nLinli is ready: http://{_near(host)}:{port}/\n")
    accounts = _accounts(data)
    if accounts:
        table = Table("role", "username", "password", "community", box=None, pad_edge=False)
        for account in accounts:
            table.add_row(*(Text(str(account.get(key) or "")) for key in ("role", "username", "password", "community")))
        Console(stderr=True, width=100, highlight=False).print(table)
        say("\nSynthetic people only; a real installation begins with --no-demo and `linli admin create`.")
    say("Ctrl-C stops everything.")


def _accounts(data: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads((data / "demo-accounts.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def _near(host: str) -> str:
    return "127.0.0.1" if host in (*EVERYWHERE, *LOOPBACK) else host


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def _alone(data: Path) -> Iterator[bool]:
    """Hold the installation's lock; the system lets go of it whatever happens to us."""
    with (data / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _close_database() -> None:
    from django.db import connections

    connections.close_all()
