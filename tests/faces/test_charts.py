"""Charts: what is drawn is what the twin says."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.faces.charts import Holiday, WeekPoint, bars, line_with_band, pyramid, sparkline

START = date(2026, 5, 18)

values = st.one_of(st.none(), st.integers(0, 5000))


@st.composite
def series(draw: st.DrawFn) -> list[WeekPoint]:
    points = []
    for i in range(draw(st.integers(1, 30))):
        low = draw(st.one_of(st.none(), st.integers(0, 100)))
        high = None if low is None else low + draw(st.integers(0, 100))
        middle = None if low is None or high is None else (low + high) / 2
        points.append(WeekPoint(START + timedelta(weeks=i), draw(values), low, high, middle, draw(st.integers(0, 5))))
    return points


@given(series())
def test_every_drawn_point_stands_where_its_number_says(points: list[WeekPoint]) -> None:
    chart = line_with_band(points)
    foot, nought = float(chart.foot), float(chart.y_ticks[0].at)
    assert foot == nought
    seen = [p for p in points if p.seen is not None]
    assert [dot.point for dot in chart.dots] == seen
    tallest = max([v for p in points for v in ((p.seen or 0) + (p.may_rise if p.seen is not None else 0), p.high or 0)] + [1])
    for dot in chart.dots:
        assert dot.point.seen is not None
        assert float(dot.y) == pytest.approx(foot - (foot - 24) * dot.point.seen / tallest, abs=0.06)
        assert float(chart.left) - 0.1 <= float(dot.x) <= float(chart.right) + 0.1
        outside = (
            dot.point.low is not None and dot.point.high is not None and not dot.point.low <= dot.point.seen <= dot.point.high
        )
        assert bool(dot.mark) == outside == bool(dot.shape)


@given(series())
def test_the_axis_is_round_and_starts_at_nought(points: list[WeekPoint]) -> None:
    ticks = [tick.value for tick in line_with_band(points).y_ticks]
    assert ticks[0] == 0
    assert 1 <= len(ticks) <= 6
    if len(ticks) > 1:
        assert re.fullmatch(r"[125]0*", str(int(ticks[1])))


@given(series())
def test_a_gap_in_the_data_is_a_gap_in_the_line(points: list[WeekPoint]) -> None:
    drawn = sum(path.count("L") + 1 for path in line_with_band(points).line)
    runs, run = 0, 0
    for point in [*points, WeekPoint(START, None)]:
        if point.seen is None:
            runs += run if run > 1 else 0
            run = 0
        else:
            run += 1
    assert drawn == runs


@given(series())
def test_the_small_line_says_the_last_value(points: list[WeekPoint]) -> None:
    small = sparkline(points)
    known = [p for p in points[-12:] if p.seen is not None]
    assert small.last == (known[-1] if known else None)
    assert len(small.marks) == sum(bool(p.mark) for p in known)


def test_the_last_week_is_named_and_holidays_have_their_line() -> None:
    points = [WeekPoint(START + timedelta(weeks=i), i) for i in range(26)]
    chart = line_with_band(
        points, holidays=[Holiday(points[20].week, "National Day week"), Holiday(date(2020, 1, 6), "not here")]
    )
    assert chart.x_ticks[-1].value == points[-1].week
    assert [tick.value for tick in chart.holidays] == ["National Day week"]
    assert len(chart.narrow.points) == 13
    assert [tick.value for tick in chart.narrow.holidays] == ["National Day week"]


def test_labels_at_the_end_never_lie_on_each_other() -> None:
    chart = line_with_band([WeekPoint(START, 10, 9, 12, 10), WeekPoint(START + timedelta(weeks=1), 10, 9, 12, 10)])
    assert abs(float(chart.last_y) - float(chart.range_y)) >= 39.9


def test_a_tone_marks_the_last_week_only() -> None:
    points = [WeekPoint(START + timedelta(weeks=i), 50, 0, 20, 10) for i in range(4)]
    assert [mark for _, mark in sparkline(points, tone="due").marks] == ["due"]


@given(st.lists(st.tuples(st.text(), st.floats(-1000, 1000)), max_size=12))
def test_bars_share_one_scale(rows: list[tuple[str, float]]) -> None:
    drawn = bars(rows)
    longest = max((abs(value) for _, value in rows), default=0)
    for (_, value), bar in zip(rows, drawn, strict=True):
        assert float(bar.width) == pytest.approx(abs(value) / longest * 100 if longest else 0, abs=0.06)


def test_the_pyramid_adds_up_and_stays_inside() -> None:
    rows = [("0–4", (3, 1), (2, 2)), ("5–9", (10, 4), (9, 0)), ("10–14", (0, 0), (0, 1))]
    drawn = pyramid(rows)
    assert [row.name for row in drawn.rows] == ["10–14", "5–9", "0–4"]
    assert (drawn.men, drawn.women) == ((13, 5), (11, 3))
    assert (drawn.permanent, drawn.floating) == (24, 8)
    for row in drawn.rows:
        (px, pw), (fx, fw) = ((float(x), float(w)) for x, w in row.men_bars)
        assert px + pw == pytest.approx(100, abs=0.11)
        assert fx + fw == pytest.approx(px, abs=0.11)
        assert fx >= -0.1
        (px, pw), (fx, fw) = ((float(x), float(w)) for x, w in row.women_bars)
        assert px == 0
        assert fx == pytest.approx(pw, abs=0.11)
        assert fx + fw <= 100.1


@given(st.lists(st.integers(0, 4000), min_size=2, max_size=42))
def test_numbers_of_marked_points_lie_on_no_other(seen: list[int]) -> None:
    """Each number takes the room left of its point; no two share it."""
    chart = line_with_band([WeekPoint(date(2026, 5, 18) + timedelta(weeks=i), n, 10, 20, 15) for i, n in enumerate(seen)])
    rooms = [
        (float(dot.label_x) - 8.5 * len(f"{dot.point.seen:,}"), float(dot.label_x), float(dot.y))
        for dot in chart.dots
        if dot.labelled
    ]
    assert all(b[0] >= a[1] or a[0] >= b[1] or abs(a[2] - b[2]) > 13 for i, a in enumerate(rooms) for b in rooms[:i])
