"""What This Monday says, worked out from facts alone: freshness and completeness per grid, and what changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linli.kernel.weeks import Week
from linli.kernel.words import Words, sentence
from linli.monday.rules.stages import FileTaken, freshness_step

ROW_FILE = sentence("monday.row.file", "Population file, week")
ROW_VERIFIED = sentence("monday.row.verified", "Verified in 8 weeks, %%")
ROW_REPORTS = sentence("monday.row.reports", "Reports in seven days")
ROW_COUNTERS = sentence("monday.row.counters", "Counters reporting")

RESIDENTS = sentence("monday.change.residents", "Residents")
HOUSEHOLDS = sentence("monday.change.households", "Households")
PERMANENT = sentence("monday.change.permanent", "Permanent")
FLOATING = sentence("monday.change.floating", "Floating")
UNVERIFIED = sentence("monday.change.unverified", "Not verified for 8 weeks")
OPEN = sentence("monday.change.open", "Open reports")
OVERDUE = sentence("monday.change.overdue", "Past their limit")
CAME_LEFT = sentence("monday.change.came_left", "%(came)s came, %(left)s left, %(born)s born, %(died)s died")
IN_OUT = sentence("monday.change.in_out", "%(came)s came in, %(closed)s were closed")
MOST_IN = sentence("monday.change.most_in", "Most in grid %(grids)s", "Most in grids %(grids)s", count="n")

STALE_WEEKS = 8


def matrix(
    week: Week, grids: Sequence[str], resident: pa.Table | None, report: pa.Table | None, reading: pa.Table | None, now: datetime
) -> dict[str, Any]:
    """Grid by grid: which week's population file covers it, how much is verified, reports, counters. A cell is
    ``{"text", "step" (1 pale to 3 dark), "state": "good" | "due" | "none" | "unknown"}``."""
    return {
        "grids": list(grids),
        "rows": [
            {"name": Words(ROW_FILE).as_json(), "cells": [_file_cell(week, resident, g) for g in grids]},
            {"name": Words(ROW_VERIFIED).as_json(), "cells": [_verified_cell(resident, g) for g in grids]},
            {"name": Words(ROW_REPORTS).as_json(), "cells": _report_cells(week, grids, report, now)},
            {"name": Words(ROW_COUNTERS).as_json(), "cells": _counter_cells(grids, reading, now)},
        ],
    }


def _of_grid(table: pa.Table | None, grid: str) -> pa.Table | None:
    if table is None:
        return None
    rows = table.filter(pc.equal(table.column("grid"), grid))
    return rows if rows.num_rows else None


_UNKNOWN: dict[str, Any] = {"text": "?", "step": 0, "state": "unknown"}


def _file_cell(week: Week, resident: pa.Table | None, grid: str) -> dict[str, Any]:
    here = _of_grid(resident, grid)
    if here is None:
        return _UNKNOWN
    behind = pc.min(here.column("weeks_unverified")).as_py() or 0
    number = str(week.back(behind))[-2:]
    return {"text": number, "step": 0 if behind else 1, "state": "due" if behind else "good"}


def _verified_cell(resident: pa.Table | None, grid: str) -> dict[str, Any]:
    here = _of_grid(resident, grid)
    if here is None:
        return _UNKNOWN
    fresh = pc.sum(pc.less(here.column("weeks_unverified"), STALE_WEEKS)).as_py() or 0
    percent = 100 * fresh / here.num_rows
    step = freshness_step(percent)
    return {"text": f"{percent:.0f}", "step": step, "state": "good" if step else "due"}


def _report_cells(week: Week, grids: Sequence[str], report: pa.Table | None, now: datetime) -> list[dict[str, Any]]:
    if report is None or not report.num_rows:
        return [_UNKNOWN for _ in grids]
    recent = report.filter(
        pc.greater_equal(report.column("happened_at"), pa.scalar(now - timedelta(days=7), pa.timestamp("us", "UTC")))
    )
    if not recent.num_rows:
        return [_UNKNOWN for _ in grids]
    counted = Counter(recent.column("grid").to_pylist())
    most = max((counted[g] for g in grids), default=0) or 1
    return [{"text": str(counted[g]), "step": 1 + int(2 * counted[g] / most), "state": "good"} for g in grids]


def _counter_cells(grids: Sequence[str], reading: pa.Table | None, now: datetime) -> list[dict[str, Any]]:
    none = {"text": "", "step": 0, "state": "none"}
    if reading is None or not reading.num_rows:
        return [none for _ in grids]
    ever: dict[str, set[str]] = {}
    for grid, counter in set(zip(reading.column("grid").to_pylist(), reading.column("counter").to_pylist(), strict=True)):
        ever.setdefault(grid, set()).add(counter)
    recent = reading.filter(pc.greater_equal(reading.column("at"), pa.scalar(now - timedelta(days=2), pa.timestamp("us", "UTC"))))
    live = set(recent.column("counter").to_pylist())
    cells = []
    for grid in grids:
        here = ever.get(grid)
        if not here:
            cells.append(none)
            continue
        reporting = len(here & live)
        cells.append({"text": f"{reporting}/{len(here)}", "step": 1, "state": "good" if reporting == len(here) else "due"})
    return cells


def changes(
    resident: pa.Table | None,
    before: pa.Table | None,
    report: pa.Table | None,
    report_before: pa.Table | None,
    files: Sequence[FileTaken],
    now: datetime,
) -> list[dict[str, Any]]:
    """What changed since the Monday before: figure now, change (None where there is nothing to compare), of which."""
    result: list[dict[str, Any]] = []

    def line(name: str, figure: int, earlier: int | None, of_which: Words | None = None) -> None:
        change = None if earlier is None else figure - earlier
        result.append(
            {"name": Words(name).as_json(), "now": figure, "change": change, "of_which": of_which.as_json() if of_which else None}
        )

    if resident is not None and resident.num_rows:
        line(RESIDENTS, resident.num_rows, _rows(before), _moves(files))
        line(HOUSEHOLDS, _distinct(resident, "household"), _distinct(before, "household") if before is not None else None)
        for name, status in ((PERMANENT, "permanent"), (FLOATING, "floating")):
            line(name, _with(resident, "status", status), None if before is None else _with(before, "status", status))
        line(UNVERIFIED, _stale(resident), None if before is None else _stale(before), _most(resident))
    if report is not None and report.num_rows:
        week_ago = now - timedelta(days=7)
        came = _since(report, "happened_at", week_ago)
        closed = _since(report, "closed_at", week_ago)
        line(
            OPEN,
            _open(report),
            None if report_before is None else _open(report_before),
            Words(IN_OUT, {"came": came, "closed": closed}),
        )
        line(OVERDUE, _late(report, now), None if report_before is None else _late(report_before, week_ago))
    return result


def _rows(table: pa.Table | None) -> int | None:
    return None if table is None else table.num_rows


def _distinct(table: pa.Table, column: str) -> int:
    return int(pc.count_distinct(table.column(column)).as_py())


def _with(table: pa.Table, column: str, value: str) -> int:
    return int(pc.sum(pc.equal(table.column(column), value)).as_py() or 0)


def _stale(table: pa.Table) -> int:
    return int(pc.sum(pc.greater_equal(table.column("weeks_unverified"), STALE_WEEKS)).as_py() or 0)


def _most(table: pa.Table) -> Words | None:
    stale = table.filter(pc.greater_equal(table.column("weeks_unverified"), STALE_WEEKS))
    first = [grid for grid, n in Counter(stale.column("grid").to_pylist()).most_common(2) if grid and n >= 5]
    return Words(MOST_IN, {"grids": sorted(first), "n": len(first)}) if first else None


def _moves(files: Sequence[FileTaken]) -> Words | None:
    total = Counter[str]()
    for file in files:
        total.update({k: v for k, v in file.counts.items() if k in ("moved_in", "born", "moved_out", "died")})
    if not total:
        return None
    return Words(CAME_LEFT, {"came": total["moved_in"], "left": total["moved_out"], "born": total["born"], "died": total["died"]})


def _since(table: pa.Table, column: str, at: datetime) -> int:
    return int(pc.sum(pc.greater_equal(table.column(column), pa.scalar(at, pa.timestamp("us", "UTC")))).as_py() or 0)


def _open(table: pa.Table) -> int:
    return int(table.column("closed_at").null_count)


def _late(table: pa.Table, now: datetime) -> int:
    still = table.filter(pc.is_null(table.column("closed_at")))
    return int(pc.sum(pc.less(still.column("due_at"), pa.scalar(now, pa.timestamp("us", "UTC")))).as_py() or 0)


def summary(files: Sequence[FileTaken]) -> Mapping[str, int]:
    """The totals of the reconciliation over all files."""
    verdicts = Counter[str]()
    for file in files:
        verdicts.update(file.verdicts)
    return {"files": len(files), "rows": sum(f.rows for f in files), **verdicts}
