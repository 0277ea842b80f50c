"""Made-up data for the gallery: every component in every state. Nobody and no place in it exists."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces import charts, maps
from linli.faces.components import (
    Cell,
    Clock,
    Column,
    Entry,
    Event,
    FindingRow,
    MapList,
    MapRow,
    Matrix,
    MatrixRow,
    Pager,
    Part,
    Step,
    Tab,
    Table,
)

MONDAY = date(2026, 11, 16)
ZONE = ZoneInfo("Asia/Shanghai")
SEEN = (9, 7, 11, 5, 6, 8, 38, 9, 15, 10, 6, 12, 10, 8, 11, 6, 12, 4, 6, 15, 6)
EXPECTED = (
    (5, 15), (3, 11), (5, 14), (3, 11), (4, 12), (3, 12), (14, 27), (4, 13), (6, 15), (4, 14), (3, 11),
    (5, 16), (6, 16), (4, 13), (1, 6), (6, 15), (6, 16), (7, 20), (2, 10), (4, 13), None,
)  # fmt: skip
RANKS = {"07": 1, "15": 2, "18": 3, "20": 4}


def weeks(values: Sequence[float | None], low: float, high: float, *, late: int = 0) -> list[charts.WeekPoint]:
    """One point a week up to the round's own, with a gently moving range."""
    points = []
    for i, value in enumerate(values):
        sway = 1 + 0.15 * ((i * 7 % 11) / 11 - 0.5)
        monday = MONDAY - timedelta(weeks=len(values) - i)
        points.append(
            charts.WeekPoint(
                monday,
                value,
                round(low * sway),
                round(high * sway),
                round((low + high) / 2 * sway, 1),
                late if i == len(values) - 1 else 0,
            )
        )
    return points


def waste() -> list[charts.WeekPoint]:
    return weeks(
        [11, 14, 9, 12, 15, 13, 10, 14, 12, 16, 11, 13, 17, 12, 14, 15, 11, 13, 16, 17, 12, 11, 14, 13, 26, 31], 9, 20, late=3
    )


def line_chart() -> charts.LineChart:
    return charts.line_with_band(
        waste(), holidays=[charts.Holiday(date(2026, 9, 28), {"en": "National Day week", "zh-Hans": "国庆周"})]
    )


def counter_chart() -> charts.LineChart:
    points = weeks([5100, 5200, 4950, 5150, 5300, None, 5200, 4900, 5150, 5000, 3200, 3100], 4600, 5700)
    return charts.line_with_band(points, width=520, height=190)


def findings() -> list[FindingRow]:
    small = charts.sparkline
    return [
        FindingRow(
            1,
            _("Household waste left beside the bins"),
            "#1",
            _("31 reports in seven days; 9 to 20 were expected."),
            "07",
            _("Willow Court"),
            remarks=[_("2nd week")],
            sparkline=small(waste()),
            decide_url="#d1",
        ),
        FindingRow(
            2,
            _("Building noise at night"),
            "#2",
            _("6 reports, none in 25 weeks before. Most after 22:00."),
            "15",
            _("New Quay"),
            new=True,
            sparkline=small(weeks([0] * 11 + [6], 0, 1)),
            decide_url="#d2",
        ),
        FindingRow(
            3,
            _("A grid that has gone quiet"),
            "#3",
            _("4 reports in all; 7 to 20 expected."),
            "18",
            _("Old Lanes"),
            remarks=[_("3rd week")],
            sparkline=small(weeks([13, 12, 15, 9, 14, 10, 13, 12, 9, 6, 5, 4], 7, 20)),
            owner=_("Grid worker 18"),
            due=_("by Wed 18 Nov"),
        ),
        FindingRow(
            4,
            _("Register not checked for eight weeks"),
            "#4",
            _("61 of 408 residents (15%) not verified since 21 Sept."),
            "03",
            _("Poplar Towers"),
            grave=_("Grave danger"),
            sparkline=small(weeks([8, 9, 9, 10, 12, 15, 20, 27, 36, 45, 54, 61], 0, 25), tone="due"),
            owner=_("Desk"),
            due=_("by Thu 19 Nov"),
        ),
    ]


def steps() -> list[Step]:
    return [
        Step(_("Files taken in"), _("5 files, 06:12"), "done"),
        Step(_("Register renewed"), _("27 more residents, 06:13"), "done"),
        Step(_("Reconciled"), _("counts agree, 06:13"), "done"),
        Step(_("Facts written"), "4f2a 91c7", "done"),
        Step(_("Findings"), _("4 on the board"), "done", "#board"),
        Step(_("Report"), _("the agenda could not be written"), "stopped"),
        Step(_("Sign-off"), _("waiting for you"), "open"),
    ]


