"""How many minutes a month a building or a grid asks of its worker. The figures are data, with their source: ``workload.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WEEKS = 4
"""A month of reported matters."""


@dataclass(frozen=True)
class Load:
    """What a building or a grid holds. ``help``: residents who need some; ``minutes``: of work in a month."""

    persons: int = 0
    households: int = 0
    help: int = 0
    minutes: float = 0.0


@cache
def minutes_for(what: str) -> float:
    """Minutes a month for one ``household``, one resident who needs ``help``, one ``case``."""
    text = files("linli.territory.rules").joinpath("workload.csv").read_text("utf-8")
    return {row["what"]: float(row["minutes"]) for row in csv.DictReader(text.splitlines())}[what]


def minutes(households: int, help_wanted: int, cases: float = 0.0) -> float:
    """Minutes a month; ``cases`` of the last :data:`WEEKS` weeks, in parts where they are spread over buildings."""
    return households * minutes_for("household") + help_wanted * minutes_for("help") + cases * minutes_for("case")
