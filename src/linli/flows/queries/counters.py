"""Counters and what passed them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.flows.models import Counter, Reading
from linli.flows.rules import is_code
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory import queries as territory


@dataclass(frozen=True)
class CounterRow:
    """One counter as it stands."""

    id: UUID
    code: str
    name: Mapping[str, str]
    grid: UUID | None
    interval_minutes: int
    unit: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class WeekRow:
    """One week of a counter: the round, its first day, the mean of its days' sums, and how much of the week was read.

    ``a_day`` is None where less than half of the week was read; for measures that don't add up (``percent``) it is the mean.
    """

    week: str
    first_day: date
    a_day: float | None
    share_read: float


def counters(*, viewer: Actor, community: UUID, grid: UUID | None = None) -> list[CounterRow]:
    """The counters within scope, by code; only those of ``grid`` where one is given."""
    if not viewer.sees_community(community):
        return []
    found = Counter.objects.filter(community=community)
    if viewer.grids is not None:
        found = found.filter(grid__in=viewer.grids)
    if grid is not None:
        found = found.filter(grid=grid)
    return [CounterRow(c.id, c.code, c.name, c.grid_id, c.interval_minutes, c.unit, c.lon, c.lat) for c in found.order_by("code")]


def counters_to_adopt(viewer: Actor, community: UUID, known: Collection[str]) -> list[Counter]:
    """Counters that the territory's file put on the map and that nobody set up yet, as unsaved rows with their grid."""
    places = [
        p
        for p in territory.counter_places(viewer=viewer, community=community).values()
        if is_code(p.code) and p.code not in known
    ]
    points = [p.shape.centroid for p in places]
    grids = territory.grid_of_points(viewer=viewer, community=community, lon=[p.x for p in points], lat=[p.y for p in points])
    return [
        Counter(
            community_id=community,
            code=place.code,
            name=place.name or {"en": place.code, "zh-Hans": place.code},
            grid_id=grid,
            lon=point.x,
            lat=point.y,
            interval_minutes=int(place.details.get("interval_minutes") or 60),
        )
        for place, point, grid in zip(places, points, grids, strict=True)
    ]


def counter_names(*, viewer: Actor, community: UUID) -> Mapping[str, Mapping[str, str]]:
    """Both languages' names of the counters by code."""
    return {row.code: row.name for row in counters(viewer=viewer, community=community)}


def counter_weeks(*, viewer: Actor, community: UUID, counter: UUID, week: Week, weeks: int = 12) -> list[WeekRow]:
    """The last ``weeks`` rounds of a counter up to ``week``, oldest first; empty where it isn't in scope."""
    row = next((c for c in counters(viewer=viewer, community=community) if c.id == counter), None)
    if row is None:
        return []
    zone = ZoneInfo(territory.community(viewer=viewer, community=community).time_zone)
    first = week.back(weeks - 1).first_day
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(week.monday, time(), zone).astimezone(UTC)
    sums, numbers = [0.0] * weeks, [0] * weeks
    readings = Reading.objects.filter(counter=counter, at__gte=start, at__lt=end).values_list("at", "value")
    for at, value in readings:
        place = (at.astimezone(zone).date() - first).days // 7
        sums[place] += value
        numbers[place] += 1
    whole = 7 * 24 * 60 / row.interval_minutes
    result = []
    for i in range(weeks):
        share = numbers[i] / whole
        enough = share >= 0.5
        # What is missing is taken as the rest of the week was: a day without readings is not a day without people.
        a_day = (sums[i] / numbers[i] * (whole / 7 if row.unit == "passages" else 1)) if enough else None
        result.append(WeekRow(str(week.back(weeks - 1 - i)), first + timedelta(weeks=i), a_day, min(1.0, share)))
    return result
