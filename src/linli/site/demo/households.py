"""The first population: census ages and sexes put into families that could be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from linli.site.demo import census
from linli.site.demo.people import FLOATING, LODGING, OVERSEAS, PERMANENT, Household, Registry

MEAN_SIZE = 9000 / 3450
SIZES = (0.25, 0.27, 0.245, 0.135, 0.06, 0.04)
"""Share of households of 1 to 6 people; one-person households after the census's quarter."""
FLOATING_SHARE, LODGING_SHARE, OVERSEAS_SHARE = 0.24, 0.06, 0.005


@dataclass
class _Family:
    size: int
    members: list[tuple[int, bool]] = field(default_factory=list)
    """(age, male); the first is the head, the second their partner where ``couple``."""
    couple: bool = False

    @property
    def free(self) -> int:
        return self.size - len(self.members)


def household_sizes(residents: int, rng: Generator) -> np.ndarray:
    """Sizes of round(residents / 2.6087) households that sum to ``residents``."""
    count = round(residents / MEAN_SIZE)
    sizes = np.repeat(np.arange(1, 7), census.largest_remainder(np.array(SIZES), count))
    rng.shuffle(sizes)
    while (gap := residents - int(sizes.sum())) != 0:
        step = 1 if gap > 0 else -1
        at = int(rng.integers(count))
        if 2 <= sizes[at] <= 5 and 2 <= sizes[at] + step <= 6:
            sizes[at] += step
    return sizes


class _Pool:
    """People not yet housed, by age and sex."""

    def __init__(self, counts: np.ndarray) -> None:
        self.counts = counts

    def take(self, target: float, low: int, high: int, male: bool | None) -> tuple[int, bool] | None:
        """Whoever is nearest to ``target`` years within [low, high]; None where nobody is left there."""
        for away in range(60):
            for age in {round(target) - away, round(target) + away}:
                if not low <= age <= min(high, census.OLDEST):
                    continue
                for sex in (0, 1) if male is None else (0,) if male else (1,):
                    if self.counts[age, sex] > 0:
                        self.counts[age, sex] -= 1
                        return age, sex == 0
        return None

    def rest(self) -> list[tuple[int, bool]]:
        return [(age, sex == 0) for age, sex in np.argwhere(self.counts > 0) for _ in range(int(self.counts[age, sex]))]


def families(residents: int, rng: Generator) -> list[list[tuple[int, bool]]]:
    """(age, male) of the members of every household; the first is its head. Exactly the census's ages and sexes in all."""
    made = [_Family(int(size)) for size in household_sizes(residents, rng)]
    pool = _Pool(census.pool(residents))
    for family in sorted(made, key=lambda family: -family.size):
        male = bool(rng.random() < (0.72 if family.size > 1 else 0.5))
        kind = rng.random()
        if family.size == 1:
            target = rng.normal(72, 8) if kind < 0.36 else rng.normal(28, 5) if kind < 0.7 else rng.normal(48, 9)
        elif family.size == 2:
            target = rng.normal(66, 8) if kind < 0.42 else rng.normal(32, 6) if kind < 0.7 else rng.normal(50, 6)
        else:
            target = rng.normal(43, 8)
        head = pool.take(target, 19, 100, male) or pool.take(target, 19, 100, None) or pool.take(target, 0, 100, None)
        assert head is not None
        family.members.append(head)
        if family.size >= 3 or (family.size == 2 and rng.random() < 0.74):
            partner = pool.take(head[0] + rng.normal(-2 if head[1] else 2, 2.5), max(20, head[0] - 14), head[0] + 14, not head[1])
            if partner and family.free and rng.random() < 0.95:
                family.members.append(partner)
                family.couple = True
            elif partner:
                pool.counts[partner[0], 0 if partner[1] else 1] += 1
    _fill(made, pool.rest(), rng)
    return [family.members for family in made]


def _fill(made: list[_Family], rest: list[tuple[int, bool]], rng: Generator) -> None:
    """Children to parents of a fitting age, grown children and grandparents after them, the others wherever a place is left."""
    order = sorted(range(len(rest)), key=lambda k: (_turn(rest[k][0]), rng.random()))
    places = [family for family in made if family.free]
    for k in order:
        age, male = rest[k]
        best, cost = 0, float("inf")
        for at in (rng.random(16) * len(places)).astype(int).tolist():
            tried = _misfit(age, places[at])
            if tried < cost:
                best, cost = at, tried
        places[best].members.append((age, male))
        if not places[best].free:
            places[best] = places[-1]
            places.pop()


def _turn(age: int) -> int:
    return 0 if age < 18 else 1 if age < 30 else 2 if age >= 55 else 3


