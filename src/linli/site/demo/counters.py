"""Hourly counts of passers-by: school, market, square and gates through weekdays, weekends, holidays and failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar
import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import Point

from linli.kernel.weeks import Week
from linli.site.demo import troubles
from linli.site.demo.plan import Plan, Site
from linli.site.demo.troubles import Trouble

WORKDAY, WEEKEND, HOLIDAY = 0, 1, 2

_NIGHT = (2, 1, 1, 1, 2, 8)
# Passers-by by hour, 0 to 23, on working days and on free days; what a free day and a public holiday are to a working day.
PATTERNS: dict[str, tuple[tuple[int, ...], tuple[int, ...], float, float]] = {
    "gate": (
        (*_NIGHT, 30, 82, 88, 48, 38, 44, 48, 40, 38, 42, 56, 84, 90, 64, 48, 30, 16, 6),
        (*_NIGHT, 14, 28, 44, 56, 62, 60, 52, 46, 50, 56, 62, 66, 64, 56, 46, 32, 18, 8),
        0.88,
        0.72,
    ),
    "bridge": (
        (*_NIGHT, 36, 94, 92, 46, 36, 38, 42, 36, 36, 42, 60, 92, 96, 70, 52, 32, 16, 6),
        (*_NIGHT, 18, 34, 50, 62, 66, 60, 50, 46, 54, 62, 68, 72, 72, 64, 50, 32, 18, 8),
        0.94,
        0.86,
    ),
    "square": (
        (1, 0, 0, 0, 1, 14, 44, 52, 44, 34, 28, 20, 14, 14, 22, 30, 36, 40, 58, 92, 88, 40, 12, 3),
        (1, 0, 0, 0, 1, 12, 40, 54, 58, 60, 54, 38, 24, 26, 44, 56, 62, 60, 70, 98, 96, 48, 16, 4),
        1.28,
        1.4,
    ),
    "market": (
        (0, 0, 0, 1, 4, 30, 78, 98, 92, 80, 66, 40, 22, 18, 26, 42, 64, 72, 40, 14, 6, 2, 1, 0),
        (0, 0, 0, 1, 4, 28, 76, 108, 118, 110, 90, 54, 28, 22, 34, 52, 70, 74, 42, 16, 7, 2, 1, 0),
        1.18,
        1.05,
    ),
    "school": (
        (0, 0, 0, 0, 0, 1, 12, 120, 36, 8, 6, 24, 18, 10, 8, 70, 124, 40, 14, 6, 3, 1, 0, 0),
        (0, 0, 0, 0, 0, 1, 2, 4, 8, 10, 10, 8, 6, 6, 8, 10, 9, 7, 5, 3, 2, 1, 0, 0),
        0.14,
        0.08,
    ),
    "path": (
        (1, 0, 0, 0, 2, 18, 52, 56, 38, 24, 20, 18, 16, 16, 18, 22, 32, 46, 60, 66, 50, 24, 9, 3),
        (1, 0, 0, 0, 2, 14, 48, 62, 60, 54, 46, 36, 26, 28, 40, 50, 58, 62, 66, 68, 54, 28, 10, 3),
        1.3,
        1.35,
    ),
    "office": (
        (0, 0, 0, 0, 0, 0, 2, 10, 74, 98, 88, 54, 20, 36, 76, 70, 48, 18, 4, 2, 1, 0, 0, 0),
        (0, 0, 0, 0, 0, 0, 1, 4, 26, 44, 40, 22, 8, 12, 24, 22, 12, 4, 1, 0, 0, 0, 0, 0),
        0.3,
        0.03,
    ),
}

# Code, names, pattern, passages on an ordinary working day in a community of 9,000.
KINDS: tuple[tuple[str, str, str, str, int], ...] = (
    ("footbridge", "河桥", "Footbridge", "bridge", 5100),
    ("gate_north", "北门", "North gate", "gate", 3900),
    ("gate_south", "南门", "South gate", "gate", 4300),
    ("gate_west", "西门", "West gate", "gate", 2600),
    ("gate_east", "东门", "East gate", "gate", 2900),
    ("square", "中心广场", "Central square", "square", 2200),
    ("market", "菜市场", "Market hall", "market", 5600),
    ("school_gate", "小学校门", "School gate", "school", 2400),
    ("park_gate", "公园入口", "Park entrance", "path", 1900),
    ("canal_path", "河边步道", "Canal path", "path", 1500),
    ("library", "社区图书室", "Community library", "office", 420),
    ("service_centre", "社区服务中心", "Service centre", "office", 640),
)
STURDY = ["footbridge", "gate_north", "gate_south", "market", "square"]
"""Counters busy enough that a drop of 40 % can be told from chance."""
DAY_SPREAD = 0.08


@lru_cache(maxsize=4096)
def day_class(day: date) -> int:
    """0 working day, 1 free day of the week, 2 public holiday; make-up workdays are working days.

    Source: the State Council's yearly notices as kept by chinesecalendar; a year it doesn't know has weekends only.
    """
    try:
        if chinese_calendar.is_workday(day):
            return WORKDAY
        return HOLIDAY if chinese_calendar.get_holiday_detail(day)[1] else WEEKEND
    except NotImplementedError:
        return WEEKEND if day.isoweekday() > 5 else WORKDAY


def school_holiday(day: date) -> bool:
    """Summer holidays, from July to August."""
    return day.month in (7, 8)


def place(plan: Plan, residents: int, how_many: int, rng: Generator) -> None:
    """Put the counters on the streets of the plan."""
    west, south, east, north = plan.boundary.bounds
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    wanted = {
        "gate_north": (middle_x, north),
        "gate_south": (middle_x, south),
        "gate_west": (west, middle_y),
        "gate_east": (east, middle_y),
    }
    by_kind = {grid.kind: at for at, grid in reversed(list(enumerate(plan.grids)))}
    for code, kind in (("market", "market"), ("school_gate", "school"), ("park_gate", "park")):
        if kind in by_kind:
            spot = plan.grids[by_kind[kind]].shape.centroid
            wanted[code] = (spot.x, spot.y)
    if plan.water:
        spot = plan.water[0][1].centroid
        wanted["footbridge"] = (spot.x, spot.y)
        wanted["canal_path"] = (spot.x, spot.y + (north - south) * 0.2)
    for code, zh, en, pattern, daily in KINDS[:how_many]:
        x, y = wanted.get(code, (float(rng.uniform(west, east)), float(rng.uniform(south, north))))
        inside = plan.boundary.buffer(-6.0)
        point = Point(x, y)
        if not inside.contains(point):
            edge = max(shapely.get_parts(inside), key=lambda part: part.area).exterior
            point = edge.interpolate(edge.project(point))
        at = min(range(len(plan.grids)), key=lambda k: plan.grids[k].shape.distance(point))
        plan.sites.append(Site(code, zh, en, pattern, max(120, round(daily * residents / 9000)), point, at))


@dataclass(frozen=True)
class Reading:
    """Passages in the hour from ``at``, local time."""

    counter: str
    at: datetime
    inward: int
    outward: int


class Counters:
    """What the counters of one community deliver."""

    def __init__(self, plan: Plan, weeks: list[Week], planted: list[Trouble], rng: Generator) -> None:
        self._sites, self._rng = plan.sites, rng
        self._planted = {t.counter: t for t in planted if t.kind == troubles.COUNTER and t.counter}
        self._weeks = weeks
        spared = [site.code for site in plan.sites if site.code not in self._planted]
        self._dead = spared[int(rng.integers(len(spared)))] if spared else ""
        late = weeks[min(len(weeks) - 1, max(1, len(weeks) // 2 + int(rng.integers(-3, 4))))]
        self._dead_from = late.first_day + timedelta(days=int(rng.integers(0, 4)))

    def week(self, week: Week) -> list[Reading]:
        """Readings of the seven days, counter by counter; hours that failed are simply not there."""
        rng = self._rng
        weather = rng.normal(0.0, 0.05, 7)
        readings = []
        for site in self._sites:
            work, free, free_factor, holiday_factor = PATTERNS[site.pattern]
            own = rng.normal(0.0, DAY_SPREAD * 0.75, 7)
            gap = int(rng.integers(0, 168)) if rng.random() < 0.3 else -1
            gap_hours = int(rng.integers(1, 5))
            for k in range(7):
                day = week.first_day + timedelta(days=k)
                kind = day_class(day)
                if site.code == self._dead and 0 <= (day - self._dead_from).days < 4:
                    continue
                shape = np.array(work if kind == WORKDAY else free, dtype=float)
                factor = (1.0, free_factor, holiday_factor)[kind]
                if site.pattern == "school" and school_holiday(day):
                    shape, factor = np.array(free, dtype=float), free_factor * 0.8
                mean = site.daily * factor * shape / shape.sum() * np.exp(weather[k] + own[k])
                counts = rng.poisson(mean)
                trouble = self._planted.get(site.code)
                if trouble and 0 <= (day - self._weeks[trouble.first].first_day).days < troubles.COUNTER_DAYS:
                    counts = rng.binomial(counts, 1.0 + trouble.strength)
                share = 0.5 + 0.16 * np.cos((np.arange(24) - 18.0) / 24.0 * 2 * np.pi)
                inward = rng.binomial(counts, share)
                for hour in range(24):
                    if gap <= k * 24 + hour < gap + gap_hours and gap >= 0:
                        continue
                    at = datetime.combine(day, time(hour))
                    readings.append(Reading(site.code, at, int(inward[hour]), int(counts[hour] - inward[hour])))
        return readings
