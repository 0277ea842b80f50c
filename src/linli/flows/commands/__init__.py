"""Every write of flows."""

from __future__ import annotations

from linli.flows.commands.counters import add_counter, adopt_counters
from linli.flows.commands.readings import apply_readings, undo_readings

__all__ = ["add_counter", "adopt_counters", "apply_readings", "undo_readings"]
