"""Who lives in a community and in each of its grids on a Monday, from the facts of that Monday: set by set, not person by person.

Facts are what was known when the round was made. Of a Monday without facts a community of up to ``MOST`` people is counted from
the records as they were known then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from linli.facts import read, snapshot_of
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.models import Residence
from linli.register.queries.asof import Resident, moment, residents
from linli.register.queries.figures import STALE_WEEKS, BehindCount, NeedCount, Portrait
from linli.register.queries.left_behind import left_behind_at
from linli.register.rules.ages import BANDS, age_on, band, coarse_of_band
from linli.register.rules.codes import province
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.territory.queries import grids
from linli.trust import shown

MOST = 50_000
LARGEST = 5
"""Households of so many and more stand in one line."""
_KEYS = ("grid", "sex", "age_band", "status", "origin", "household_size")


@dataclass
class Tally:
    """Counts of one place, as whole numbers by category."""

    people: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(sex, five-year band, status) → residents"""
    sizes: Counter[int] = field(default_factory=Counter)
    """size of the household → residents who live in one"""
    origins: Counter[str] = field(default_factory=Counter)
    """first two digits of the hukou's region → floating residents"""
    needs: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    behind: Counter[str] = field(default_factory=Counter)
    """how residents are left behind → how many"""
    needing: int = 0
    verified: int = 0
    stale: int = 0

    def take(self, other: Tally) -> None:
        """Count another place in."""
        for name in ("people", "sizes", "origins", "needs", "alone", "behind"):
            getattr(self, name).update(getattr(other, name))
        for name in ("needing", "verified", "stale"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def residents(self) -> int:
        return self.people.total()

    @property
    def households(self) -> Counter[int]:
        """Households by size, those of ``LARGEST`` and more together."""
        found: Counter[int] = Counter()
        for size, people in self.sizes.items():
            found[min(size, LARGEST)] += round(people / size)
        return found

    def by_status(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (_sex, _band, status), count in self.people.items():
            found[status] += count
        return found

    def by_age(self) -> Counter[tuple[str, str]]:
        """(coarse band, sex) → residents; a sex that isn't stated is ``0``."""
        found: Counter[tuple[str, str]] = Counter()
        for (sex, name, _status), count in self.people.items():
            found[coarse_of_band(name), sex if sex in ("1", "2") else "0"] += count
        return found

    def portrait(self) -> Portrait:
        """The same as the page of one grid shows it."""
        sides = {name: [[0, 0], [0, 0]] for name in BANDS}
        dependent = 0
        for (sex, name, status), count in self.people.items():
            if sex in ("1", "2"):
                sides[name][sex == "2"][status != Status.PERMANENT.value] += count
            dependent += count if coarse_of_band(name) in ("under_15", "65_over") else 0
        houses = self.households
        return Portrait(
            residents=self.residents,
            households=houses.total(),
            floating=self.origins.total(),
            young_and_old=dependent,
            verified=self.verified,
            stale=self.stale,
            pyramid=[(name, (men[0], men[1]), (women[0], women[1])) for name, (men, women) in sides.items()],
            sizes=dict(sorted(houses.items())),
            origins=dict(self.origins.most_common()),
            needs=[
                NeedCount(need, self.needs[need.value], self.alone[need.value], shown(self.needs[need.value]))
                for need in Need
                if self.needs[need.value]
            ],
            needing=self.needing,
            left_behind=BehindCount.of(self.behind),
        )


@dataclass(frozen=True)
class Structure:
    """A community on a Monday. ``places``: by grid number, within scope; people in no grid stand under an empty one. ``digest``:
    of the facts it was read from, empty where it was counted from the records."""

    week: Week
    places: dict[str, Tally]
    digest: str = ""

    @cached_property
    def whole(self) -> Tally:
        """All places together."""
        total = Tally()
        for tally in self.places.values():
            total.take(tally)
        return total


def structure(*, viewer: Actor, community: UUID, week: Week) -> Structure | None:
    """The community's structure within scope; None where no facts are kept for that Monday and there are too many to count."""
    if not viewer.sees_community(community):
        return None
    labels = {row.id: row.label for row in grids(viewer=viewer, community=community, on=week.monday)}
    kept = snapshot_of(viewer=viewer, community=community, week=str(week))
    if kept is not None:
        needs = [f"need_{need}" for need in Need]
        columns = [*_KEYS, "weeks_unverified", "left_behind", *needs]
        table = read("resident", community=community, week=str(week), digest=kept.digest, columns=columns)
        if viewer.grids is not None:
            table = table.filter(pc.is_in(table.column("grid"), pa.array(sorted(labels.values()), pa.string())))
        return Structure(week, _of_facts(table, labels.values()), kept.digest)
    if Residence.objects.filter(community=community)[MOST : MOST + 1].exists():
        return None
    at = moment(viewer=viewer, community=community, week=week)
    people = residents(viewer=viewer, community=community, at=at)
    behind = left_behind_at(viewer=viewer, community=community, at=at)
    places: dict[str, Tally] = {label: Tally() for label in labels.values()}
    for person in people:
        label = labels.get(person.grid, "") if person.grid else ""
        tally = places.setdefault(label, Tally())
        _add(tally, person, at.day)
        if person.person in behind:
            tally.behind[behind[person.person].value] += 1
    return Structure(week, dict(sorted(places.items())))


def _add(tally: Tally, person: Resident, day: date) -> None:
    tally.people[person.sex, band(age_on(person.birth_month, day)), person.status.value] += 1
    tally.sizes[person.household_size] += 1
    if person.status is Status.FLOATING:
        tally.origins[province(person.region)] += 1
    for need in person.needs:
        tally.needs[need] += 1
        tally.alone[need] += person.household_size == 1
    weeks = (day - person.verified).days // 7
    tally.needing += bool(person.needs)
    tally.verified += weeks < 1
    tally.stale += weeks >= STALE_WEEKS


def _of_facts(table: pa.Table, labels: Iterable[str]) -> dict[str, Tally]:
    places: dict[str, Tally] = defaultdict(Tally)
    for label in labels:
        places[label] = Tally()
    for (grid, sex, name, status), count in _counts(table, ["grid", "sex", "age_band", "status"]):
        places[grid or ""].people[sex, name, status] += count
    for (grid, size), count in _counts(table, ["grid", "household_size"]):
        places[grid or ""].sizes[size] += count
    floating = table.filter(pc.equal(table.column("status"), Status.FLOATING.value))
    for (grid, origin), count in _counts(floating, ["grid", "origin"]):
        places[grid or ""].origins[origin] += count
    if "left_behind" in table.column_names:
        behind = table.filter(pc.is_valid(table.column("left_behind")))
        for (grid, how), count in _counts(behind, ["grid", "left_behind"]):
            places[grid or ""].behind[how] += count
    weeks = table.column("weeks_unverified")
    for name, told in (("verified", pc.less(weeks, 1)), ("stale", pc.greater_equal(weeks, STALE_WEEKS))):
        for (grid,), count in _counts(table.filter(told), ["grid"]):
            setattr(places[grid or ""], name, count)
    _needs(table, places)
    return dict(sorted(places.items()))


def _needs(table: pa.Table, places: dict[str, Tally]) -> None:
    any_need = None
    for need in Need:
        flag = table.column(f"need_{need}")
        any_need = flag if any_need is None else pc.or_(any_need, flag)
        having = table.filter(flag)
        for (grid, size), count in _counts(having, ["grid", "household_size"]):
            places[grid or ""].needs[need.value] += count
            places[grid or ""].alone[need.value] += count if size == 1 else 0
    if any_need is not None:
        for (grid,), count in _counts(table.filter(any_need), ["grid"]):
            places[grid or ""].needing = count


def _counts(table: pa.Table, keys: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], int]]:
    counted = table.group_by(list(keys)).aggregate([([], "count_all")])
    columns = [counted.column(key).to_pylist() for key in keys]
    return zip(zip(*columns, strict=True), counted.column("count_all").to_pylist(), strict=True)
