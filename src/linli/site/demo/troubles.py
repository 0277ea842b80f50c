"""Troubles planted on purpose, so that finding them can be measured."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from linli.kernel.weeks import Week

ABOVE, NEW, COUNTER, UNVERIFIED, SILENT = "above", "new", "counter", "unverified", "silent"
BUSY_A_WEEK = 13.5
"""Reports a week to be expected where a rate doubles, and of the grid that falls silent."""
COUNTER_DAYS = 10


@dataclass(frozen=True)
class Trouble:
    """One planted trouble. ``first`` and ``last``: indices of the rounds whose seven days lie in it or touch it."""

    kind: str
    first: int
    last: int
    strength: float
    grid: int | None = None
    matter: str | None = None
    counter: str | None = None

    def holds(self, round_index: int) -> bool:
        return self.first <= round_index <= self.last


def draw(
    weeks: list[Week],
    people_by_grid: list[int],
    busy_matters: list[str],
    new_matters: list[str],
    counters: list[str],
    rng: Generator,
) -> list[Trouble]:
    """The five troubles, each in a grid of its own, spread over the last twelve rounds; the second round of each is delivered.

    ``people_by_grid`` decides nothing but that the largest grids are not always hit; fewer than four weeks or grids: no troubles.
    """
    last = len(weeks) - 1
    if last < 3 or len(people_by_grid) < 4:
        return []
    earliest = max(min(5, last - 1), last - 11)
    starts = list(range(earliest, last))
    shuffled = rng.permutation(len(starts))
    chosen = [starts[int(shuffled[k % len(starts)])] for k in range(5)]
    grids = [int(k) for k in rng.permutation(len(people_by_grid))]
    quiet = [start for start in starts if not _near_holidays(weeks[start])] or starts
    counter_at = quiet[int(rng.integers(len(quiet)))]
    unverified_at = max(earliest, min(chosen[3], last - 7)) if last >= 12 else chosen[3]
    return [
        Trouble(ABOVE, chosen[0], min(last, chosen[0] + 4), 2.0, grids[0], busy_matters[int(rng.integers(len(busy_matters)))]),
        Trouble(NEW, chosen[1], min(last, chosen[1] + 3), 6.0, grids[1], new_matters[int(rng.integers(len(new_matters)))]),
        Trouble(COUNTER, counter_at, counter_at + 1, -0.4, counter=counters[int(rng.integers(len(counters)))]),
        Trouble(UNVERIFIED, unverified_at, min(last, unverified_at + 7), 0.15, grids[2]),
        Trouble(SILENT, chosen[4], min(last, chosen[4] + 4), -0.7, grids[3]),
    ]


def _near_holidays(week: Week) -> bool:
    """Whether the fortnight of a failing counter would touch the long holidays of late September and October."""
    start, end = week.first_day, week.last_day.toordinal() + 7
    return any(
        start.toordinal() <= day <= end
        for year in (start.year, start.year + 1)
        for day in range(
            start.replace(year=year, month=9, day=24).toordinal(), start.replace(year=year, month=10, day=9).toordinal()
        )
    )


def as_json(
    trouble: Trouble, community: str, labels: list[str], counter_grids: dict[str, int], weeks: list[Week]
) -> dict[str, object]:
    """One element of ``planted.json``. A counter's ``grid`` is the one it stands in, as a finding names it."""
    grid = counter_grids.get(trouble.counter) if trouble.counter else trouble.grid
    return {
        "community": community,
        "kind": trouble.kind,
        "grid": None if grid is None else labels[grid],
        "matter": trouble.matter,
        "counter": trouble.counter,
        "from_week": str(weeks[trouble.first]),
        "to_week": str(weeks[trouble.last]),
        "strength": trouble.strength,
    }
