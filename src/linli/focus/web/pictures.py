"""Charts and maps of findings, from what is stored to what the faces draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from linli.faces import charts
from linli.faces.components import MapList, MapRow
from linli.faces.formats import number, signed
from linli.focus.queries import FindingRow


def points(series: Sequence[Mapping[str, Any]]) -> list[charts.WeekPoint]:
    """The points of a chart from a stored series."""
    return [
        charts.WeekPoint(date.fromisoformat(p["day"]), p["observed"], p.get("low"), p.get("high"), p.get("expected"))
        for p in series
    ]


def spark_of(row: FindingRow) -> charts.Sparkline | None:
    """The small line of a finding; the register's have none."""
    if not row.series:
        return None
    tone = {"overdue": charts.DUE, "unverified": charts.DUE, "silent": charts.BELOW}.get(row.kind)
    label = _against_usual(row.facts["ratio"]) if row.kind == "counter" and row.facts.get("ratio") else None
    series = row.series
    if row.kind == "counter":
        tone = charts.BELOW if row.observed < (row.expected or 0) else charts.ABOVE
    return charts.sparkline(points(series), tone=tone, label=label)


def _against_usual(ratio: float) -> str:
    """−40%, +25%; from three times on ×7.7."""
    return f"×{number(ratio, 1)}" if ratio >= 3 else f"{signed(round(100 * (ratio - 1)))}%"


def chart_of(row: FindingRow) -> charts.LineChart | None:
    """The evidence chart of a finding."""
    if len(row.series) < 2:
        return None
    return charts.line_with_band(points(row.series))


def map_list(grids: Sequence[Mapping[str, Any]], names: Mapping[str, str | Promise], code: str, week: str) -> MapList:
    """The list twin of the map."""
    rows = [
        MapRow(
            label=g["grid"],
            name=names.get(g["grid"], ""),
            seen=g["observed"],
            low=g["low"],
            high=g["high"],
            sign=""
            if g["low"] is None
            else "above"
            if g["observed"] > g["high"]
            else "below"
            if g["observed"] < g["low"]
            else "",
            href=reverse("territory:grid", kwargs={"code": code, "label": g["grid"]}) + f"?week={week}",
        )
        for g in grids
    ]
    return MapList(rows, seen_head=_("Seen"), expected_head=_("Expected"))
