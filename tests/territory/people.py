"""Facts of a week as a round would have written them: so many residents in each building, some matters reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa

from linli.cases.facts import REPORT
from linli.facts import Table, keep_snapshot, write
from linli.kernel.weeks import Week
from linli.register.facts import RESIDENT
from linli.trust import SYSTEM

WEEK = Week.parse("2026-W46")
THEN = datetime(2026, 11, 9, tzinfo=UTC)


def settle(community: UUID, people: Mapping[UUID, int], *, helped: int = 0, cases: Mapping[str, int] | None = None) -> None:
    """``people`` by building, three to a home; in each the first ``helped`` need help; ``cases``: open matters by grid."""
    rows = [(building, at) for building, count in people.items() for at in range(count)]
    n = len(rows)
    columns = {column.name: pa.array([_PLAIN.get(column.name)] * n, column.type) for column in RESIDENT.columns}
    columns["person"] = pa.array([f"{at:016x}" for at in range(n)])
    columns["building"] = pa.array([str(building) for building, _ in rows], pa.string())
    columns["household"] = pa.array(
        [f"{hash((building, at // 3)) & 0xFFFFFFFFFFFFFFFF:016x}" for building, at in rows], pa.string()
    )
    columns["need_stairs"] = pa.array([at < helped for _, at in rows], pa.bool_())
    reports = [label for label, count in (cases or {}).items() for _ in range(count)]
    told = {column.name: pa.array([_MATTER.get(column.name)] * len(reports), column.type) for column in REPORT.columns}
    told["case"] = pa.array([f"{at:016x}" for at in range(len(reports))], pa.string())
    told["grid"] = pa.array(reports, pa.string())
    tables = {
        "resident": Table("resident", RESIDENT.grade, RESIDENT.columns, lambda *_: pa.table(columns)),
        "report": Table("report", REPORT.grade, REPORT.columns, lambda *_: pa.table(told)),
    }
    written = write(community, WEEK, THEN, tables)
    keep_snapshot(by=SYSTEM, community=community, written=written)


_PLAIN = {
    "sex": "2",
    "age_band": "35-39",
    "status": "permanent",
    "origin": "99",
    "household_size": 3,
    "weeks_unverified": 0,
    "known_from": THEN,
    **dict.fromkeys((c.name for c in RESIDENT.columns if c.name.startswith("need_")), False),
}
_MATTER = {
    "matter": "waste.bins",
    "channel": "phone",
    "happened_at": THEN,
    "known_from": THEN,
    "week": "2026-W46",
    "weeks_back": 1,
    "state": "reported",
    "open": True,
    "overdue": False,
    "overdue_before": False,
    "overdue_hours": 0.0,
}
