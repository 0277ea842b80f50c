"""What cases add to the page of a grid and to the page of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases import queries
from linli.cases.rules import CHANNEL_NAMES, STATE_NAMES
from linli.cases.web.words import clock_of
from linli.faces.components import Column, Entry, Table
from linli.faces.words import pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.territory import queries as territory
from linli.territory.queries import GridRow
from linli.territory.rules.sections import Section
from linli.trust import Permission

MATTERS_SHOWN = 8


def reports_of_grid(viewer: Actor, community: UUID, grid: GridRow, week: Week) -> Mapping[str, Any]:
    """The seven days' reports of a grid by matter, and what is open on the Monday."""
    code = territory.community(viewer=viewer, community=community).code
    rows = queries.reports_by_grid(viewer=viewer, community=community, week=week, grid=grid.label)
    listing = reverse("cases:list", kwargs={"code": code}) + f"?grid={grid.label}"
    shown, rest = rows[:MATTERS_SHOWN], rows[MATTERS_SHOWN:]
    lines: list[list[Any]] = [
        [Entry(pick(r.name), href=f"{listing}&matter={r.matter}"), *_figures(r.seen, r.open, r.over)] for r in shown
    ]
    if rest:
        lines.append(
            [_("Other kinds"), *_figures(sum(r.seen for r in rest), sum(r.open for r in rest), sum(r.over for r in rest))]
        )
    total = [
        _("All"),
        Entry(sum(r.seen for r in rows)),
        Entry(sum(r.open for r in rows), href=listing),
        Entry(sum(r.over for r in rows), href=f"{listing}&queue=over"),
    ]
    columns = [Column(_("Kind")), Column(_("Reports"), "number"), Column(_("Open"), "number"), Column(_("Past limit"), "number")]
    return {
        "week": week,
        "table": Table(columns, lines, total=total if rows else (), light=True, narrow="keep") if rows else None,
    }


def _figures(seen: int, still: int, over: int) -> list[Entry]:
    return [Entry(seen), Entry(still), Entry(over, tone="high" if over else "")]


def reports_of_finding(viewer: Actor, community: UUID, finding: Any) -> Mapping[str, Any] | None:
    """The reports behind a finding of one matter in one grid; None for findings that aren't about reports."""
    if not finding.grid or not finding.matter:
        return None
    week = Week.parse(finding.week)
    overdue = finding.kind == "overdue"
    weeks = 8 if overdue else int(finding.facts.get("span", 1))
    now = timezone.now()
    found = queries.cases_of(
        viewer=viewer,
        community=community,
        grid=finding.grid,
        matter=finding.matter,
        week=week,
        weeks=weeks,
        now=now,
    )
    if overdue:
        found = [e for e in found if e.row.clock is not None and e.row.clock.over]
    code = territory.community(viewer=viewer, community=community).code
    lines = [
        [
            Entry(e.row.title, href=reverse("cases:detail", kwargs={"code": code, "case": e.row.id}), small=e.row.address),
            Entry(e.row.reported_at),
            say(Words(CHANNEL_NAMES.get(e.channel, CHANNEL_NAMES["other"]))),
            Entry(say(Words(STATE_NAMES[e.row.state])), small=clock.text if (clock := clock_of(e.row)) else ""),
        ]
        for e in found
    ]
    columns = [Column(_("Matter")), Column(_("When")), Column(_("Channel")), Column(_("Stage"))]
    return {
        "count": len(found),
        "overdue": overdue,
        "weeks": weeks,
        "table": Table(columns, lines, light=True) if found else None,
    }


GRID_SECTION = Section(
    "cases.reports", "cases/desk/grid_section.html", reports_of_grid, Permission.CASE_READ.value, order=60, column="right"
)
