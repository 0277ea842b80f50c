"""The usual day of a counter: readings into days and slots, and what each slot has in ordinary days of its class.

The day is the unit: readings within a day share its weather. A day is the sum of the slots that were read against the usual sum
of the same slots, on a log scale, so gaps neither lower nor raise it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_READ = 0.6  # share of a day's usual sum that must have been read
LEAST_CLASS_DAYS = 3
LEAST_DAYS = 7  # judged days of the past before anything is said
SMALLEST_DEVIATION = 0.04
CLIP = 3.0
LEVEL_DAYS = 28  # the newest past that says how high the counter stands now
LEVEL_LAG = 14  # days between that past and a day of the second week of a shift


@dataclass(frozen=True)
class Days:
    """``values``[days, slots], NaN where not read; ``first_day`` is the day number (local seconds // 86,400) of the first row."""

    values: Floats
    first_day: int
    slot_seconds: int


@dataclass(frozen=True)
class Usual:
    """What the past lets expect. ``slots``[classes, slots] (NaN: class not known) at today's level, ``deviation``: sd of a day's
    log ratio, ``correlation`` of neighbouring days, ``days_used`` judged days of the past, ``freedom`` of the t distribution."""

    slots: Floats
    deviation: float
    correlation: float
    days_used: int
    freedom: float


def into_days(local_seconds: Any, values: Any, *, slot_seconds: int = 3600) -> Days:
    """Readings to days × slots. ``local_seconds``: start of each reading as seconds since 1970-01-01 on the *local* clock,
    any order.

    Several readings in one slot are averaged (times the number of readings a full slot has they give its sum; a level stays a
    level); NaN readings are no readings. ValueError if a day is not a whole number of slots or lengths differ.
    """
    if slot_seconds < 1 or 86_400 % slot_seconds:
        raise ValueError("a day must be a whole number of slots")
    seconds, read = np.asarray(local_seconds, dtype=np.int64), np.asarray(values, dtype=float)
    if seconds.shape != read.shape or seconds.ndim != 1:
        raise ValueError("one value for each instant")
    known = np.isfinite(read)
    seconds, read = seconds[known], read[known]
    slots = 86_400 // slot_seconds
    if not seconds.size:
        return Days(np.empty((0, slots)), 0, slot_seconds)
    slot = seconds // slot_seconds
    first_day = int(slot.min()) // slots
    days = int(slot.max()) // slots - first_day + 1
    place = slot - first_day * slots
    number = np.bincount(place, minlength=days * slots)
    total = np.bincount(place, weights=read, minlength=days * slots)
    with np.errstate(invalid="ignore"):
        mean = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return Days(mean.reshape(days, slots), first_day, slot_seconds)


def usual(values: Any, day_class: Any, *, counted: bool = True) -> Usual | None:
    """Learn from past days ``values``[days, slots] with ``day_class``[days] (small whole numbers, e.g. 0 working day, 1 day off).

    ``counted``: values are counts, so a day cannot be steadier than chance allows. None with fewer than seven days that can
    be judged.
    """
    past, kind = checked(values, day_class)
    classes = int(kind.max(initial=-1)) + 1
    slots = np.full((classes, past.shape[1]), np.nan)
    ratios = np.full(past.shape[0], np.nan)
    chance = []
    for each in range(classes):
        rows = np.flatnonzero((kind == each) & np.isfinite(past).any(axis=1))
        rows = rows[_ordinary(past[rows])]
        if rows.size < LEAST_CLASS_DAYS:
            continue
        slots[each] = _mean(past[rows])
        for row in np.flatnonzero((kind == each) & np.isfinite(past).any(axis=1)):
            others = rows[rows != row]
            seen, expected, coverage = day_sums(past[row], _mean(past[others]))
            if coverage >= LEAST_READ and expected > 0:
                # A day was compared with days that do not hold it: what a new day will meet.
                ratios[row] = log_ratio(seen, expected) / np.sqrt(1 + 1 / others.size)
                chance.append(1 / expected)
    judged = ratios[np.isfinite(ratios)]
    if judged.size < LEAST_DAYS:
        return None
    errors = _forecast_errors(ratios)
    error = errors[np.isfinite(errors)]
    deviation = max(1.4826 * float(np.median(np.abs(error))), SMALLEST_DEVIATION)
    # The middle half alone forgets that weather has tails; the clipped spread remembers them without following a failure.
    deviation = max(deviation, float(np.sqrt((np.clip(error, -4 * deviation, 4 * deviation) ** 2).mean())))
    if counted:
        deviation = max(deviation, float(np.sqrt(np.median(chance))))
    today = slots * np.exp(_level(ratios[-LEVEL_DAYS:]))
    return Usual(today, deviation, _correlation(errors, deviation), int(judged.size), max(0.7 * error.size, 4.0))


def _level(ratios: Floats) -> float:
    """Mean log ratio of some days, clipped around their median, drawn to 0 as five days would."""
    known = ratios[np.isfinite(ratios)]
    if known.size < 5:
        return 0.0
    centre = float(np.median(known))
    reach = CLIP * max(1.4826 * float(np.median(np.abs(known - centre))), SMALLEST_DEVIATION)
    return float(np.clip(known, centre - reach, centre + reach).sum() / (known.size + 5))


def _forecast_errors(ratios: Floats) -> Floats:
    """How far each past day was from the level two weeks earlier: a season is in these errors as it is in today's."""
    errors = np.full(ratios.shape, np.nan)
    for day in range(LEVEL_LAG + 7, ratios.size):
        errors[day] = ratios[day] - _level(ratios[max(0, day - LEVEL_LAG - LEVEL_DAYS) : day - LEVEL_LAG])
    if np.isfinite(errors).sum() < 3 * LEAST_DAYS:
        return np.asarray(ratios - np.nanmedian(ratios))
    return errors


def _correlation(errors: Floats, deviation: float) -> float:
    """Of neighbouring days, drawn to 0.2 as two weeks of days would; 0 to 0.7."""
    z = np.clip(errors / deviation, -CLIP, CLIP)
    pairs = z[1:] * z[:-1]
    pairs = pairs[np.isfinite(pairs)]
    return float(np.clip((pairs.sum() + 0.2 * 14) / (pairs.size + 14), 0.0, 0.7))


def _ordinary(rows: Floats) -> NDArray[np.bool_]:
    """Days whose sum does not stand far outside the middle of its class: what failures and holidays must not teach."""
    if rows.shape[0] < 4:
        return np.ones(rows.shape[0], dtype=bool)
    middle = np.nanmedian(rows, axis=0) if np.isfinite(rows).any(axis=0).all() else _mean(rows)
    sums = np.array([day_sums(row, middle)[:2] for row in rows])
    ratio = np.log(np.maximum(sums[:, 0], 1e-9 + 1e-3 * sums[:, 1]) / np.maximum(sums[:, 1], 1e-9))
    centre = np.median(ratio)
    spread = max(1.4826 * float(np.median(np.abs(ratio - centre))), SMALLEST_DEVIATION)
    return np.asarray(np.abs(ratio - centre) <= 4 * spread)


def _mean(rows: Floats) -> Floats:
    """Mean of each slot over the days in which it was read; NaN where it never was."""
    read = np.isfinite(rows)
    number = read.sum(axis=0)
    return np.asarray(np.where(number > 0, np.where(read, rows, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan))


def day_sums(row: Floats, expected: Floats) -> tuple[float, float, float]:
    """Sum of what was read, usual sum of the same slots, and their share of the whole usual day."""
    read = np.isfinite(row) & np.isfinite(expected)
    usual_sum, whole = float(expected[read].sum()), float(np.nansum(expected))
    return float(row[read].sum()), usual_sum, usual_sum / whole if whole > 0 else 0.0


def log_ratio(seen: float, expected: float) -> float:
    """Half a percent is added to both, so that a dead counter is very low and not infinitely so."""
    return float(np.log((max(seen, 0.0) + 0.005 * expected) / (1.005 * expected)))


def checked(values: Any, day_class: Any) -> tuple[Floats, Ints]:
    rows, kind = np.asarray(values, dtype=float), np.asarray(day_class, dtype=np.int64)
    if rows.ndim != 2 or kind.shape != rows.shape[:1] or (kind < 0).any():
        raise ValueError("values is days × slots and day_class has one whole number, not negative, for each day")
    return rows, kind
