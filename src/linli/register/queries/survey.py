"""How far the yearly survey is, which doors it leads to now, and how often second visits found something else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.register.models import Residence, Visit
from linli.register.queries.places import Ground, ground
from linli.register.queries.visits import first_visitors
from linli.register.rules.rounds import ErrorRate, error_rates
from linli.register.rules.survey import Progress, is_due, progress
from linli.territory.queries import dwellings


@dataclass(frozen=True)
class GridSurvey:
    """The survey of one grid."""

    label: str
    progress: Progress


@dataclass(frozen=True)
class BuildingSurvey:
    """The survey of one building."""

    name: str
    grid: str
    progress: Progress


@dataclass(frozen=True)
class BlindVisit:
    """A second visit still to be made. ``own``: the viewer made the first, so that somebody else goes."""

    id: UUID
    building: str
    door: str
    grid: str
    due: date
    own: bool


@dataclass(frozen=True)
class Survey:
    """``start``: the first planned Monday, None where nothing is planned; ``rates``: by field, of the whole community.

    ``compared``: how many second visits the rates stand on.
    """

    start: date | None
    grids: list[GridSurvey]
    buildings: list[BuildingSurvey]
    rates: Mapping[str, ErrorRate]
    blind: list[BlindVisit]
    compared: int


@dataclass(frozen=True)
class DoorDue:
    """A door of this week's plan, or of an earlier week's that nobody got to. ``tries``: how often nobody opened since then."""

    building: UUID
    dwelling: UUID
    label: str
    people: int
    planned: date
    late: bool
    tried: date | None
    tries: int


@dataclass(frozen=True)
class BuildingDue:
    """A building with its doors to go to."""

    id: UUID
    name: str
    grid: str
    doors: list[DoorDue]


@dataclass(frozen=True)
class Week:
    """What the survey asks of a worker this week. ``planned``: whether there is one; ``done``: of this week's, closed."""

    planned: bool
    buildings: list[BuildingDue]
    done: int
    blind: list[BlindVisit]

    @property
    def doors(self) -> int:
        """How many are still to be seen."""
        return sum(len(building.doors) for building in self.buildings)

    @property
    def late(self) -> bool:
        """Whether an earlier week left something."""
        return any(door.late for building in self.buildings for door in building.doors)


@dataclass(frozen=True)
class _Plan:
    """The newest plan. ``homes``: dwelling → (building, Monday), within scope; outcomes are those since it was made."""

    homes: dict[UUID, tuple[UUID, date]]
    seen: set[UUID]
    refused: set[UUID]
    tries: Counter[UUID]
    tried: dict[UUID, date]


def survey(*, viewer: Actor, community: UUID, day: date) -> Survey:
    """The survey within scope. Error rates are of fields, never of who asked: they are told for the whole community alone."""
    if not viewer.sees_community(community):
        return Survey(None, [], [], {}, [], 0)
    places = ground(viewer=viewer, community=community)
    plan = _plan(community, places)
    by_building: dict[UUID, dict[str, date]] = defaultdict(dict)
    by_grid: dict[str, dict[str, date]] = defaultdict(dict)
    for dwelling, (building, due) in plan.homes.items():
        by_building[building][str(dwelling)] = by_grid[places.label_of(building)][str(dwelling)] = due
    seen, refused = {str(one) for one in plan.seen}, {str(one) for one in plan.refused}
    buildings = [
        BuildingSurvey(places.names[building], places.label_of(building), progress(homes, seen, day, refused))
        for building, homes in by_building.items()
    ]
    second = Visit.objects.filter(community=community, kind="blind", outcome="compared")
    findings = list(second.values_list("findings", flat=True)) if viewer.grids is None else []
    return Survey(
        min((due for _, due in plan.homes.values()), default=None),
        [GridSurvey(label, progress(homes, seen, day, refused)) for label, homes in sorted(by_grid.items())],
        sorted(buildings, key=lambda row: (row.grid, -row.progress.late, row.name)),
        error_rates(findings),
        blind_visits(viewer=viewer, community=community, day=day, places=places),
        len(findings),
    )


