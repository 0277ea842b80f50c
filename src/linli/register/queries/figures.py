"""Counts of residents: by grid, by age and sex, by household, by origin, by need, and what changed since the Monday before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.models import Lapse, Residence
from linli.register.opening import chunks
from linli.register.queries.asof import Moment, Resident, moment, narrow_rounds, residents, rounds, standings
from linli.register.queries.left_behind import left_behind_at
from linli.register.queries.visits import doors_seen
from linli.register.rules.ages import BANDS, age_on, band
from linli.register.rules.codes import province
from linli.register.rules.left_behind import LeftBehind
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.territory.queries import building_grids, grids
from linli.trust import shown

STALE_WEEKS = 8


@dataclass(frozen=True)
class GridCount:
    """Residents of a grid on a Monday. ``unverified``: not shown by that Monday's files; ``stale``: for eight weeks or more."""

    grid: UUID
    label: str
    residents: int
    unverified: int
    stale: int

    @property
    def verified_share(self) -> float | None:
        return None if not self.residents else 1 - self.unverified / self.residents


def counts_by_grid(*, viewer: Actor, community: UUID, week: Week) -> list[GridCount]:
    """Every grid within scope, by number; three queries that count in the database."""
    if not viewer.sees_community(community):
        return []
    at = moment(viewer=viewer, community=community, week=week)
    placed = building_grids(viewer=viewer, community=community, on=at.day)
    homes = Residence.objects.filter(at.live(), community=community)
    living = _per_grid(placed, _by_building(homes))
    open_lapses = Lapse.objects.filter(at.lapsed(), community=community)
    lapsed = homes.filter(person__in=open_lapses.values("person"))
    old = homes.filter(person__in=open_lapses.filter(verified__lte=week.back(STALE_WEEKS).monday).values("person"))
    seen = _seen(viewer, community, at, 1), _seen(viewer, community, at, STALE_WEEKS)
    missed = _per_grid(placed, _by_building(lapsed)) - _per_grid(placed, _visited(lapsed, seen[0]))
    stale = _per_grid(placed, _by_building(old)) - _per_grid(placed, _visited(old, seen[1]))
    newest = rounds(viewer=viewer, community=community, at=at)
    if newest.full == week.monday:
        unverified = missed
    elif narrow_rounds(viewer=viewer, community=community, at=at, since=week.back().monday):
        everybody = residents(viewer=viewer, community=community, at=at)
        unverified = Counter(one.grid for one in everybody if one.grid and (at.day - one.verified).days >= 7)
    else:
        # A Monday without a full file is renewed by visits, and by whom it newly shows.
        unverified = living - _per_grid(placed, _visited(homes, seen[0], since=at.known - timedelta(days=7)))
    return [
        GridCount(row.id, row.label, living[row.id], unverified[row.id], stale[row.id])
        for row in grids(viewer=viewer, community=community, on=at.day)
    ]


def _seen(viewer: Actor, community: UUID, at: Moment, weeks: int) -> list[UUID]:
    """The doors at which somebody stood within so many weeks before the day."""
    doors = doors_seen(viewer=viewer, community=community, by_day=at.day, known=at.known)
    return [door for door, on in doors.items() if on >= at.day - timedelta(weeks=weeks)]


def _by_building(homes: QuerySet[Residence]) -> Iterable[tuple[UUID, int]]:
    return homes.values_list("building_id").annotate(n=Count("id"))


def _visited(homes: QuerySet[Residence], doors: Sequence[UUID], since: datetime | None = None) -> list[tuple[UUID, int]]:
    """Of ``homes`` those behind ``doors``, and those known only ``since`` an instant, each once."""
    found: list[tuple[UUID, int]] = []
    if since is not None:
        found += _by_building(homes.filter(known_from__gt=since))
        homes = homes.filter(known_from__lte=since)
    for part in chunks(doors):
        found += _by_building(homes.filter(dwelling__in=part))
    return found


def _per_grid(placed: dict[UUID, UUID], rows: Iterable[tuple[UUID, int]]) -> Counter[UUID]:
    counts: Counter[UUID] = Counter()
    for building, n in rows:
        if building in placed:
            counts[placed[building]] += n
    return counts


@dataclass(frozen=True)
class Changes:
    """What became known between two Mondays. ``found``: residents who were here and not on the register."""

    came: int = 0
    found: int = 0
    born: int = 0
    left: int = 0
    died: int = 0
    moved: int = 0


def changes(*, viewer: Actor, community: UUID, week: Week, grid: UUID | None = None) -> Changes:
    """Changes of the seven days before ``week``'s Monday, within scope (of one grid where given)."""
    if not viewer.sees_community(community):
        return Changes()
    now = moment(viewer=viewer, community=community, week=week).known
    before = moment(viewer=viewer, community=community, week=week.back()).known
    homes = Residence.objects.filter(community=community)
    if viewer.grids is not None or grid is not None:
        placed = building_grids(viewer=viewer, community=community, on=week.monday)
        homes = homes.filter(building__in=[building for building, its in placed.items() if grid in (None, its)])
    began = Q(known_from__gt=before, known_from__lte=now)
    ended = Q(ended_known__gt=before, ended_known__lte=now)
    counted = homes.aggregate(
        n_came=Count("id", filter=began & Q(came="moved_in")),
        n_found=Count("id", filter=began & Q(came="")),
        n_born=Count("id", filter=began & Q(came="born")),
        n_left=Count("id", filter=ended & Q(ending="moved_out")),
        n_died=Count("id", filter=ended & Q(ending="died")),
        n_moved=Count("id", filter=began & Q(came="moved_within")),
    )
    return Changes(**{name.removeprefix("n_"): count for name, count in counted.items()})


