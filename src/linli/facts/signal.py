"""What focus may look at: a flat offers signals, each an Ibis expression over one of its fact tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week

if TYPE_CHECKING:
    import ibis


class Shape(StrEnum):
    """The columns that a signal's expression yields.

    POPULATION: grid, n, care (of them with a care need), old (of them 65 or older).
    COUNTS: weeks_back (0 = the seven days the round looks at), grid (null: no place was found), matter, n.
    FRESHNESS: grid, weeks (rounds since last verified), n.
    UNRESOLVED: grid, matter, open, overdue, longest_hours, overdue_before.
    SERIES: counter, grid, at (instant), value, day_class (0 working day, 1 Saturday/Sunday, 2 holiday), interval_minutes,
    counted (adds up over a day; else a level).
    """

    POPULATION = "population"
    COUNTS = "counts"
    FRESHNESS = "freshness"
    UNRESOLVED = "unresolved"
    SERIES = "series"


@dataclass(frozen=True)
class Signal:
    """One thing to look at. ``select(table, week)`` is an Ibis expression; the same runs on DuckDB and on Spark.

    ``names(viewer=, community=)`` gives both languages' names of the matters or counters by code.
    ``severity(viewer=, community=)`` gives the gravity of each matter, 0 to 1 (default 0.3).
    """

    name: str
    shape: Shape
    table: str
    select: Callable[[ibis.Table, Week], ibis.Table]
    names: Callable[..., Mapping[str, Mapping[str, str]]] | None = None
    severity: Callable[..., Mapping[str, float]] | None = None


SIGNALS: dict[str, Signal] = {}


def offer(signal: Signal) -> None:
    """Make a signal known; called by ``site.wiring``."""
    SIGNALS[signal.name] = signal


def of_shape(shape: Shape) -> list[Signal]:
    """The signals of one shape, by name."""
    return sorted((s for s in SIGNALS.values() if s.shape is shape), key=lambda s: s.name)


def names_of(signal: Signal, *, viewer: Actor, community: UUID) -> Mapping[str, Mapping[str, str]]:
    return signal.names(viewer=viewer, community=community) if signal.names else {}


def severity_of(signal: Signal, *, viewer: Actor, community: UUID) -> Mapping[str, Any]:
    return signal.severity(viewer=viewer, community=community) if signal.severity else {}
