"""Who lived here on a Monday, as it was known then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.models import CareNeed, Hukou, Lapse, Membership, RegisterRound, Residence
from linli.register.queries.places import time_zone
from linli.register.queries.visits import doors_seen
from linli.register.rules.coverage import Coverage, Extent, coverage_of, in_scope
from linli.register.rules.residence import Status, status
from linli.territory.queries import building_grids
from linli.territory.queries import buildings as buildings_on
from linli.trust import grids_of, restricted_subjects


@dataclass(frozen=True)
class Moment:
    """A Monday, and the instant up to which knowledge counts."""

    day: date
    known: datetime

    def live(self) -> Q:
        """Rows that were true on the day, by what was known."""
        begun = Q(from_date__lte=self.day, known_from__lte=self.known)
        return begun & (Q(to_date__isnull=True) | Q(to_date__gt=self.day) | Q(ended_known__gt=self.known))

    def lapsed(self) -> Q:
        """Lapses that were open on the day."""
        return Q(from_monday__lte=self.day) & (Q(to_monday__isnull=True) | Q(to_monday__gt=self.day))


def moment(*, viewer: Actor, community: UUID, week: Week) -> Moment:
    """The week's Monday, 00:00 in the community's own zone."""
    return Moment(week.monday, week.starts_at(time_zone(viewer=viewer, community=community)))


@dataclass(slots=True)
class Resident:
    """One resident as of a moment. ``grid``: zone id of the people-grid on that day; ``household``: its pseudonym."""

    person: UUID
    pseudonym: str
    sex: str
    birth_month: date
    building: UUID
    grid: UUID | None
    status: Status
    region: str
    household: str
    verified: date
    known_from: datetime
    needs: tuple[str, ...] = ()
    household_size: int = 1


@dataclass(frozen=True)
class Rounds:
    """The newest full round by a day, or the newest of any kind where none was full; None before the first file."""

    full: date | None
    any: date | None

    @property
    def verified(self) -> date | None:
        return self.full or self.any


def rounds(*, viewer: Actor, community: UUID, at: Moment) -> Rounds:
    """Which rounds vouch for the register at a moment."""
    if not viewer.sees_community(community):
        return Rounds(None, None)
    kept = RegisterRound.objects.filter(community=community, monday__lte=at.day, known_from__lte=at.known)
    newest = kept.aggregate(full=Max("monday", filter=Q(full=True)), any=Max("monday"))
    return Rounds(newest["full"], newest["any"])


def residents(
    *,
    viewer: Actor,
    community: UUID,
    at: Moment,
    grids: Mapping[UUID, UUID] | None = None,
    buildings: Collection[UUID] | None = None,
) -> list[Resident]:
    """Everybody within scope who lived here (in ``buildings``, where given) at a moment: four queries, however many people.

    ``grids``: grid by building on that day, where it has been asked for already.
    """
    if not viewer.sees_community(community):
        return []
    homes = _homes(viewer, community, at, buildings)
    if grids is None:
        grids = building_grids(viewer=viewer, community=community, on=at.day)
    vouched = rounds(viewer=viewer, community=community, at=at).verified or at.day
    shown_by = _narrow(viewer, community, at, vouched)
    # Asked of the database by where they live, not name by name: hundreds of names take longer to pass on than to look up.
    narrow = {} if buildings is None and viewer.grids is None else {"person__in": homes.values("person_id")}
    live: dict[str, Any] = {"community": community, **narrow}
    needs: dict[UUID, list[str]] = defaultdict(list)
    for one, need in CareNeed.objects.filter(at.live(), **live).order_by("need").values_list("person_id", "need"):
        needs[one].append(need)
    doors = doors_seen(viewer=viewer, community=community, by_day=at.day, known=at.known)
    lapsed = dict(Lapse.objects.filter(at.lapsed(), **live).values_list("person_id", "verified"))
    # Who was erased is nobody any more; who had their data restricted is stored and not used.
    known = homes.filter(person__birth_month__isnull=False)
    if unused := restricted_subjects(viewer=viewer, community=community):
        known = known.exclude(person__subject__in=unused)
    query = _with_relations(known, at).values_list(
        *("person_id", "person__subject__pseudonym", "person__sex", "person__birth_month", "building_id", "known_from"),
        "dwelling_id",
        *_TOLD,
    )
    days: dict[datetime, date] = {}  # there are few instants: a file's rows share theirs
    found = [
        Resident(
            person=person,
            pseudonym=pseudonym,
            sex=sex,
            birth_month=birth,
            building=building,
            grid=grids.get(building),
            status=_status(told),
            region=told[0] or "",
            household=told[1] or "",
            verified=max(lapsed.get(person, vouched), _day(known_from, days), _visited(doors.get(dwelling), at.day)),
            known_from=known_from,
            needs=tuple(needs.get(person, ())),
        )
        for person, pseudonym, sex, birth, building, known_from, dwelling, *told in query
    ]
    if shown_by is not None:
        for resident in found:
            if resident.person not in lapsed:
                resident.verified = max(resident.verified, shown_by(resident))
    sizes: dict[str, int] = defaultdict(int)
    for resident in found:
        sizes[resident.household] += 1
    for resident in found:
        resident.household_size = sizes[resident.household] if resident.household else 1
    return found


def _day(known_from: datetime, days: dict[datetime, date]) -> date:
    """The day of an instant where the community is."""
    day = days.get(known_from)
    return days.setdefault(known_from, timezone.localdate(known_from)) if day is None else day


def _visited(on: date | None, day: date) -> date:
    """The day from which a visit counts: one on a Monday came after that Monday's round, and renews the next."""
    if on is None:
        return date.min
    return min(on + timedelta(days=1), day) if on.weekday() == 0 else on


