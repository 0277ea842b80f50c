"""What the command line prints: people read standard error, programs read JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import override
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from linli.kernel.errors import LinliError

_console = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    _console.print(text, markup=False)


def result(value: Mapping[str, Any] | list[Any]) -> None:
    """The machine-readable result."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def complain(fault: LinliError) -> None:
    """What is wrong, where, and what to do."""
    from linli.faces.words import render

    with override("en"):
        place = ", ".join(
            part
            for part in (
                fault.where.file,
                f"row {fault.where.row}" if fault.where.row is not None else "",
                f"column {fault.where.column}" if fault.where.column else "",
            )
            if part
        )
        say(f"{place}: {render(fault.words)}" if place else render(fault.words))
        if fault.remedy:
            say(render(fault.remedy))


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on a terminal; plain silence elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console, disable=quiet or not _console.is_terminal) as bar:
        yield bar