def this_week(*, viewer: Actor, community: UUID, day: date) -> Week:
    """The doors that the survey leads to now, building by building, the longest waiting first; and second visits."""
    if not viewer.sees_community(community):
        return Week(False, [], 0, [])
    places = ground(viewer=viewer, community=community)
    plan = _plan(community, places)
    monday = day.fromordinal(day.toordinal() - day.weekday())
    now = {home: at for home, at in plan.homes.items() if is_due(at[1], day)}
    waiting = {home: at for home, at in now.items() if home not in plan.seen | plan.refused}
    rows = {row.id: row for row in dwellings(viewer=viewer, community=community, ids=list(waiting))} if waiting else {}
    living = Residence.objects.filter(community=community, dwelling__in=list(rows), to_date__isnull=True)
    people: dict[UUID | None, int] = dict(living.values_list("dwelling_id").annotate(Count("id")))
    doors: dict[UUID, list[DoorDue]] = defaultdict(list)
    for home, row in rows.items():
        building, due = waiting[home]
        label = "-".join(part for part in (row.unit, row.room) if part)
        told = (plan.tried.get(home), plan.tries[home])
        doors[building].append(DoorDue(building, home, label, people.get(home, 0), due, due < monday, *told))
    order = {row.id: at for at, row in enumerate(rows.values())}
    buildings = [
        BuildingDue(building, places.names[building], places.label_of(building), sorted(own, key=lambda d: order[d.dwelling]))
        for building, own in doors.items()
    ]
    buildings.sort(key=lambda row: (min(door.planned for door in row.doors), row.grid, row.name))
    done = sum(at[1] == monday and home in plan.seen | plan.refused for home, at in now.items())
    blind = [row for row in blind_visits(viewer=viewer, community=community, day=day, places=places) if not row.own]
    return Week(bool(plan.homes), buildings, done, blind)


def is_planned_now(*, viewer: Actor, community: UUID, dwelling: UUID, day: date) -> bool:
    """Whether the survey leads to this door now."""
    if not viewer.sees_community(community):
        return False
    waiting = Visit.objects.filter(community=community, kind="survey", dwelling=dwelling, on__isnull=True, due__lte=day)
    return waiting.exists()


def blind_visits(*, viewer: Actor, community: UUID, day: date, places: Ground | None = None) -> list[BlindVisit]:
    """Second visits still to be made, within scope: where to, and nothing of what is known there."""
    if not viewer.sees_community(community):
        return []
    places = places or ground(viewer=viewer, community=community)
    second = Visit.objects.filter(community=community, kind="blind", on__isnull=True).order_by("due", "id")
    waiting = [row for row in second if row.building_id in places.names and row.dwelling_id is not None]
    ids = [row.dwelling_id for row in waiting if row.dwelling_id is not None]
    doors = {row.id: row for row in dwellings(viewer=viewer, community=community, ids=ids)} if ids else {}
    first = first_visitors(viewer=viewer, community=community, dwellings=ids)
    return [
        BlindVisit(
            row.id, places.names[row.building_id], "-".join(part for part in (door.unit, door.room) if part),
            places.label_of(row.building_id), row.due or day, viewer.account is not None and first.get(door.id) == viewer.account,
        )
        for row in waiting
        if row.dwelling_id is not None and (door := doors.get(row.dwelling_id)) is not None
    ]  # fmt: skip


def _plan(community: UUID, places: Ground) -> _Plan:
    """The newest plan: earlier ones left behind what was visited for them, which is no part of it."""
    rows = Visit.objects.filter(community=community, kind="survey", dwelling__isnull=False, due__isnull=False)
    made = rows.aggregate(newest=Max("known_from"))["newest"]
    if made is None:
        return _Plan({}, set(), set(), Counter(), {})
    homes: dict[UUID, tuple[UUID, date]] = {}
    for dwelling, building, due in rows.filter(known_from=made).values_list("dwelling_id", "building_id", "due"):
        if dwelling is not None and due is not None and building in places.names:
            homes[dwelling] = building, due
    since = timezone.localdate(made)
    visits = Visit.objects.filter(community=community, on__gte=since, dwelling__isnull=False).exclude(kind="blind")
    seen: set[UUID] = set()
    refused: set[UUID] = set()
    tries: Counter[UUID] = Counter()
    tried: dict[UUID, date] = {}
    for dwelling, on, outcome in visits.order_by("on", "id").values_list("dwelling_id", "on", "outcome"):
        if dwelling not in homes or dwelling is None or on is None:
            continue
        if outcome == "unchanged":
            seen.add(dwelling)
        elif outcome == "refused":
            refused.add(dwelling)
        elif outcome == "nobody_home":
            tries[dwelling] += 1
            tried[dwelling] = on
    return _Plan(homes, seen, refused - seen, tries, tried)
