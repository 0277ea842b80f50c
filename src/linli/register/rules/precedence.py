"""Whom to believe, field by field: what a source tells against what is known from another.

The order stands in ``register/data/precedence.csv`` (field, source, rank, holds_days), chosen by this project: a document seen
at the desk decides who somebody is, a door check where they live, they themselves how to reach them. ``holds_days``: how long a
value of that source stands against a *newer* one of a lower rank; empty: for ever. A landlord or an employer knows of tenants or
staff only what they were told.
"""

from __future__ import annotations

import csv
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from linli.kernel.code_tables import plain


class Source(StrEnum):
    """Where a value comes from. ``document``: seen at the desk; ``resident``: their own declaration; ``file``: any other file."""

    DOOR = "door"
    DOCUMENT = "document"
    POLICE = "police"
    RESIDENT = "resident"
    LANDLORD = "landlord"
    EMPLOYER = "employer"
    FILE = "file"


class Verdict(StrEnum):
    """What becomes of a told value."""

    KEEP = "keep"
    """The known value stays and nothing is asked: the told one is empty, or older news of the same standing."""
    TAKE = "take"
    """The told value replaces the known one."""
    CONFLICT = "conflict"
    """The known value stays, and somebody looks at both."""
    AGREE = "agree"
    """Both say the same: the known value is verified on the newer of both days."""


class Told(NamedTuple):
    """A value (empty: none), its source, and the day on which it was seen to be so."""

    value: str
    source: str
    on: date


class Weight(NamedTuple):
    """Rank of a source for a field (1 is believed first) and for how many days it holds against newer, lower ones."""

    rank: int
    holds_days: int | None


@cache
def order() -> dict[tuple[str, str], Weight]:
    """(field, source) → weight, as the data file has it. ValueError where a field lacks a source."""
    path = Path(__file__).parent.parent / "data" / "precedence.csv"
    found: dict[tuple[str, str], Weight] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            holds = int(line["holds_days"]) if line["holds_days"] else None
            found[line["field"], Source(line["source"])] = Weight(int(line["rank"]), holds)
    for field in {field for field, _ in found}:
        if any((field, source) not in found for source in Source):
            raise ValueError(f"precedence.csv: {field} lacks a source")
    return found


def fields() -> frozenset[str]:
    """The fields that have an order."""
    return frozenset(field for field, _ in order())


def decide(field: str, known: Told, told: Told) -> Verdict:
    """What becomes of ``told`` against ``known``. KeyError for a field or source without an order.

    1. Empty told: KEEP. Empty known: TAKE. The same but for width, case and spaces: AGREE.
    2. Told by a better source: TAKE where it is no older, else CONFLICT.
    3. Told by a source of the same rank: TAKE where newer, KEEP where older; on the same day CONFLICT.
    4. Told by a lesser source: TAKE only where it is newer by more than the known value holds; else CONFLICT.
    """
    weights = order()
    mine, theirs = weights[field, known.source], weights[field, told.source]
    if not told.value.strip():
        return Verdict.KEEP
    if not known.value.strip():
        return Verdict.TAKE
    if known.value == told.value or plain(known.value) == plain(told.value):
        return Verdict.AGREE
    if theirs.rank < mine.rank:
        return Verdict.TAKE if told.on >= known.on else Verdict.CONFLICT
    if theirs.rank == mine.rank:
        return Verdict.TAKE if told.on > known.on else Verdict.KEEP if told.on < known.on else Verdict.CONFLICT
    lapsed = mine.holds_days is not None and (told.on - known.on).days > mine.holds_days
    return Verdict.TAKE if lapsed else Verdict.CONFLICT
