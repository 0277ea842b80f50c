"""The hotline's book: what is reported in each grid week by week, and how each case goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.random import Generator
from shapely.geometry import Point

from linli.kernel.weeks import Week
from linli.site.demo import troubles
from linli.site.demo.categories import CATEGORIES
from linli.site.demo.counters import HOLIDAY, day_class
from linli.site.demo.people import Person, pick
from linli.site.demo.plan import Plan
from linli.site.demo.report_texts import CHINESE, ENGLISH, PARTS_OF_DAY
from linli.site.demo.troubles import Trouble

WEEKLY = 174.0
"""Ordinary reports a week in a community of 9,000, before what the planted troubles need."""
CHANNELS = ("电话", "App", "公众号", "网格员", "窗口", "网站")
_CHANNEL_SHARES = (0.38, 0.19, 0.15, 0.13, 0.09, 0.06)
OPEN, CLOSED = "处理中", "已办结"
ENGLISH_SHARE, NO_POINT_SHARE, STUCK_SHARE = 0.12, 0.04, 0.07
_NEAR = ("门口", "楼下", "附近", "")
NAMES = [category.code for category in CATEGORIES]


@dataclass
class Report:
    """One case as the hotline will finally know it; ``closed`` may lie beyond the last file."""

    key: str
    at: datetime
    channel: str
    category: int
    english: bool
    text: str
    address: str
    lonlat: tuple[float, float] | None
    zero: bool
    """Whether a missing point is written as 0,0 instead of left out."""
    reporter: str
    phone: str
    closed: datetime
    passed_on: datetime | None
    """When another office took it over."""


def base_rates(plan: Plan, people_by_grid: list[int], rng: Generator) -> np.ndarray:
    """Expected reports a week, grids × categories: by people, land use, and each grid's own habits."""
    share = np.array([category.share for category in CATEGORIES])
    people = np.array(people_by_grid, dtype=float)
    kind = np.array([[category.affinity(grid.kind) for category in CATEGORIES] for grid in plan.grids])
    habit = rng.gamma(14.0, 1 / 14.0, size=kind.shape) * rng.gamma(40.0, 1 / 40.0, size=(len(people), 1))
    rates = people[:, None] * share * kind * habit
    return np.asarray(rates / rates.sum() * WEEKLY * people.sum() / 9000)


def make_room(rates: np.ndarray, planted: list[Trouble]) -> None:
    """Raise and clear base rates so that what is planted can be seen: in place."""
    for trouble in planted:
        if trouble.kind == troubles.ABOVE and trouble.grid is not None and trouble.matter:
            rates[trouble.grid, NAMES.index(trouble.matter)] = troubles.BUSY_A_WEEK
        elif trouble.kind == troubles.NEW and trouble.grid is not None and trouble.matter:
            rates[trouble.grid, NAMES.index(trouble.matter)] = 0.0
        elif trouble.kind == troubles.SILENT and trouble.grid is not None:
            rates[trouble.grid] *= max(1.0, troubles.BUSY_A_WEEK / rates[trouble.grid].sum())


def week_factor(week: Week) -> float:
    """Fewer reports in a week of public holidays."""
    days = [week.first_day + timedelta(days=k) for k in range(7)]
    return 1.0 - 0.02 * sum(day_class(day) == HOLIDAY for day in days)


