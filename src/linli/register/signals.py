"""What focus may look at: how many live where, and of how many it has long not been heard."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from linli.facts import Shape, Signal
from linli.kernel.weeks import Week
from linli.register.facts import RESIDENT
from linli.register.rules.needs import Need

if TYPE_CHECKING:
    import ibis


OLD_FROM = "65-69"
"""The first age band of the old; bands sort as their names do."""


def _by_grid(table: ibis.Table, week: Week) -> ibis.Table:
    placed = table.filter(table.grid.notnull())
    needs = [placed[f"need_{need}"] for need in Need]
    placed = placed.mutate(care=reduce(or_, needs), old=placed.age_band >= OLD_FROM)
    return placed.group_by("grid").aggregate(
        n=lambda t: t.count(), care=lambda t: t.care.cast("int64").sum(), old=lambda t: t.old.cast("int64").sum()
    )


def _by_freshness(table: ibis.Table, week: Week) -> ibis.Table:
    placed = table.filter(table.grid.notnull())
    return placed.group_by(["grid", placed.weeks_unverified.name("weeks")]).aggregate(n=lambda t: t.count())


POPULATION = Signal("register.population", Shape.POPULATION, RESIDENT.name, _by_grid)
FRESHNESS = Signal("register.freshness", Shape.FRESHNESS, RESIDENT.name, _by_freshness)
SIGNALS = (POPULATION, FRESHNESS)
