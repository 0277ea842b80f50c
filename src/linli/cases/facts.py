"""Cases as facts: what was reported where and when, and how it stood on the round's Monday, as known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q

from linli.cases.models import Case, CaseEvent
from linli.cases.rules import CHANNELS, UNSORTED, Event, EventKind, State, derive
from linli.facts import Column, ColumnKind, Grade, Table
from linli.kernel.actor import SYSTEM
from linli.kernel.weeks import Week
from linli.territory import queries as territory
from linli.trust.disclosure import protect

WEEKS_KEPT = 30
INSTANT = pa.timestamp("us", tz="UTC")


def build_report(community: UUID, week: Week, as_of: datetime) -> pa.Table:
    """The cases of the 30 weeks before the round's Monday and older ones still open, each as known at ``as_of``.

    ``open``, ``overdue``: on the round's Monday 00:00; ``overdue_before``: on the Monday before. ``week``: the round that
    looks at the day of the report; ``weeks_back``: how many rounds ago that was.
    """
    zone = territory.community(viewer=SYSTEM, community=community).time_zone
    rows = [_row(row, week, zone) for row in _known(community, week, zone, as_of)]
    columns = {c.name: pa.array([row[c.name] for row in rows], c.type) for c in REPORT.columns}
    return pa.table(columns)


def _known(community: UUID, week: Week, zone: str, as_of: datetime) -> Iterable[dict[str, Any]]:
    """Cases with the state that they had at ``as_of``; where something was learned since, it is taken from the events."""
    end = week.starts_at(zone)
    start = week.back(WEEKS_KEPT).starts_at(zone)
    changed = set(CaseEvent.objects.filter(community=community, known_from__gt=as_of).values_list("case_id", flat=True))
    then = _replayed(community, changed, as_of)
    found = Case.objects.filter(community=community, known_from__lte=as_of, reported_at__lt=end)
    names = (
        "id",
        "pseudonym",
        "grid__code",
        "category__code",
        "channel",
        "reported_at",
        "known_from",
        "closed_at",
        "due_at",
        "state",
    )
    for row in found.filter(Q(reported_at__gte=start) | Q(closed_at__isnull=True) | Q(closed_at__gte=start)).values_list(*names):
        case = dict(zip(names, row, strict=True))
        if case["id"] in changed:
            case["state"], case["closed_at"] = then.get(case["id"], (State.REPORTED.value, None))
        if case["closed_at"] and case["closed_at"] >= end:
            # Closed after the Monday we look at, and known before: on that Monday it was open.
            case["state"], case["closed_at"] = State.IN_HAND.value, None
        if case["reported_at"] >= start or case["closed_at"] is None:
            yield case


def _replayed(community: UUID, cases: set[UUID], as_of: datetime) -> dict[UUID, tuple[str, datetime | None]]:
    events: dict[UUID, list[Event]] = {}
    if not cases:
        return {}
    rows = CaseEvent.objects.filter(community=community, known_from__lte=as_of).order_by("case_id", "number")
    for case, kind, at in rows.values_list("case_id", "kind", "at"):
        if case in cases:
            events.setdefault(case, []).append(Event(EventKind(kind), at))
    result = {}
    for case, known in events.items():
        derived = derive(known)
        result[case] = (derived.state.value, derived.closed_at)
    return result


def _row(case: dict[str, Any], week: Week, zone: str) -> dict[str, Any]:
    end, before = week.starts_at(zone), week.back().starts_at(zone)
    reported, due, closed = case["reported_at"], case["due_at"], case["closed_at"]
    of = Week.of(reported.astimezone(ZoneInfo(zone)).date()).next()
    late = due is not None and closed is None and due < end
    late_before = due is not None and reported < before and due < before and (closed is None or closed >= before)
    return {
        "case": case["pseudonym"],
        "grid": case["grid__code"],
        "matter": case["category__code"] or UNSORTED,
        "channel": case["channel"],
        "happened_at": reported,
        "known_from": case["known_from"],
        "week": str(of),
        "weeks_back": week - of,
        "state": case["state"],
        "closed_at": closed,
        "due_at": due,
        "open": closed is None,
        "overdue": late,
        "overdue_before": late_before,
        "overdue_hours": (end - due) / timedelta(hours=1) if late else 0.0,
    }


REPORT = Table(
    "report",
    Grade.LOCAL,
    (
        Column("case", ColumnKind.PSEUDONYM),
        Column("grid", ColumnKind.GRID),
        Column("matter", ColumnKind.CODE),
        Column("channel", ColumnKind.CODE, frozenset(CHANNELS)),
        Column("happened_at", ColumnKind.INSTANT),
        Column("known_from", ColumnKind.INSTANT),
        Column("week", ColumnKind.WEEK),
        Column("weeks_back", ColumnKind.COUNT),
        Column("state", ColumnKind.CODE, frozenset(s.value for s in State)),
        Column("closed_at", ColumnKind.INSTANT),
        Column("due_at", ColumnKind.INSTANT),
        Column("open", ColumnKind.FLAG),
        Column("overdue", ColumnKind.FLAG),
        Column("overdue_before", ColumnKind.FLAG),
        Column("overdue_hours", ColumnKind.MEASURE),
    ),
    build_report,
)


def derive_reports_week(reports: pa.Table, _week: Week) -> pa.Table:
    """Reports per grid, week and matter, small numbers protected: what a level above may read. ``rule``: by which version."""
    recent = pc.and_(pc.is_valid(reports.column("grid")), pc.less(reports.column("weeks_back"), WEEKS_KEPT))
    keys = ["grid", "week", "matter"]
    counts = reports.filter(recent).group_by(keys).aggregate([([], "count_all")]).rename_columns([*keys, "n"])
    return protect(counts, "n")


REPORTS_WEEK = Table(
    "reports_week",
    Grade.SHARED,
    (
        Column("grid", ColumnKind.GRID),
        Column("week", ColumnKind.WEEK),
        Column("matter", ColumnKind.CODE),
        Column("n", ColumnKind.COUNT),
        Column("rule", ColumnKind.CODE),
    ),
    source="report",
    derive=derive_reports_week,
)
TABLES = (REPORT, REPORTS_WEEK)
