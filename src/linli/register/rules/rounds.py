"""The Monday round of one grid: what changed between two Mondays, how fresh and complete it is, and which homes are seen again.

Figures are of grids and of the register, never of whoever works there: nothing here takes, returns or orders workers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from math import sqrt

from linli.register.rules.thresholds import threshold


class Delta(StrEnum):
    """What a line of a grid's weekly list is about."""

    CAME = "came"
    LEFT = "left"
    BORN = "born"
    DIED = "died"
    CHANGED = "changed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Seen:
    """One resident as known on a Monday. ``values``: all that is compared, as one fingerprint or tuple; ``grid`` may be empty."""

    grid: str
    values: Hashable
    born: date | None
    verified: date


@dataclass(frozen=True, order=True)
class Line:
    """One line: who, what, in which grid. ``weeks``: since the last verification, for unverified ones only."""

    grid: str
    delta: Delta
    person: str
    weeks: int = 0


def delta_list(
    before: Mapping[str, Seen],
    after: Mapping[str, Seen],
    *,
    first: date,
    second: date,
    died: Collection[str] = frozenset(),
    unverified_weeks: int | None = None,
) -> list[Line]:
    """What happened between two Mondays, grid by grid, in order. ``before``/``after``: the residents of each day by pseudonym.

    A move from one grid to another is *left* in one and *came* in the other. ``died``: which of those who are gone.
    """
    limit = threshold("unverified_weeks") if unverified_weeks is None else unverified_weeks
    lines = []
    for person, now in after.items():
        was = before.get(person)
        if was is None:
            born = now.born is not None and first <= now.born < second
            lines.append(Line(now.grid, Delta.BORN if born else Delta.CAME, person))
        elif was.grid != now.grid:
            lines += [Line(was.grid, Delta.LEFT, person), Line(now.grid, Delta.CAME, person)]
        elif was.values != now.values:
            lines.append(Line(now.grid, Delta.CHANGED, person))
        weeks = weeks_since(now.verified, second)
        if weeks >= limit:
            lines.append(Line(now.grid, Delta.UNVERIFIED, person, weeks))
    for person, was in before.items():
        if person not in after:
            lines.append(Line(was.grid, Delta.DIED if person in died else Delta.LEFT, person))
    return sorted(lines)


def weeks_since(verified: date, monday: date) -> int:
    """Full weeks between a day and a Monday, not below 0."""
    return max(0, (monday - verified).days // 7)


@dataclass(frozen=True)
class Score:
    """How far a grid's register can be relied on: 0 to 100, and its parts. None where nobody lives there.

    ``score`` = 60 % ``freshness`` + 40 % ``completeness`` (``thresholds.csv``: freshness_weight), rounded.
    """

    people: int
    score: int | None
    freshness: int | None
    completeness: int | None
    missing: Mapping[str, int]


def freshness(weeks: int) -> float:
    """1 up to four weeks after the last verification, then falling evenly to 0 at a year."""
    fresh, stale = threshold("fresh_weeks"), threshold("stale_weeks")
    return min(1.0, max(0.0, (stale - weeks) / (stale - fresh)))


COMPLETE = ("number", "phone", "dwelling", "household", "relation", "hukou", "status")
"""What a complete record knows; ``number`` also where it is known why there is none, ``relation``: to the head."""


def score(people: Iterable[tuple[int, Collection[str]]]) -> Score:
    """The score of one grid. ``people``: (weeks since verified, names of :data:`COMPLETE` that are known) of each resident.

    Freshness is the mean over the people, completeness the share of known values; each is 0 to 100.
    """
    number, fresh = 0, 0.0
    missing = dict.fromkeys(COMPLETE, 0)
    for weeks, known in people:
        number += 1
        fresh += freshness(weeks)
        for name in COMPLETE:
            missing[name] += name not in known
    if not number:
        return Score(0, None, None, None, missing)
    complete = 1 - sum(missing.values()) / (number * len(COMPLETE))
    weight = threshold("freshness_weight") / 100
    parts = fresh / number, complete
    total = weight * parts[0] + (1 - weight) * parts[1]
    return Score(number, round(100 * total), round(100 * parts[0]), round(100 * parts[1]), missing)


def blind_sample(homes: Mapping[str, Collection[str]], *, seed: str) -> dict[str, list[str]]:
    """The homes to be visited again by somebody who doesn't see the first answer: 2 % of each grid, at least one.

    ``homes``: ids by grid. The draw depends on ``seed`` and the ids alone, not on their order, so that it can be repeated.
    """
    return {grid: _drawn(ids, f"{seed}|{grid}|") for grid, ids in sorted(homes.items()) if ids}


def _drawn(ids: Collection[str], salt: str) -> list[str]:
    number = max(1, (len(ids) * threshold("blind_share") + 500) // 1000)
    return sorted(ids, key=lambda one: sha256(f"{salt}{one}".encode()).digest())[:number]


@dataclass(frozen=True)
class ErrorRate:
    """Share of values found wrong at second visits, with its 95 % interval (Wilson)."""

    wrong: int
    checked: int
    rate: float
    low: float
    high: float


Z95 = 1.959963984540054


def error_rate(wrong: int, checked: int) -> ErrorRate | None:
    """The rate and its interval; None where nothing was checked. Source: Wilson (1927), without continuity correction."""
    if checked <= 0:
        return None
    if not 0 <= wrong <= checked:
        raise ValueError("more wrong than checked")
    share, square = wrong / checked, Z95 * Z95
    middle = (share + square / (2 * checked)) / (1 + square / checked)
    half = Z95 / (1 + square / checked) * sqrt(share * (1 - share) / checked + square / (4 * checked * checked))
    return ErrorRate(wrong, checked, share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def error_rates(findings: Iterable[Mapping[str, bool]]) -> dict[str, ErrorRate]:
    """Field → rate, of second visits that each say field → agreed or not."""
    wrong: dict[str, int] = defaultdict(int)
    checked: dict[str, int] = defaultdict(int)
    for visit in findings:
        for name, agreed in visit.items():
            checked[name] += 1
            wrong[name] += not agreed
    return {name: rate for name in sorted(checked) if (rate := error_rate(wrong[name], checked[name]))}
