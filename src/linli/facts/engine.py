"""Running Ibis expressions on a snapshot: DuckDB inside this process. (Spark joins with the city.)"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import pyarrow as pa

from linli.facts.signal import Signal
from linli.facts.store import folder
from linli.kernel.weeks import Week

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

_lock = threading.Lock()
_backend: Backend | None = None


def _engine() -> Backend:
    """One embedded DuckDB for this process, made at first need: importing Ibis takes a second."""
    global _backend
    if _backend is None:
        import ibis

        _backend = ibis.duckdb.connect(threads=2)
    return _backend


def run(signal: Signal, *, community: UUID, week: Week, digest: str) -> pa.Table:
    """The rows of a signal on the snapshot with that digest."""
    path = folder(community, str(week), digest) / f"{signal.table}.parquet"
    with _lock:
        engine = _engine()
        return signal.select(engine.read_parquet(path), week).to_pyarrow()


def read(table: str, *, community: UUID, week: str, digest: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A whole table of a snapshot, as it was written; only ``columns`` of it where given, as far as that Monday had them."""
    import pyarrow.parquet as pq

    path = folder(community, week, digest) / f"{table}.parquet"
    had = set(pq.read_schema(path).names) if columns else set()
    return pq.read_table(path, columns=[name for name in columns if name in had] if columns else None)
