"""What focus may look at: how many live where, and of how many it has long not been heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linli.facts import Shape, Signal
from linli.kernel.weeks import Week
from linli.register.facts import RESIDENT

if TYPE_CHECKING:
    import ibis


def _by_grid(table: ibis.Table, week: Week) -> ibis.Table:
    return table.filter(table.grid.notnull()).group_by("grid").aggregate(n=lambda t: t.count())


def _by_freshness(table: ibis.Table, week: Week) -> ibis.Table:
    placed = table.filter(table.grid.notnull())
    return placed.group_by(["grid", placed.weeks_unverified.name("weeks")]).aggregate(n=lambda t: t.count())


POPULATION = Signal("register.population", Shape.POPULATION, RESIDENT.name, _by_grid)
FRESHNESS = Signal("register.freshness", Shape.FRESHNESS, RESIDENT.name, _by_freshness)
SIGNALS = (POPULATION, FRESHNESS)
