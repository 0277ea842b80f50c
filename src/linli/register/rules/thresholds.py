"""The numbers at which the register asks for more care, as data (``register/data/thresholds.csv``: name, value, unit, source)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def threshold(name: str) -> int:
    """The value in the unit of the file (per mille, percent or weeks); KeyError for a name that isn't there."""
    path = Path(__file__).parent.parent / "data" / "thresholds.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {line["name"]: int(line["value"]) for line in csv.DictReader(lines)}[name]