def _misfit(age: int, family: _Family) -> float:
    """How badly somebody of this age fits in: distance from a child's, a parent's or a companion's place."""
    head = min(member[0] for member in family.members[:2])
    children = sum(member[0] < 25 for member in family.members[2:])
    if age < 30:
        gap = head - age
        return abs(gap - 28) / 6 + 2.5 * children + (0 if 19 <= gap <= 45 else 8) + (0 if family.couple else 1)
    if age >= 50:
        gap = age - head
        elders = sum(member[0] >= 50 for member in family.members[2:])
        return abs(gap - 27) / 6 + 3.0 * max(0, elders - 1) + (0 if gap >= 18 else 5)
    return min(abs(age - head) / 5, abs(head - age - 26) / 5)


def settle(
    residents: int, dwellings_by_grid: list[list[int]], homes: list[int], registry: Registry, today: date, rng: Generator
) -> tuple[list[Household], set[int]]:
    """Everybody in a dwelling, grid by grid as planned. Returns the households and the dwellings that stay empty."""
    made = families(residents, rng)
    order = rng.permutation(len(made))
    empty: set[int] = set()
    households: list[Household] = []
    kinds = _kinds([made[int(k)] for k in order], rng)
    start = 0
    for rooms, count in zip(dwellings_by_grid, homes, strict=True):
        free = [rooms[int(k)] for k in rng.permutation(len(rooms))]
        for at in range(start, start + count):
            # Now and then two households share a dwelling.
            dwelling = free.pop() if free and (rng.random() < 0.98 or at == start) else households[-1].dwelling
            households.append(_move_in(made[int(order[at])], kinds[at], dwelling, registry, today, rng))
        start += count
        empty.update(free)
    households.sort(key=lambda home: home.dwelling)
    return households, empty


def _kinds(made: list[list[tuple[int, bool]]], rng: Generator) -> list[str]:
    """Kind of residence, whole households at a time, until each share of people is met; the floating are younger."""
    total = sum(map(len, made))
    kinds = [PERMANENT] * len(made)
    pull = np.array([np.exp(-(((family[0][0] - 30) / 13) ** 2)) * (1.0 if len(family) < 4 else 0.5) + 0.03 for family in made])
    order = np.argsort(-np.log(rng.random(len(made))) / pull, kind="stable")
    wanted = [(FLOATING, FLOATING_SHARE), (LODGING, LODGING_SHARE), (OVERSEAS, OVERSEAS_SHARE)]
    reached = 0
    for at in order:
        if not wanted:
            break
        kinds[int(at)] = wanted[0][0]
        reached += len(made[int(at)])
        if reached >= wanted[0][1] * total:
            wanted.pop(0)
            reached = 0
    return kinds


def _move_in(
    family: list[tuple[int, bool]], kind: str, dwelling: int, registry: Registry, today: date, rng: Generator
) -> Household:
    years = float(rng.gamma(1.3, 1.6) if kind != PERMANENT else rng.gamma(2.2, 6.0))
    home = registry.household(dwelling, kind, today - timedelta(days=30 + int(min(years, 40) * 365)))
    head_age, head_male = family[0]
    for at, (age, male) in enumerate(family):
        birth = birth_of(age, today, rng)
        relation = "02" if at == 0 else relation_to(head_age, head_male, age, male, at == 1 and abs(age - head_age) <= 14)
        registry.person(home, relation, male, birth, today, inherited(home, relation, male))
    return home


def relation_to(head_age: int, head_male: bool, age: int, male: bool, partner: bool) -> str:
    """GB/T 4761 code of a member to the head."""
    gap = head_age - age
    if partner and male != head_male and age >= 20:
        return "11" if male else "12"
    if gap >= 42 and age < 25:
        return "41" if male else "42"
    if gap >= 17:
        return "22" if male else "32"
    if gap <= -17:
        return "51" if male else "52"
    return ("73" if male else "77") if gap > 0 else ("71" if male else "75")


def inherited(home: Household, relation: str, male: bool) -> str:
    """The surname somebody in this relation would bear; empty where any will do."""
    if not home.members or relation in ("11", "12", "52") or home.kind == OVERSEAS:
        return ""
    head = home.members[0]
    father = head if head.male else next((person for person in home.members if person.relation == "11"), head)
    return (father if relation in ("22", "32", "41", "42") else head).name[:1]


def birth_of(age: int, today: date, rng: Generator) -> date:
    """A birth date of somebody who is ``age`` years old on ``today``."""
    last = date(today.year - age, today.month, min(today.day, 28))
    return last - timedelta(days=int(rng.integers(0, 364)))