def matrix() -> Matrix:
    labels = [f"{i:02d}" for i in range(1, 22)]
    file = [
        Cell("47") if g not in {"15", "21"} else Cell("46", state="due") if g == "15" else Cell("?", state="absent")
        for g in labels
    ]
    shares = [96, 94, 85, 97, 93, 98, 95, 92, 96, 94, 97, 88, 91, 95, 90, 97, 93, 91, 96, 92, 0]
    verified = [
        Cell("?", state="absent")
        if s == 0
        else Cell(str(s), state="due", href="#g")
        if s < 90
        else Cell(str(s), 1 + (s > 92) + (s > 94))
        for s in shares
    ]
    placed = [Cell(f"{n}/{n}", 3) for n in SEEN]
    counters = [
        Cell("2/2") if i % 5 == 0 else Cell("0/1", state="due") if i == 6 else Cell(_("none"), state="none") for i in range(21)
    ]
    rows = [
        MatrixRow(_("Population file"), file),
        MatrixRow(_("Verified in 8 weeks, %"), verified),
        MatrixRow(_("Reports with a place"), placed),
    ]
    return Matrix(labels, [*rows, MatrixRow(_("Counters reporting"), counters)], _("How fresh and complete each grid is"))


def pyramid() -> charts.Pyramid:
    rng = random.Random(7)
    bands = [f"{a}–{a + 4}" for a in range(0, 85, 5)] + ["85+"]
    rows = []
    for i, band in enumerate(bands):
        base, move = max(2, 12 - abs(i - 8)), max(0, 15 - 3 * abs(i - 5))
        rows.append((band, (base + rng.randint(0, 2), move), (base + rng.randint(0, 3), max(0, move - 1))))
    return charts.pyramid(rows)


def table() -> Table:
    at = datetime(2026, 11, 16, 6, 10, tzinfo=ZONE)
    columns = [
        Column(_("File")),
        Column(_("Received")),
        Column(_("Rows"), "number"),
        Column(_("Taken"), "number"),
        Column(_("Refused"), "number"),
        Column(_("Why")),
    ]
    rows: list[list[Any]] = [
        [
            _("Population, police"),
            at,
            8963,
            8900,
            Entry(63, "#rows"),
            Entry(_("31 without a number, 20 doubled, 12 wrong dates"), tone="mute"),
        ],
        [
            _("Population, grid 15"),
            Entry(date(2026, 11, 9), tone="due"),
            86,
            86,
            0,
            Entry(_("Hand list, a week old; last week’s is used"), tone="mute"),
        ],
    ]
    return Table(columns, rows, _("What arrived"), [_("All"), "", 9049, 8986, 63, ""])


def timeline() -> list[Event]:
    return [
        Event(
            datetime(2026, 11, 16, 9, 20, tzinfo=ZONE),
            _("Waiting for a check"),
            _("By someone other than those who did it."),
            state="next",
        ),
        Event(
            datetime(2026, 11, 13, 13, 40, tzinfo=ZONE), _("Clock runs again"), _("The reporter named the place."), state="paused"
        ),
        Event(
            datetime(2026, 11, 11, 13, 30, tzinfo=ZONE), _("Clock paused: asked the reporter"), told=_("Told: reporter, by SMS")
        ),
        Event(datetime(2026, 11, 9, 16, 30, tzinfo=ZONE), _("Returned and sent on"), told=_("Nobody was told"), grave=True),
        Event(date(2014, 1, 1), _("Work: retired"), _("One source only; the time is not certain."), state="unsure"),
    ]


def clocks() -> list[Clock]:
    return [
        Clock(_("23 days over"), 1.4, "over"),
        Clock(_("9 hours left"), 0.6),
        Clock(_("paused, 20 hours left"), 0.4, "paused"),
        Clock(_("review on 1 Mar"), 0, "parked"),
    ]