class Hotline:
    """Takes down reports, and says week by week what is new and what has changed."""

    def __init__(
        self,
        plan: Plan,
        rates: np.ndarray,
        planted: list[Trouble],
        adults_by_grid: list[list[Person]],
        addresses: dict[int, str],
        rng: Generator,
    ) -> None:
        self._plan, self._rates, self._planted, self._rng = plan, rates, planted, rng
        self._places = [[k for k, b in enumerate(plan.buildings) if b.grid == grid] for grid in range(len(plan.grids))]
        self._points = [plan.lonlat(building.shape.representative_point()) for building in plan.buildings]
        self._addresses = addresses
        self._callers = adults_by_grid
        self._waiting: list[Report] = []
        self._count = 0

    def counts(self, week: Week, index: int) -> np.ndarray:
        """Reports of one round, grids × categories."""
        month = (week.first_day + timedelta(days=3)).month
        season = np.array([category.months[month - 1] for category in CATEGORIES])
        mean = self._rates * season * week_factor(week) * self._rng.gamma(250.0, 1 / 250.0)
        counts = self._rng.poisson(mean)
        for trouble in self._planted:
            if not trouble.holds(index) or trouble.grid is None:
                continue
            if trouble.kind == troubles.SILENT:
                counts[trouble.grid] = self._rng.binomial(counts[trouble.grid], 1 + trouble.strength)
            elif trouble.matter and trouble.kind == troubles.ABOVE:
                at = NAMES.index(trouble.matter)
                counts[trouble.grid, at] = self._rng.poisson(mean[trouble.grid, at] * trouble.strength)
            elif trouble.matter and trouble.kind == troubles.NEW:
                counts[trouble.grid, NAMES.index(trouble.matter)] = round(trouble.strength) - 1 + self._rng.binomial(2, 0.5)
        return np.asarray(counts)

    def week(self, week: Week, index: int) -> list[tuple[Report, str, str]]:
        """(report, state, office) of every new report and of every older one whose state or office changed, in order of time."""
        ends = datetime.combine(week.monday, datetime.min.time())
        begins = ends - timedelta(days=7)
        fresh: list[Report] = []
        counts = self.counts(week, index)
        for grid, category in np.argwhere(counts > 0):
            for _ in range(int(counts[grid, category])):
                fresh.append(self._take(week, int(grid), int(category)))
        fresh.sort(key=lambda report: report.at)
        for report in fresh:
            self._count += 1
            report.key = f"RX{report.at:%Y%m%d}{self._count:06d}"
        rows = []
        for report in self._waiting:
            if report.closed < ends or (report.passed_on and begins <= report.passed_on < ends):
                rows.append((report, *_state(report, ends)))
        rows += [(report, *_state(report, ends)) for report in fresh]
        self._waiting = [report for report in self._waiting + fresh if report.closed >= ends]
        return rows

    def _take(self, week: Week, grid: int, index: int) -> Report:
        rng, category = self._rng, CATEGORIES[index]
        days = [week.first_day + timedelta(days=k) for k in range(7)]
        busy = [weight * (0.6 if day_class(on) == HOLIDAY else 1.0) for weight, on in zip(category.days, days, strict=True)]
        day = pick(rng, days, busy)
        hour = pick(rng, range(24), category.hours)
        at = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, seconds=int(rng.random() * 3600))
        place = self._places[grid][int(rng.random() * len(self._places[grid]))]
        building = self._plan.buildings[place]
        name = building.name
        english = bool(rng.random() < ENGLISH_SHARE)
        estate = self._plan.grids[grid].name_en.removesuffix(" East").removesuffix(" West")
        called = name if not english else f"{building.number} {estate}" if building.number else f"the {building.use} in {estate}"
        texts = (ENGLISH if english else CHINESE)[category.code]
        text = texts[int(rng.random() * len(texts))].format(
            p=called, n=2 + int(rng.random() * 6), d=PARTS_OF_DAY[int(rng.random() * len(PARTS_OF_DAY))]
        )
        point: Point = self._points[place]
        lost = rng.random() < NO_POINT_SHARE
        # Up to three metres from the middle of the building: still inside it, so in its grid.
        east, north = (rng.random(2) * 2 - 1) * 3.0
        lonlat = (round(point.x + east / 95_000, 7), round(point.y + north / 111_000, 7))
        address = self._addresses.get(place, name) if rng.random() < 0.5 else name + _NEAR[int(rng.random() * len(_NEAR))]
        callers = self._callers[grid]
        caller = callers[int(rng.random() ** 1.6 * len(callers))] if callers and rng.random() < 0.88 else None
        return Report(
            key="",
            at=at,
            channel=pick(rng, CHANNELS, _CHANNEL_SHARES),
            category=index,
            english=english,
            text=text,
            address=address,
            lonlat=None if lost else lonlat,
            zero=bool(rng.random() < 0.5),
            reporter=f"{caller.name[0]}{'先生' if caller.male else '女士'}" if caller and not caller.name.isascii() else "",
            phone=caller.phone if caller else "",
            closed=self._closing(at, category.limit_hours),
            passed_on=at + timedelta(hours=float(rng.random() * 60 + 20)) if rng.random() < 0.04 else None,
        )

    def _closing(self, at: datetime, limit: int) -> datetime:
        """When it is solved. What isn't urgent is closed by day."""
        closed = at + timedelta(hours=self._hours(limit))
        if limit > 12 and closed.hour < 8:
            closed += timedelta(hours=8)
        elif limit > 12 and closed.hour >= 20:
            closed += timedelta(hours=12)
        return closed

    def _hours(self, limit: int) -> float:
        """Clock hours until solved: mostly within the limit, some late, a few stuck for weeks."""
        if self._rng.random() < STUCK_SHARE:
            return float(self._rng.uniform(12, 75) * 24)
        spread = 1.1
        middle = np.exp(-0.954 * spread)  # 17 % of a log-normal lie beyond 0.954 standard deviations
        return float(max(0.4, limit * middle * self._rng.lognormal(0.0, spread)))


def _state(report: Report, ends: datetime) -> tuple[str, str]:
    office = CATEGORIES[report.category].office
    if report.passed_on and report.passed_on < ends:
        office = "街道办事处" if office != "街道办事处" else "社区居委会"
    return (CLOSED if report.closed < ends else OPEN), office


HEADINGS = (
    "工单编号",
    "受理时间",
    "来源",
    "类别代码",
    "类别",
    "标题",
    "内容",
    "地址",
    "经度",
    "纬度",
    "反映人",
    "联系电话",
    "状态",
    "办结时间",
    "承办单位",
)


def row(report: Report, state: str, office: str) -> list[str]:
    """One line of the hotline's file; times are local and without a zone."""
    category = CATEGORIES[report.category]
    lon, lat = ("0", "0") if report.zero else ("", "")
    if report.lonlat:
        lon, lat = (f"{degrees:.7f}" for degrees in report.lonlat)
    closed = f"{report.closed:%Y-%m-%d %H:%M:%S}" if state == CLOSED else ""
    return [
        report.key,
        f"{report.at:%Y-%m-%d %H:%M:%S}",
        report.channel,
        category.code,
        category.zh,
        category.en if report.english else category.zh,
        report.text,
        report.address,
        lon,
        lat,
        report.reporter,
        report.phone,
        state,
        closed,
        office,
    ]
