"""The week's round, grid by grid: what changed, how far the register can be relied on, and who has signed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.models import GridSignature, Hukou, Membership, Person, RegisterRound, Residence
from linli.register.queries.asof import Moment, Resident, residents
from linli.register.queries.places import time_zone
from linli.register.queries.questions import open_counts
from linli.register.rules.residence import Status
from linli.register.rules.rounds import COMPLETE, Delta, Line, Score, Seen, delta_list, score, weeks_since
from linli.territory.queries import building_grids
from linli.trust import Role, account_names, grids_of, holders

WORKER, MANAGER = Role.GRID_WORKER.value, Role.COMMUNITY_MANAGER.value


@dataclass(frozen=True)
class Change:
    """One line of a grid's list, with whom it is about."""

    delta: Delta
    person: UUID
    weeks: int = 0


@dataclass(frozen=True)
class Signature:
    """Somebody has been through the list of a grid. ``changed``: the list is another by now."""

    role: str
    name: str
    at: datetime
    changed: bool
    note: str = ""


@dataclass(frozen=True)
class GridRound:
    """One grid in the round of a week. ``questions``: open ones; ``worker``: whether anybody has the grid."""

    grid: UUID
    label: str
    residents: int
    verified: int
    changes: tuple[Change, ...]
    questions: int
    score: Score
    signatures: tuple[Signature, ...]
    worker: bool
    digest: str

    @property
    def counts(self) -> dict[Delta, int]:
        """Lines by what they are about, every kind present."""
        counted = Counter(change.delta for change in self.changes)
        return {delta: counted[delta] for delta in Delta}

    def signed(self, role: str) -> Signature | None:
        """The signature given in that role."""
        return next((one for one in self.signatures if one.role == role), None)

    @property
    def settled(self) -> bool:
        """Whether both have signed, and nothing changed since."""
        return self.signed(MANAGER) is not None and not any(one.changed for one in self.signatures)


def _moment_of(week: Week, zone: str, now: datetime) -> Moment:
    """What was true on the Monday, as it is known by the end of its week (or now, while it lasts)."""
    return Moment(week.monday, min(now, week.next().starts_at(zone) - timedelta(microseconds=1)))