def drawing(*, outline: bool = False, chosen: str | None = None, shown_px: int = 440) -> maps.Drawing:
    """Twenty-one grids of a town on a canal, from a seed."""
    rng = random.Random(3)
    columns, rows, size = 7, 3, 220.0
    corners = {
        (i, j): (i * size + rng.uniform(-30, 30), j * size * 1.35 + rng.uniform(-30, 30))
        for i in range(columns + 1)
        for j in range(rows + 1)
    }
    grids, buildings, streets = [], [], []
    for n in range(columns * rows):
        i, j = n % columns, rows - 1 - n // columns
        shape = shapely.Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
        label, expected = f"{n + 1:02d}", EXPECTED[n]
        grids.append(
            maps.GridShape(
                label,
                shape,
                _class(SEEN[n], expected),
                expected is None,
                label == chosen,
                None if chosen else RANKS.get(label),
                f"#grid-{label}",
                _told(label, n),
            )
        )
        inside = shape.buffer(-25)
        left, bottom, right, top = inside.bounds
        for k in range(12):
            x, y = left + (right - left) * (k % 3 + 0.1) / 3, bottom + (top - bottom) * (k // 3 + 0.3) / 4
            house = shapely.box(x, y, x + 42, y + 13)
            if inside.contains(house):
                buildings.append(house)
    for j in range(rows + 1):
        streets.append(
            maps.Line(
                shapely.LineString([corners[i, j] for i in range(columns + 1)]),
                16,
                ["", _("Tongyin Road"), _("Shuyuan Street"), ""][j],
            )
        )
    streets += [maps.Line(shapely.LineString([corners[i, j] for j in range(rows + 1)]), 12) for i in range(columns + 1)]
    canal = shapely.LineString([(x + 12, y) for x, y in (corners[4, j] for j in range(rows + 1))])
    return maps.draw(
        grids,
        streets=streets,
        streams=[maps.Line(canal, 26)],
        buildings=buildings,
        outline=outline,
        shown_px=shown_px,
        around=chosen,
    )


def map_list() -> MapList:
    rows = []
    for n, expected in enumerate(EXPECTED):
        low, high = expected or (None, None)
        sign = "" if expected is None else "above" if SEEN[n] > expected[1] else "below" if SEEN[n] < expected[0] else ""
        rows.append(MapRow(f"{n + 1:02d}", seen=SEEN[n], low=low, high=high, sign=sign, href=f"#grid-{n + 1:02d}"))
    return MapList(rows)


class ReportForm(forms.Form):
    where = forms.CharField(
        label=gettext_lazy("Where is it?"), help_text=gettext_lazy("Street, building or gate. No need to be exact.")
    )
    what = forms.CharField(label=gettext_lazy("What is wrong?"), widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("waste", gettext_lazy("Waste")), ("noise", gettext_lazy("Noise"))], required=False
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who goes?"),
        choices=[("a", gettext_lazy("Grid worker")), ("b", gettext_lazy("Property office"))],
        widget=forms.RadioSelect,
    )
    until = forms.DateField(label=gettext_lazy("By"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    public = forms.BooleanField(label=gettext_lazy("Show on the public page"), required=False)


def context() -> dict[str, Any]:
    return {
        "steps": steps(),
        "matrix": matrix(),
        "parts": [Part(51, _("new")), Part(168, _("changed")), Part(8681, _("the same")), Part(63, _("refused"), True, "#rows")],
        "findings": findings(),
        "line": line_chart(),
        "counter": counter_chart(),
        "pyramid": pyramid(),
        "bars": charts.bars([(_("Volume"), 1.1), (_("Trend"), 0.9), (_("Severity"), 0.6), (_("Already known"), -0.3)]),
        "table": table(),
        "events": timeline(),
        "clocks": clocks(),
        "map": drawing(),
        "near_map": drawing(chosen="07", shown_px=360),
        "outline": drawing(outline=True, shown_px=196),
        "map_list": map_list(),
        "tabs": [Tab(_("Refused"), "#1", True, 63), Tab(_("New"), "#2", count=51), Tab(_("The same"), "#3", count=8681)],
        "pager": Pager(1, 7, 63, next_url="#next"),
        "form": ReportForm({"where": "", "what": _("Bags beside the bins again.")}),
        "now": datetime(2026, 11, 16, 6, 10, tzinfo=ZONE),
        "low": 9,
        "high": 20,
        "less": -9,
        "many": 8963,
    }


def _class(seen: int, expected: tuple[int, int] | None) -> int | None:
    if expected is None:
        return None
    low, high = expected
    if seen > high:
        return 7
    if seen < low:
        return 1
    place = (seen - low) / (high - low)
    return 6 if place > 0.97 else 5 if place > 0.8 else 2 if place < 0.03 else 3 if place < 0.2 else 4


def _told(label: str, n: int) -> str:
    return _("Grid %(label)s: %(seen)s seen") % {"label": label, "seen": SEEN[n]}
