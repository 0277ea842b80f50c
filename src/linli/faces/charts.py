"""Charts as records: every coordinate worked out here, drawn by a template, with the same points as a table twin.

Pure. Coordinates are strings with one decimal, so that no locale touches them. Weeks run left to right, the axis starts at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.faces import formats

ABOVE, BELOW, DUE = "above", "below", "due"


@dataclass(frozen=True)
class WeekPoint:
    """One week: its Monday, what was seen (None: nothing known), and the expected range with its middle (None: can't tell).

    ``may_rise``: how many more late reports may still bring.
    """

    week: date
    seen: float | None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    may_rise: int = 0

    @property
    def mark(self) -> str:
        """``above`` or ``below`` where the seen value lies outside its range, else ``""``."""
        if self.seen is None or self.low is None or self.high is None:
            return ""
        return ABOVE if self.seen > self.high else BELOW if self.seen < self.low else ""


@dataclass(frozen=True)
class Holiday:
    """A week with a name, e.g. National Day."""

    week: date
    name: Mapping[str, str] | str


@dataclass(frozen=True)
class Dot:
    """A drawn point. ``shape`` is the path of its mark (a triangle, a diamond), or "" for a plain dot."""

    x: str
    y: str
    mark: str
    shape: str
    point: WeekPoint
    labelled: bool = False
    label_x: str = ""
    whisker: str = ""


@dataclass(frozen=True)
class Tick:
    at: str
    value: Any
    anchor: str = "middle"


@dataclass(frozen=True)
class LineChart:
    """``paths``: band, middle and line, each a list of SVG paths (a gap in the data is a gap in the line)."""

    width: str
    height: str
    left: str
    right: str
    foot: str
    band: list[str]
    middle: list[str]
    line: list[str]
    dots: list[Dot]
    y_ticks: list[Tick]
    x_ticks: list[Tick]
    holidays: list[Tick]
    last: WeekPoint | None
    last_y: str
    range_y: str
    points: list[WeekPoint] = field(default_factory=list)
    named: dict[int, Any] = field(default_factory=dict)

    @property
    def marked(self) -> set[str]:
        return {dot.mark for dot in self.dots if dot.mark}

    @property
    def narrow(self) -> LineChart:
        """The last thirteen weeks for a telephone, with the type at its full size; the twin keeps them all."""
        named = [Holiday(self.points[i].week, name) for i, name in self.named.items()]
        return line_with_band(self.points[-13:], holidays=named, width=340, height=210)

    @property
    def has_band(self) -> bool:
        return bool(self.band)

    @property
    def has_whisker(self) -> bool:
        return any(dot.whisker for dot in self.dots)


@dataclass(frozen=True)
class Sparkline:
    """A small line for a list, 126 × 40. ``label`` None: the last value is written."""

    band: list[str]
    line: list[str]
    mark_shape: str
    marks: list[tuple[str, str]]
    last: WeekPoint | None
    tone: str
    label: str | None
    label_x: str
    label_y: str
    base: str


@dataclass(frozen=True)
class Bar:
    """One bar: ``width`` in hundredths of the longest."""

    name: Any
    value: float
    width: str
    note: Any = ""


@dataclass(frozen=True)
class PyramidRow:
    """One age band: permanent and floating, men and women; bars as x and width within 0 to 100 of a side."""

    name: str
    men: tuple[int, int]
    women: tuple[int, int]
    men_bars: tuple[tuple[str, str], tuple[str, str]]
    women_bars: tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Pyramid:
    """Rows from the oldest to the youngest, and the sums (permanent, floating)."""

    rows: list[PyramidRow]
    men: tuple[int, int]
    women: tuple[int, int]

    @property
    def permanent(self) -> int:
        return self.men[0] + self.women[0]

    @property
    def floating(self) -> int:
        return self.men[1] + self.women[1]


def line_with_band(
    points: Sequence[WeekPoint], *, holidays: Sequence[Holiday] = (), width: int = 776, height: int = 272
) -> LineChart:
    """A line of weeks with its expected band: marks outside it, the last figures written at the end, holidays as dotted lines."""
    widest = len(formats.number(int(_tallest(points))))
    end = max(
        (len(formats.span(p.low, p.high, formats.ENGLISH)) for p in points[-1:] if p.low is not None and p.high is not None),
        default=0,
    )
    left, right, top, foot = 14.0 + 8.0 * max(widest, 2), width - max(74.0, 22.0 + 8.0 * end), 24.0, height - 30.0
    x = _across(len(points), left, right)
    step, top_value = _steps(_tallest(points))
    y = _up(top_value, top, foot)
    named_at = _labelled(points, x, y)
    dots = [_dot(point, x(i), y, labelled=i in named_at) for i, point in enumerate(points) if point.seen is not None]
    last = next((p for p in reversed(points) if p.seen is not None), None)
    last_y, range_y = _apart(y, last)
    named = {holiday.week: holiday.name for holiday in holidays}
    return LineChart(
        width=str(width),
        height=str(height),
        left=_n(left),
        right=_n(right),
        foot=_n(foot),
        band=_bands(points, x, y),
        middle=_lines([(x(i), y(p.expected)) if p.expected is not None else None for i, p in enumerate(points)]),
        line=_lines([(x(i), y(p.seen)) if p.seen is not None else None for i, p in enumerate(points)]),
        dots=dots,
        y_ticks=[Tick(_n(y(value)), value) for value in _values(step, top_value)],
        x_ticks=_dates(points, x, roomy=width > 400),
        holidays=[Tick(_n(x(i)), named[p.week], _anchor(x(i), left, right)) for i, p in enumerate(points) if p.week in named],
        last=last,
        last_y=last_y,
        range_y=range_y,
        points=list(points),
        named={i: named[p.week] for i, p in enumerate(points) if p.week in named},
    )


def sparkline(points: Sequence[WeekPoint], *, tone: str | None = None, label: str | None = None) -> Sparkline:
    """The last twelve weeks, small. ``tone`` (above, below, due) overrides what the last point says of itself."""
    shown = list(points)[-12:]
    x = _across(len(shown), 2.0, 88.0)
    y = _up(_tallest(shown) or 1.0, 6.0, 33.0)
    last = next((p for p in reversed(shown) if p.seen is not None), None)
    mark = tone if tone is not None else (last.mark if last else "")
    # A tone of its own (overdue, unverified) says that the range is not the point: only the last week is marked.
    places = [(i, p) for i, p in enumerate(shown) if p.seen is not None and ((p.mark and tone is None) or (p is last and mark))]
    last_y = y(last.seen) if last is not None and last.seen is not None else 20.0
    return Sparkline(
        band=_bands(shown, x, y),
        line=_lines([(x(i), y(p.seen)) if p.seen is not None else None for i, p in enumerate(shown)]),
        mark_shape=mark,
        marks=[
            (_shape(x(i), y(p.seen or 0), mark if p is last else p.mark, 5.0), mark if p is last else p.mark) for i, p in places
        ],
        last=last,
        tone=mark,
        label=label,
        label_x="97.0",
        label_y=_n(min(max(last_y + 5, 12), 36)),
        base=f"M2 {_n(y(0))}H88",
    )


def bars(rows: Sequence[tuple[Any, float] | tuple[Any, float, Any]]) -> list[Bar]:
    """Bars of one scale. A row is (name, value) or (name, value, note); lengths follow the absolute value."""
    longest = max((abs(row[1]) for row in rows), default=0) or 1
    return [Bar(row[0], row[1], _n(abs(row[1]) / longest * 100), row[2] if len(row) > 2 else "") for row in rows]


def pyramid(rows: Sequence[tuple[str, tuple[int, int], tuple[int, int]]]) -> Pyramid:
    """(age band, men (permanent, floating), women (permanent, floating)), youngest first; drawn oldest first."""
    longest = max((sum(side) for row in rows for side in row[1:]), default=0) or 1

    def side(counts: tuple[int, int], *, leftwards: bool) -> tuple[tuple[str, str], tuple[str, str]]:
        permanent, floating = (count / longest * 100 for count in counts)
        starts = (100 - permanent, 100 - permanent - floating) if leftwards else (0.0, permanent)
        return (_n(starts[0]), _n(permanent)), (_n(starts[1]), _n(floating))

    drawn = [
        PyramidRow(name, men, women, side(men, leftwards=True), side(women, leftwards=False))
        for name, men, women in reversed(list(rows))
    ]
    return Pyramid(
        drawn,
        (sum(r.men[0] for r in drawn), sum(r.men[1] for r in drawn)),
        (sum(r.women[0] for r in drawn), sum(r.women[1] for r in drawn)),
    )


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def _across(count: int, left: float, right: float) -> Callable[[int], float]:
    pace = (right - left) / (count - 1) if count > 1 else 0.0
    return lambda i: left + pace * i if count > 1 else right


def _up(top_value: float, top: float, foot: float) -> Callable[[float], float]:
    return lambda value: foot - (foot - top) * value / top_value


def _tallest(points: Sequence[WeekPoint]) -> float:
    values = [v for p in points for v in (p.seen, p.high) if v is not None]
    late = [p.seen + p.may_rise for p in points if p.seen is not None]
    return max([*values, *late], default=0.0)


def _steps(tallest: float) -> tuple[float, float]:
    """A round step of 1, 2 or 5 times a power of ten that gives at most five lines, and the top of the axis."""
    if tallest <= 0:
        return 1.0, 1.0
    rough = tallest / 4
    power = 10 ** math.floor(math.log10(rough))
    step = max(next(f for f in (1, 2, 5, 10) if f * power >= rough) * power, 1.0)
    return step, max(tallest, step)


def _values(step: float, top_value: float) -> list[float | int]:
    count = int(top_value / step + 1e-9)
    return [int(step * i) if step >= 1 else step * i for i in range(count + 1)]


def _lines(places: Sequence[tuple[float, float] | None]) -> list[str]:
    paths: list[str] = []
    run: list[str] = []
    for place in [*places, None]:
        if place is None:
            if len(run) > 1:
                paths.append("M" + "L".join(run))
            run = []
        else:
            run.append(f"{_n(place[0])} {_n(place[1])}")
    return paths


def _bands(points: Sequence[WeekPoint], x: Callable[[int], float], y: Callable[[float], float]) -> list[str]:
    paths: list[str] = []
    run: list[tuple[float, float, float]] = []
    for i, point in enumerate([*points, None]):
        if point is not None and point.low is not None and point.high is not None:
            run.append((x(i), y(point.high), y(point.low)))
            continue
        if len(run) > 1:
            upper = "L".join(f"{_n(px)} {_n(high)}" for px, high, _ in run)
            lower = "L".join(f"{_n(px)} {_n(low)}" for px, _, low in reversed(run))
            paths.append(f"M{upper}L{lower}Z")
        run = []
    return paths


def _labelled(points: Sequence[WeekPoint], x: Callable[[int], float], y: Callable[[float], float]) -> set[int]:
    """Which marked points carry their number: the newest first, and each only where it lies on no other's."""
    taken: list[tuple[float, float, float]] = []
    chosen = set()
    for i in range(len(points) - 2, -1, -1):
        point = points[i]
        if not point.mark or point.seen is None:
            continue
        right, height = x(i) - 8, y(point.seen)
        left = right - 8.5 * len(formats.number(point.seen))
        marks = [(x(k) - 8, x(k) + 8, y(p.seen)) for k, p in enumerate(points) if p.mark and p.seen is not None and k != i]
        if all(right < a or left > b or abs(height - other) > 14 for a, b, other in [*taken, *marks]):
            taken.append((left, right, height))
            chosen.add(i)
    return chosen


def _dot(point: WeekPoint, x: float, y: Callable[[float], float], *, labelled: bool) -> Dot:
    assert point.seen is not None
    py = y(point.seen)
    risen = y(point.seen + point.may_rise)
    return Dot(
        x=_n(x),
        y=_n(py),
        mark=point.mark,
        shape=_shape(x, py, point.mark, 6.5) if point.mark else "",
        point=point,
        labelled=labelled,
        label_x=_n(x - 10),
        whisker=f"M{_n(x)} {_n(py - 7)}V{_n(risen)}M{_n(x - 4)} {_n(min(risen, py - 9))}h8" if point.may_rise else "",
    )


def _shape(x: float, y: float, mark: str, size: float) -> str:
    if mark == ABOVE:
        return f"M{_n(x)} {_n(y - size)}l{_n(size)} {_n(size * 1.7)}h{_n(-2 * size)}Z"
    if mark == BELOW:
        return f"M{_n(x)} {_n(y + size)}l{_n(size)} {_n(-size * 1.7)}h{_n(-2 * size)}Z"
    return f"M{_n(x)} {_n(y - size)}l{_n(size)} {_n(size)}l{_n(-size)} {_n(size)}l{_n(-size)} {_n(-size)}Z"


def _apart(y: Callable[[float], float], last: WeekPoint | None) -> tuple[str, str]:
    """Heights of the two labels at the line's end, at least 40 apart."""
    if last is None or last.seen is None:
        return "0", "0"
    seen = y(last.seen) + 2
    if last.low is None or last.high is None:
        return _n(seen), "0"
    expected = (y(last.low) + y(last.high)) / 2
    if abs(seen - expected) < 40:
        middle = (seen + expected) / 2
        seen, expected = (middle - 20, middle + 20) if seen <= expected else (middle + 20, middle - 20)
    return _n(seen), _n(expected)


def _dates(points: Sequence[WeekPoint], x: Callable[[int], float], *, roomy: bool) -> list[Tick]:
    """Every fourth week counted from the last, so that the last is always named."""
    pace = 4 if len(points) > 8 or not roomy else 2 if len(points) > 4 else 1
    last = len(points) - 1
    return [Tick(_n(x(i)), point.week) for i, point in enumerate(points) if (last - i) % pace == 0]


def _anchor(at: float, left: float, right: float) -> str:
    return "start" if at - left < 60 else "end" if right - at < 20 else "middle"
