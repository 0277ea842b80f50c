"""Divide units into parts: grow, move boundaries, mend what is still beyond its tolerance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linli.methods.division.faults import Cancelled, Fault, Unfit
from linli.methods.division.measures import Division, heaviest_alone, measured, whole
from linli.methods.division.seeds import joined_labels, labels_of
from linli.methods.division.shortfall import shortfalls
from linli.methods.division.units import Floats, Parts, Units

if TYPE_CHECKING:
    from linli.methods.division.moving import Aim, GoOn, Ground

TOLERANCE = 0.05
"""Share of the mean by which a part may differ where nothing else is said."""
STEPS, FEWEST, AMPLE, MOST = 2_500, 400_000, 8_000_000, 30_000_000
"""Proposals of a main course: for each unit, twice as many as long as they are fewer than ample; at least, at most."""
TOGETHER = 3_000_000
"""Small territories are begun anew, from other trees, until so many proposals were made; the best is kept."""
LARGE, TRIALS = 120, 8
"""Parts of more units than this are begun so many times."""
LENGTH = 0.3
"""How much of what an edge costs is its length; the rest is that it is cut at all."""
STAY = 2.0
"""What it costs that a unit of mean weight leaves its previous part, where cutting an edge costs 1."""

Progress = Callable[[float, float], bool | None]


def divide(
    units: Units,
    *,
    parts: int,
    tolerance: Mapping[str, float] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    previous: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    progress: Progress | None = None,
) -> Division:
    """Divide into ``parts`` parts of one piece each, whose weights differ from the mean by at most ``tolerance`` (name → share;
    0.05).

    ``previous`` (n,): the part of each unit in the division there is, or −1: as little of the first weight as can be changes
    part. ``fixed`` (n,): the part that a unit must be in, or −1. ``time_limit``: seconds after which the best there is by then
    is given. ``progress`` is told the share that is done and the largest deviation just now; where it answers False, Cancelled
    is raised.

    The same seed gives the same division, except where the time limit ended it early. No part is ever torn or empty. Where a
    tolerance can't be kept, or isn't, ``shortfall`` says by how much and why. Raises Unfit.
    """
    begun = time.perf_counter()
    allowed = _tolerances(units, parts, tolerance)
    labels = labels_of(units, parts, fixed)
    home = _previous(units, parts, previous)
    clock = _Clock(begun, time_limit, progress)
    if parts == 1:
        part: Parts = np.zeros(len(units), np.int32)
    else:
        part = _best(units, parts, allowed, seed, home, labels, clock)
    made = measured(units, part, parts, tolerance=allowed)
    moved = None if home is None else _moved(units, part, home)
    short = () if made.within else shortfalls(units, made, labels, clock.late or clock.hurried)
    return replace(made, seconds=time.perf_counter() - begun, seed=seed, moved=moved, shortfall=short)


def _best(
    units: Units, parts: int, allowed: Mapping[str, float], seed: int, home: Parts | None, fixed: Parts, clock: _Clock
) -> Parts:
    from linli.methods.division.mending import mend
    from linli.methods.division.moving import Course

    label = joined_labels(units, fixed)
    steps = min(max(STEPS * len(units), min(2 * STEPS * len(units), AMPLE), FEWEST), MOST)
    starts = 2 if home is not None else max(1, min(8, TOGETHER // steps))

    def begun(chance: int) -> Ground:
        return _begun(units, parts, allowed, seed + chance, home, fixed, label)

    found: list[tuple[float, float, int, Parts]] = []
    for turn in range(starts):
        low, high = turn / starts, (turn + 1) / starts
        middle = low + 0.8 * (high - low)
        if home is not None:
            # From what there is; a second time, warmer and longer, only where a tolerance isn't kept.
            ground = begun(turn)
            course = Course(steps=steps // (4, 1)[turn], hot=(0.15, 0.25)[turn], cold=0.05, cheap=1.0, wall=100.0, chains=0.3)
        elif len(units) <= LARGE * parts:
            ground = begun(1_000_003 * turn)
            course = Course(steps=steps)
        else:
            # Where parts are large, borders don't move far: the best of some beginnings goes on.
            tried = []
            for first in range(TRIALS):
                trial = begun(1_000_003 * turn + 7919 * first)
                now = low + 0.4 * (high - low) * first / TRIALS
                told = clock.within(trial, now, now + 0.4 * (high - low) / TRIALS)
                clock.hurried |= not trial.anneal(Course(steps=steps // 4), go_on=told, end=clock.until(0.4 / (TRIALS - first)))
                tried.append((float(trial.avoidable().max()), trial.cut(), first, trial))
                if clock.late:
                    break
            ground, low = min(tried)[3], low + 0.4 * (high - low)
            course = Course(steps=steps, hot=0.7)
        clock.hurried |= not ground.anneal(course, go_on=clock.within(ground, low, middle), end=clock.until(0.7))
        mend(ground, label, steps + 1_000_000, clock.within(ground, middle, high))
        found.append((float(ground.avoidable().max()), ground.cut(), turn, ground.part))
        kept = min(found)[0] == 0
        # Where three beginnings end beyond a tolerance, a fourth seldom doesn't.
        if clock.late or clock.hurried or (kept if home is not None else turn >= 2 and not kept):
            break
    return min(found)[3]


def _begun(
    units: Units, parts: int, allowed: Mapping[str, float], seed: int, home: Parts | None, fixed: Parts, label: Parts
) -> Ground:
    from linli.methods.division.mending import named
    from linli.methods.division.moving import Ground, chance, split

    aim = _aim(units, parts, allowed, home, fixed)
    state = chance(seed)
    if home is None:
        region: Parts = np.zeros(len(units), np.int32)
        for _ in range(20):
            region[:] = 0
            if split(units, region, 0, parts, 1, aim, state, label=label):
                return Ground(units, named(region, label, np.arange(parts)), parts, aim, seed)
        raise Unfit(Fault.FIXED, f"the fixed units leave no room for {parts} parts of one piece each")
    part = whole(units, np.where(label >= 0, label, home).astype(np.int32), parts, anchor=label >= 0)
    _fill(units, part, parts, aim, state, label)
    return Ground(units, part, parts, aim, seed)


def _fill(units: Units, part: Parts, parts: int, aim: Aim, state: NDArray[np.uint64], label: Parts) -> None:
    """Give every empty part one side of the heaviest part that can be split."""
    from linli.methods.division.moving import split

    for empty in np.nonzero(np.bincount(part, minlength=parts) == 0)[0]:
        held = np.bincount(part, weights=units.table[:, 0] + 1e-9, minlength=parts)
        for heavy in np.argsort(-held, kind="stable"):
            trial = part.copy()
            if (part == heavy).sum() > 1 and split(units, trial, int(heavy), 2, int(empty), aim, state, label=label):
                # Split names sides as they come: what was fixed in the heavy part stays there.
                mine = label == heavy
                if (trial[mine] == empty).any():
                    trial[part == heavy] = np.where(trial[part == heavy] == empty, heavy, empty)
                part[:] = trial
                break
        else:
            raise Unfit(Fault.FIXED, f"the fixed units leave no room for {parts} parts of one piece each")


def _aim(units: Units, parts: int, allowed: Mapping[str, float], home: Parts | None, fixed: Parts) -> Aim:
    from linli.methods.division.moving import Aim

    table = units.table
    share = np.array(list(allowed.values()))
    goal = np.array([heaviest_alone(column, parts, by)[1] for column, by in zip(table.T, share, strict=True)])
    long = units.borders / max(float(units.borders.mean()), 1e-300) if units.borders.any() else np.ones_like(units.borders)
    cost = (1 - LENGTH) + LENGTH * np.minimum(long, 5.0)
    if units.crossing is not None:
        cost = cost - units.crossing
    people = table[:, 0]
    stay = np.zeros(len(units)) if home is None else np.maximum(STAY * people / float(people.mean()), 0.05)
    nowhere: Parts = np.full(len(units), -1, np.int32)
    return Aim(
        table.sum(axis=0) / parts,
        goal,
        goal * share,
        np.asarray(cost, np.float64),
        nowhere if home is None else home,
        stay,
        (fixed < 0).astype(np.uint8),
    )


class _Clock:
    """Asked at every temperature: whether there is time, and whether whoever waits wants to go on."""

    def __init__(self, begun: float, limit: float | None, progress: Progress | None) -> None:
        self.end = None if limit is None else begun + limit
        self.progress = progress
        self.late = self.hurried = False

    def until(self, share: float) -> float | None:
        """When so much of the time that is left will be over."""
        now = time.perf_counter()
        return None if self.end is None else now + share * max(self.end - now, 0.0)

    def within(self, ground: Ground, low: float, high: float) -> GoOn:
        """For a step of the work that goes from one share of the whole to another."""

        def go_on(done: float) -> bool:
            if self.end is not None and time.perf_counter() > self.end:
                self.late = True
            if self.progress is not None:
                worst = float(np.abs(ground.held / ground.aim.mean - 1).max())
                if self.progress(low + (high - low) * done, worst) is False:
                    raise Cancelled
            return not self.late

        return go_on


def _tolerances(units: Units, parts: int, tolerance: Mapping[str, float] | None) -> dict[str, float]:
    if not 1 <= parts <= len(units):
        raise Unfit(Fault.PARTS, f"{len(units):,} units can be divided into 1 to {len(units):,} parts, not into {parts:,}")
    given = dict(tolerance or {})
    unknown = [name for name in given if name not in units.weights]
    if unknown:
        raise Unfit(Fault.TOLERANCE, f"there is no weight {unknown[0]!r}; there are {', '.join(units.weights)}")
    for name, share in given.items():
        if not (np.isfinite(share) and share >= 0):
            raise Unfit(Fault.TOLERANCE, f"the tolerance of {name} must be a share from 0 on, not {share}")
    return {name: float(given.get(name, TOLERANCE)) for name in units.weights}


def _previous(units: Units, parts: int, previous: ArrayLike | None) -> Parts | None:
    if previous is None:
        return None
    before = np.asarray(previous)
    if before.shape != (len(units),) or not np.issubdtype(before.dtype, np.integer) or before.max() >= parts or before.min() < -1:
        raise Unfit(Fault.PREVIOUS, f"the previous division must give each of {len(units):,} units one of {parts:,} parts, or -1")
    if before.max() < 0:
        raise Unfit(Fault.PREVIOUS, "the previous division names none of the units")
    return before.astype(np.int32)


def _moved(units: Units, part: Parts, home: Parts) -> dict[str, float]:
    away: Floats = ((home >= 0) & (part != home)).astype(np.float64)
    return {name: float((column * away).sum() / column.sum()) for name, column in units.weights.items()}