@dataclass(frozen=True)
class NeedCount:
    """People of a place who need one kind of help. ``outside``: the count as it may be shown outside, None where withheld."""

    need: Need
    people: int
    alone: int
    outside: int | None


@dataclass(frozen=True)
class BehindCount:
    """How many of a place are left behind in one way; None where they are so few that one could be pointed at."""

    how: LeftBehind
    people: int | None

    @staticmethod
    def of(counts: Mapping[str, int]) -> list[BehindCount]:
        """The counts as they may be shown, inside too: a worker finds one of these on their own list, nobody in a table."""
        return [BehindCount(how, shown(counts.get(how.value, 0))) for how in LeftBehind if counts.get(how.value, 0)]


@dataclass(frozen=True)
class Portrait:
    """Who lives in a place on a Monday.

    ``pyramid``: per band, youngest first, men (permanent, others) and women (permanent, others); ``stale``: long unverified.
    """

    residents: int = 0
    households: int = 0
    floating: int = 0
    young_and_old: int = 0
    verified: int = 0
    stale: int = 0
    pyramid: list[tuple[str, tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    needs: list[NeedCount] = field(default_factory=list)
    needing: int = 0
    left_behind: list[BehindCount] = field(default_factory=list)

    @property
    def dependency(self) -> int | None:
        """Under 15 and over 64 per 100 others; None where there are no others."""
        others = self.residents - self.young_and_old
        return round(100 * self.young_and_old / others) if others else None


def portrait(*, viewer: Actor, community: UUID, week: Week, grid: UUID) -> Portrait:
    """Everything that the page of one grid says of its residents on a Monday, as it was known then."""
    at = moment(viewer=viewer, community=community, week=week)
    placed = building_grids(viewer=viewer, community=community, on=at.day, grid=grid)
    people = residents(viewer=viewer, community=community, at=at, grids=placed, buildings=placed)
    behind = left_behind_at(viewer=viewer, community=community, at=at, people={one.person for one in people})
    return _summed(people, at, Counter(how.value for how in behind.values()))


def headcount(*, viewer: Actor, community: UUID, week: Week, grid: UUID) -> Portrait:
    """What a portrait is compared with: ``residents``, ``households``, ``floating``, ``sizes`` and ``origins``, nothing else."""
    at = moment(viewer=viewer, community=community, week=week)
    there = building_grids(viewer=viewer, community=community, on=at.day, grid=grid)
    told = standings(viewer=viewer, community=community, at=at, buildings=there)
    people = Counter(household for _status, _region, household in told)
    alone = people.pop("", 0)
    sizes = Counter(min(size, 5) for size in people.values()) + Counter({1: alone})
    origins = Counter(province(region) for status, region, _household in told if status is Status.FLOATING)
    return Portrait(
        residents=len(told),
        households=len(people) + alone,
        floating=sum(origins.values()),
        sizes=dict(sorted(sizes.items())),
        origins=dict(origins.most_common()),
    )


def _summed(people: Sequence[Resident], at: Moment, behind: Mapping[str, int]) -> Portrait:
    """Counts over residents. ``behind``: how many are left behind, by code."""
    settled = {Status.PERMANENT}
    sides: dict[str, list[list[int]]] = {name: [[0, 0], [0, 0]] for name in BANDS}
    sizes: Counter[int] = Counter()
    origins: Counter[str] = Counter()
    needs: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    ages = [age_on(person.birth_month, at.day) for person in people]
    for person, age in zip(people, ages, strict=True):
        if person.sex in ("1", "2"):
            sides[band(age)][person.sex == "2"][person.status not in settled] += 1
        if person.status is Status.FLOATING:
            origins[province(person.region)] += 1
        for need in person.needs:
            needs[need] += 1
            alone[need] += person.household_size == 1
    houses = {(person.household or str(person.person)): person.household_size for person in people}
    sizes.update(min(size, 5) for size in houses.values())
    weeks = [(at.day - person.verified).days // 7 for person in people]
    return Portrait(
        residents=len(people),
        households=len(houses),
        floating=sum(person.status is Status.FLOATING for person in people),
        young_and_old=sum(age < 15 or age > 64 for age in ages),
        verified=sum(count < 1 for count in weeks),
        stale=sum(count >= STALE_WEEKS for count in weeks),
        pyramid=[(name, (men[0], men[1]), (women[0], women[1])) for name, (men, women) in sides.items()],
        sizes=dict(sorted(sizes.items())),
        origins=dict(origins.most_common()),
        needs=[NeedCount(need, needs[need], alone[need], shown(needs[need])) for need in Need if needs[need]],
        needing=sum(bool(person.needs) for person in people),
        left_behind=BehindCount.of(behind),
    )
