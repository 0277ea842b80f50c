"""What focus may look at: the readings of every counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linli.facts import Shape, Signal
from linli.flows.queries import counter_names

if TYPE_CHECKING:
    import ibis

    from linli.kernel.weeks import Week


def _series(readings: ibis.Table, week: Week) -> ibis.Table:
    return readings.select("counter", "grid", "at", "value", "day_class", "interval_minutes", "counted")


SERIES = Signal("flows.series", Shape.SERIES, "reading", _series, names=counter_names)
SIGNALS = (SERIES,)