def current_week(*, viewer: Actor, community: UUID, now: datetime | None = None) -> Week:
    """The week that it is where the community lies."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(time_zone(viewer=viewer, community=community))
    return Week.of((now or timezone.now()).astimezone(zone).date())


def mondays(*, viewer: Actor, community: UUID) -> list[date]:
    """The Mondays that have a round, newest first."""
    if not viewer.sees_community(community):
        return []
    found = RegisterRound.objects.filter(community=community).order_by("-monday").values_list("monday", flat=True)
    return list(dict.fromkeys(found))


def grid_rounds(
    *,
    viewer: Actor,
    community: UUID,
    week: Week,
    since: Week | None = None,
    grid: UUID | None = None,
    now: datetime | None = None,
) -> list[GridRound]:
    """The round of ``week``, of every grid within scope (or ``grid`` alone), against ``since`` (default: the week before)."""
    if not viewer.sees_community(community):
        return []
    zone, now = time_zone(viewer=viewer, community=community), now or timezone.now()
    first, second = since or week.back(), week
    labels = {row.id: row.code for row in grids_of(viewer=viewer, community=community)}
    if grid is not None:
        labels = {grid: labels[grid]} if grid in labels else {}
    states: list[dict[UUID, Resident]] = []
    for which in (first, second):
        at = _moment_of(which, zone, now)
        there = building_grids(viewer=viewer, community=community, on=at.day, **({"grid": grid} if grid else {}))
        only = there if grid is not None else None
        rows = residents(viewer=viewer, community=community, at=at, grids=there, buildings=only)
        states.append({row.person: row for row in rows if row.grid in labels})
    before, after = states
    lines = _lines(community, before, after, first, second)
    signed = _signatures(viewer, community, week, labels)
    staffed = {row["grid"] for row in holders(viewer=viewer, community=community, roles=[Role.GRID_WORKER])}
    asked = open_counts(viewer=viewer, community=community)
    gaps = _gaps(community, after)
    people: dict[UUID, list[Resident]] = defaultdict(list)
    for row in after.values():
        if row.grid is not None:
            people[row.grid].append(row)
    found = []
    for zone_id, label in sorted(labels.items(), key=lambda pair: pair[1]):
        mine = tuple(Change(line.delta, UUID(line.person), line.weeks) for line in lines.get(str(zone_id), ()))
        digest = _digest(mine)
        known = people[zone_id]
        found.append(
            GridRound(
                grid=zone_id,
                label=label,
                residents=len(known),
                verified=sum(weeks_since(row.verified, week.monday) < 1 for row in known),
                changes=mine,
                questions=asked.get(label, 0),
                score=score((weeks_since(row.verified, week.monday), COMPLETE_SET - gaps[row.person]) for row in known),
                signatures=tuple(_signature(row, digest, names) for row, names in signed.get(zone_id, ())),
                worker=zone_id in staffed,
                digest=digest,
            )
        )
    return found


COMPLETE_SET = frozenset(COMPLETE)


def _lines(
    community: UUID, before: Mapping[UUID, Resident], after: Mapping[UUID, Resident], first: Week, second: Week
) -> dict[str, list[Line]]:
    gone = [person for person in before if person not in after]
    new = [person for person in after if person not in before]
    died = set(_those(Person, "id", gone, died_on__isnull=False))
    born = set(_those(Residence, "person_id", new, came="born"))

    def seen(row: Resident) -> Seen:
        values = (row.building, row.status, row.household, row.region, row.needs)
        return Seen(str(row.grid or ""), values, first.monday if row.person in born else None, row.verified)

    found = delta_list(
        {str(person): seen(row) for person, row in before.items()},
        {str(person): seen(row) for person, row in after.items()},
        first=first.monday,
        second=second.monday,
        died={str(person) for person in died},
    )
    by_grid: dict[str, list[Line]] = defaultdict(list)
    for line in found:
        by_grid[line.grid].append(line)
    return by_grid


def _those(model: Any, column: str, people: Sequence[UUID], **where: Any) -> list[UUID]:
    key = "id__in" if model is Person else "person__in"
    found: list[UUID] = []
    for start in range(0, len(people), 900):
        found += model.objects.filter(**{key: people[start : start + 900]}, **where).values_list(column, flat=True)
    return found


def _gaps(community: UUID, people: Mapping[UUID, Resident]) -> dict[UUID, set[str]]:
    """What is missing of each resident's record, asked by what is missing: that is little."""
    gaps: dict[UUID, set[str]] = defaultdict(set)
    everybody = Person.objects.filter(community=community)
    homes = Residence.objects.filter(community=community, to_date__isnull=True, dwelling__isnull=True)
    kin = Membership.objects.filter(community=community, to_date__isnull=True, relation="")
    hukou = set(Hukou.objects.filter(community=community, to_date__isnull=True).values_list("person_id", flat=True))
    missing = {
        "number": everybody.filter(number_index__isnull=True).values_list("id", flat=True),
        "phone": everybody.filter(phone_token__isnull=True).values_list("id", flat=True),
        "dwelling": homes.values_list("person_id", flat=True),
        "relation": kin.values_list("person_id", flat=True),
    }
    for name, those in missing.items():
        for person in those:
            if person in people:
                gaps[person].add(name)
    for person, row in people.items():
        if not row.household:
            gaps[person] |= {"household", "relation"}
        if person not in hukou:
            gaps[person].add("hukou")
        if row.status is Status.UNSTATED:
            gaps[person].add("status")
    return gaps


def _digest(changes: Collection[Change]) -> str:
    """What was signed for: who came, left, was born, died or changed. That somebody was verified since is no other list."""
    told = sorted(f"{one.delta} {one.person}" for one in changes if one.delta is not Delta.UNVERIFIED)
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def _signatures(viewer: Actor, community: UUID, week: Week, grids: Collection[UUID]) -> dict[UUID, list[tuple[Any, str]]]:
    rows = list(GridSignature.objects.filter(community=community, monday=week.monday, grid__in=list(grids)).order_by("at"))
    names = account_names(viewer=viewer, accounts={row.by for row in rows})
    found: dict[UUID, list[tuple[Any, str]]] = defaultdict(list)
    for row in rows:
        found[row.grid_id].append((row, names.get(row.by, "")))
    return found


def _signature(row: GridSignature, digest: str, name: str) -> Signature:
    return Signature(row.role, name, row.at, row.counts.get("digest") != digest, row.note)


def unsigned(*, viewer: Actor, community: UUID, week: Week) -> list[str]:
    """Numbers of the grids within scope that nobody of the management has signed for; none where the week has no round."""
    if not viewer.sees_community(community):
        return []
    labels = {row.id: row.code for row in grids_of(viewer=viewer, community=community)}
    signed = GridSignature.objects.filter(community=community, monday=week.monday, role=MANAGER).values_list("grid_id", flat=True)
    return sorted(label for grid, label in labels.items() if grid not in set(signed))
