"""The evidence of one week, as arrays: what a judgement is made from. No database, no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.kernel.weeks import Week

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Unresolved:
    """Open cases of one grid and matter; hours past the limit of the longest; how many were past it a week ago."""

    open: int
    overdue: int
    longest_hours: float
    overdue_before: int


@dataclass(frozen=True)
class CounterSeries:
    """Readings of one counter, oldest first. ``day_class``: 0 working day, 1 Saturday or Sunday, 2 holiday.

    ``interval_minutes``: between two readings. ``counted``: they add up over a day; else they are a level.
    """

    counter: str
    grid: str | None
    at: NDArray[np.datetime64]
    value: Floats
    day_class: NDArray[np.int64]
    interval_minutes: int = 60
    counted: bool = True


@dataclass(frozen=True)
class Evidence:
    """Everything known about a community on one Monday, without anybody in it.

    ``counts``[weeks, grids, matters], oldest week first, the week looked at last; ``usable``[weeks]: whether reports of that week
    were delivered at all. ``population``, ``care``, ``old``[grids]: residents, those with a care need, those of 65 and more.
    ``unverified``[grids]: mapping from rounds since the last verification to people. Names are in both languages, by code.
    """

    week: Week
    zone: str
    now: datetime
    grids: tuple[str, ...]
    matters: tuple[str, ...]
    counts: NDArray[np.int64]
    usable: NDArray[np.bool_]
    population: Floats
    care: Floats
    old: Floats
    unverified: Mapping[str, Mapping[int, int]]
    unresolved: Mapping[tuple[str, str], Unresolved]
    counters: tuple[CounterSeries, ...] = ()
    matter_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counter_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    severity: Mapping[str, float] = field(default_factory=dict)
    without_place: int = 0

    def matter_name(self, matter: str) -> Mapping[str, str]:
        return self.matter_names.get(matter) or {"en": matter, "zh-Hans": matter}

    def counter_name(self, counter: str) -> Mapping[str, str]:
        return self.counter_names.get(counter) or {"en": counter, "zh-Hans": counter}

    def need(self, grid: str) -> tuple[float, float]:
        """Share of residents with care needs in the grid, and in the whole community."""
        place = self.grids.index(grid)
        people = self.population[place]
        everybody = self.population.sum()
        here = self.care[place] / people if people else 0.0
        usual = self.care.sum() / everybody if everybody else 0.0
        return float(here), float(usual)


def as_point(**values: Any) -> Mapping[str, Any]:
    """A point of a chart; NaN becomes None, numbers are rounded to what a person reads."""
    return {
        name: (
            None
            if isinstance(value, float) and not np.isfinite(value)
            else round(value, 2)
            if isinstance(value, float)
            else value
        )
        for name, value in values.items()
    }
