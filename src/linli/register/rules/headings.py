"""Under which headings a population file usually says what: ``register/data/headings.csv`` (field, heading), the surest first."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


def usual_headings(field: str) -> tuple[str, ...]:
    """The headings that usually name a field of the population file; none for an unusual one."""
    return _table().get(field, ())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    with (Path(__file__).parents[1] / "data" / "headings.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["field"]] = (*found.get(row["field"], ()), row["heading"])
    return found
