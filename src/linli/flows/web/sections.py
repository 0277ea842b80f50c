"""What flows adds to the page of a grid: its counters, week by week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linli.faces.charts import WeekPoint, line_with_band
from linli.flows import queries
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory.queries import GridRow
from linli.territory.rules.sections import Section
from linli.trust import Permission

WEEKS = 12
OPEN = 2
"""So many counters stand open; the others fold into one line."""


def counters_of_grid(viewer: Actor, community: UUID, grid: GridRow, week: Week) -> Mapping[str, Any] | None:
    """The counters that stand in a grid, each with its last twelve weeks; None where there is none."""
    shown = []
    for counter in queries.counters(viewer=viewer, community=community, grid=grid.id):
        weeks = queries.counter_weeks(viewer=viewer, community=community, counter=counter.id, week=week, weeks=WEEKS)
        points = [WeekPoint(row.first_day, None if row.a_day is None else round(row.a_day)) for row in weeks]
        last = weeks[-1] if weeks else None
        shown.append(
            {
                "name": counter.name,
                "adds_up": counter.unit == "passages",
                "chart": line_with_band(points, width=460, height=220) if sum(p.seen is not None for p in points) > 1 else None,
                "missing": last is not None and last.a_day is None and last.share_read > 0,
                "awaited": last is not None and last.share_read == 0,
            }
        )
    return {"counters": shown[:OPEN], "folded": shown[OPEN:]} if shown else None


GRID_SECTION = Section(
    "flows.counters", "flows/desk/grid_section.html", counters_of_grid, Permission.FLOW_READ.value, order=70, column="right"
)
