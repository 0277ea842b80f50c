"""Ledgers beside the keys, one JSON object a line: what must be known even where the database was restored from before it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def read_lines(path: Path, read: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """Each line as ``read`` takes it; no file is no lines.

    A line cut short by a power failure, or of another kind (``read`` raises KeyError, TypeError or ValueError), is none.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    lines: list[T] = []
    for line in text.splitlines():
        try:
            lines.append(read(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            continue
    return lines


def append_lines(path: Path, entries: Iterable[Mapping[str, str]]) -> None:
    """Append and sync to the disk, readable by the owner alone. After a line cut short, ours begin on one of their own."""
    text = as_text(entries)
    if not text:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            text = text if file.read(1) == b"\n" else "\n" + text
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def as_text(entries: Iterable[Mapping[str, str]]) -> str:
    """The lines of a ledger as they stand in the file."""
    return "".join(json.dumps(entry) + "\n" for entry in entries)
