"""Every read of flows that leaves the flat."""

from __future__ import annotations

from linli.flows.queries.counters import CounterRow, WeekRow, counter_names, counter_weeks, counters

__all__ = ["CounterRow", "WeekRow", "counter_names", "counter_weeks", "counters"]
