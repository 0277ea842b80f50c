"""The yearly survey: every home once, the longest unseen first, an even load every week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 52
_BUCKET_DAYS = 28


@dataclass(frozen=True)
class Home:
    """A dwelling (or a building whose dwellings aren't known). ``seen``: the day of the last visit or check, None if never."""

    id: str
    grid: str
    building: str
    seen: date | None = None


def plan(homes: Iterable[Home], *, start: date, weeks: int = WEEKS) -> dict[str, date]:
    """Home → the Monday of the week in which it is visited. ``start``: the first Monday.

    Within each grid the weekly loads differ by one at most. Homes go by how long they haven't been seen, in steps of four weeks
    (never seen first); within a step building by building, so that neighbours are visited together.
    """
    if start.weekday() != 0:
        raise ValueError("a survey starts on a Monday")
    by_grid: dict[str, list[Home]] = defaultdict(list)
    for home in homes:
        by_grid[home.grid].append(home)
    found = {}
    for own in by_grid.values():
        own.sort(key=lambda home: (_step(home, start), home.building, home.id))
        for at, home in enumerate(own):
            found[home.id] = start + timedelta(weeks=at * weeks // len(own))
    return found


def _step(home: Home, start: date) -> int:
    """Steps of four weeks, counted so that the longest unseen sort first."""
    return -(10**6) if home.seen is None else -((start - home.seen).days // _BUCKET_DAYS)


@dataclass(frozen=True)
class Progress:
    """How far a survey is. ``due``: planned up to the day; ``done``: seen since it began; ``refused``: went there, not let in;
    ``late``: due, and neither."""

    planned: int
    due: int
    done: int
    refused: int
    late: int


def progress(planned: Mapping[str, date], seen: Collection[str], day: date, refused: Collection[str] = ()) -> Progress:
    """How far the survey is on ``day``. ``seen``: homes visited since it began, planned for this week or not."""
    due = {home for home, monday in planned.items() if monday + timedelta(days=6) <= day}
    done = {home for home in planned if home in seen}
    closed = {home for home in planned if home in refused} - done
    return Progress(len(planned), len(due), len(done), len(closed), len(due - done - closed))


def is_due(monday: date, day: date) -> bool:
    """Whether a home planned for the week of ``monday`` is on the list of ``day``: this week's, and what earlier weeks left."""
    return monday <= day
