"""Facts: dated, columnar tables with nobody's name, and the engines that read them.

Public names load on first use (models need the application registry, Ibis a second).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.facts.arrow import fetch
    from linli.facts.commands import keep_snapshot
    from linli.facts.engine import read, run
    from linli.facts.queries import latest_week, snapshot_of, snapshots
    from linli.facts.signal import SIGNALS, Shape, Signal, names_of, of_shape, severity_of
    from linli.facts.signal import offer as offer_signal
    from linli.facts.store import Written, sweep, write
    from linli.facts.table import AGE_BANDS, TABLES, Column, ColumnKind, Grade, Table
    from linli.facts.table import offer as offer_table

_HOME_OF = {
    "fetch": ("arrow", "fetch"),
    "keep_snapshot": ("commands", "keep_snapshot"),
    "read": ("engine", "read"),
    "run": ("engine", "run"),
    "latest_week": ("queries", "latest_week"),
    "snapshot_of": ("queries", "snapshot_of"),
    "snapshots": ("queries", "snapshots"),
    "SIGNALS": ("signal", "SIGNALS"),
    "Shape": ("signal", "Shape"),
    "Signal": ("signal", "Signal"),
    "names_of": ("signal", "names_of"),
    "of_shape": ("signal", "of_shape"),
    "severity_of": ("signal", "severity_of"),
    "offer_signal": ("signal", "offer"),
    "Written": ("store", "Written"),
    "sweep": ("store", "sweep"),
    "write": ("store", "write"),
    "AGE_BANDS": ("table", "AGE_BANDS"),
    "TABLES": ("table", "TABLES"),
    "Column": ("table", "Column"),
    "ColumnKind": ("table", "ColumnKind"),
    "Grade": ("table", "Grade"),
    "Table": ("table", "Table"),
    "offer_table": ("table", "offer"),
}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.facts offers no {name}")
    home, inner = _HOME_OF[name]
    return getattr(import_module(f"linli.facts.{home}"), inner)