def narrow_rounds(*, viewer: Actor, community: UUID, at: Moment, since: date) -> list[tuple[date, Coverage]]:
    """Files after ``since`` that were full of a part of the community, newest first: they vouch for whom they cover."""
    if not viewer.sees_community(community):
        return []
    kept = RegisterRound.objects.filter(
        community=community, full=False, monday__gt=since, monday__lte=at.day, known_from__lte=at.known
    )
    found = [(monday, coverage_of(told)) for monday, told in kept.order_by("-monday").values_list("monday", "coverage") if told]
    return [(monday, coverage) for monday, coverage in found if coverage.extent is Extent.FULL]


class _Placed(NamedTuple):
    building: str
    grid: str
    estate: str
    status: Status


def _narrow(viewer: Actor, community: UUID, at: Moment, since: date) -> Callable[[Resident], date] | None:
    """By resident the newest Monday whose partial-area file covers them; None where there was no such file."""
    narrow = narrow_rounds(viewer=viewer, community=community, at=at, since=since)
    if not narrow:
        return None
    labels = {zone.id: zone.code for zone in grids_of(viewer=viewer, community=community)}
    built = {row.id: row for row in buildings_on(viewer=viewer, community=community, on=at.day)}

    def newest(one: Resident) -> date:
        building = built.get(one.building)
        grid = labels.get(one.grid, "") if one.grid else ""
        placed = _Placed(building.name if building else "", grid, building.estate if building else "", one.status)
        return next((monday for monday, coverage in narrow if in_scope(coverage, placed)), date.min)

    return newest


def standings(*, viewer: Actor, community: UUID, at: Moment, buildings: Collection[UUID]) -> list[tuple[Status, str, str]]:
    """(status, region of the hukou, household's pseudonym) of everybody within scope who lived in ``buildings``: one query."""
    if not viewer.sees_community(community):
        return []
    query = _with_relations(_homes(viewer, community, at, buildings), at).values_list(*_TOLD)
    return [(_status(told), told[0] or "", told[1] or "") for told in query]


def _homes(viewer: Actor, community: UUID, at: Moment, buildings: Collection[UUID] | None) -> QuerySet[Residence]:
    if viewer.grids is not None:
        mine = set(building_grids(viewer=viewer, community=community))
        buildings = mine if buildings is None else mine & set(buildings)
    homes = Residence.objects.filter(at.live(), community=community)
    return homes if buildings is None else homes.filter(building__in=buildings)


_TOLD = ("hukou_region", "household", "hukou_here", "person__document_kind", "said", "community__code")


def _with_relations(homes: QuerySet[Residence], at: Moment) -> Any:
    """``homes`` with what is known of each person's hukou and household at the moment; a person's newest counts."""

    def of_person(relation: type[Hukou | Membership], column: str) -> Subquery:
        # By person alone, without the community: so that the database can't but take the index by person.
        rows = relation.objects.filter(at.live(), person=OuterRef("person_id")).order_by("-from_date", "-id")
        return Subquery(rows.values(column)[:1])

    return homes.annotate(
        hukou_region=of_person(Hukou, "region"),
        hukou_here=of_person(Hukou, "here"),
        household=of_person(Membership, "household__pseudonym"),
    )


def _status(told: Sequence[Any]) -> Status:
    region, _household, here, document, said, code = told
    return status(
        lives_here=True,
        here=here,
        region=region or "",
        community_code=code,
        document=document,
        said=Status(said) if said else None,
    )
