"""What focus may look at: how much is reported, and what stays unresolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linli.cases.queries.categories import matter_names, matter_severity
from linli.facts import Shape, Signal

if TYPE_CHECKING:
    import ibis

    from linli.kernel.weeks import Week


def _counts(reports: ibis.Table, week: Week) -> ibis.Table:
    # Those without a grid count too: they say that reports came in, and how many name no place.
    mine = reports.filter(reports.weeks_back >= 0, reports.weeks_back <= 30)
    return mine.group_by("weeks_back", "grid", "matter").aggregate(n=mine.count())


def _unresolved(reports: ibis.Table, week: Week) -> ibis.Table:
    mine = reports.filter(reports.grid.notnull(), reports.open | reports.overdue_before)
    return mine.group_by("grid", "matter").aggregate(
        open=mine.open.sum(),
        overdue=mine.overdue.sum(),
        longest_hours=mine.overdue_hours.max(),
        overdue_before=mine.overdue_before.sum(),
    )


COUNTS = Signal("cases.counts", Shape.COUNTS, "report", _counts, names=matter_names, severity=matter_severity)
UNRESOLVED = Signal("cases.unresolved", Shape.UNRESOLVED, "report", _unresolved, names=matter_names, severity=matter_severity)
SIGNALS = (COUNTS, UNRESOLVED)
