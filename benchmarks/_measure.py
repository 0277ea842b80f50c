"""What every benchmark shares: a folder of its own, processes measured as a whole, and the one JSON line."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MEGABYTE = 1024.0


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the wall, CPU seconds of all its processes together, peak resident memory."""

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Ran:
    """A finished process."""

    status: int
    out: str
    cost: Cost


@contextmanager
def scratch(keep: Path | None = None) -> Iterator[Path]:
    """A folder that is empty now and gone afterwards; with ``keep`` that folder, which stays."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="linli-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process on ``data`` as an installation has it: compiled modules are kept, no other setting."""
    base = {
        name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_", "PYTHONDONTWRITEBYTECODE"))
    }
    return {**base, "LINLI_DATA": str(data), **more}


def open_here(data: Path) -> None:
    """Make this process one of the installation on ``data``, as the command line does."""
    os.environ["LINLI_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    import django

    django.setup()
    from linli.site import schema
    from linli.site.memory import settle

    schema.ensure()
    settle()


def run(arguments: Sequence[str], *, data: Path, **more: str) -> Ran:
    """Run ``python ARGUMENTS`` to its end, with ``more`` in its environment. RuntimeError where it fails (status above 1)."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=out,
            env=environment(data, **{name: value for name, value in more.items() if value}),
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        text = out.read()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(arguments)} ended with status {process.returncode}")
    return Ran(process.returncode, text, Cost(round(wall, 2), round(usage.ru_utime + usage.ru_stime, 2), _megabytes(usage)))


def write_files(out: Path, *, data: Path, **options: int) -> Cost:
    """Write a synthetic community's files in a process of its own, so that its memory is not counted with ours."""
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return run(["-m", "linli.site.demo", str(out), *words], data=data).cost


def own_peak_mb() -> float:
    """Peak resident memory of this process."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF))


def own_cpu_s() -> float:
    """CPU seconds of this process until now, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _megabytes(usage: resource.struct_rusage) -> float:
    return round(usage.ru_maxrss / MEGABYTE, 1)


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """Median, 95th percentile and largest."""
    ordered = sorted(values)
    return {
        "p50": round(ordered[(len(ordered) - 1) // 2], digits),
        "p95": round(ordered[max(0, -(-len(ordered) * 95 // 100) - 1)], digits),
        "max": round(ordered[-1], digits),
    }


def machine() -> dict[str, Any]:
    """Where and when this was measured. ``load``: runnable processes over the last minute, ours among them."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {
        "cores": os.cpu_count(),
        "model": model,
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def tell(name: str, *, value: Mapping[str, float], limit: Mapping[str, float], at_least: bool = False, **quality: Any) -> int:
    """Print the line. ``value`` and ``limit`` share their keys; returns the exit status: 0 within every limit, else 1."""
    within = {key: (value[key] >= bound if at_least else value[key] <= bound) for key, bound in limit.items()}
    line = {"name": name, "value": value, "limit": limit, "within": within, **quality, "machine": machine()}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 0 if all(within.values()) else 1
