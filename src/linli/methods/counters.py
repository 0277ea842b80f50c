"""A counter's readings against its own past: which days are out of their range, whether its level has shifted.

How much ordinary days differ (weather, 8 to 12 %) and hang together is measured on the counter itself, so weather does not alarm.
A shift is believed when at least two days carry it, each by itself or several together; one odd day does not suffice. A shift
that began in the week before is judged over both weeks, as long as days of this week are out too.
Source: Benjamini & Heller, Biometrics 2008 (64:1215), partial conjunction: "at least u of n".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from linli.methods import discovery
from linli.methods.readings import LEAST_READ, Days, Usual, checked, day_sums, into_days, log_ratio, usual

__all__ = ["CounterWeek", "Days", "Usual", "into_days", "usual", "week"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHOD = "counters"
VERSION = "1"
CLIP = 5.0  # standard deviations that one day may count

TOO_LITTLE_HISTORY = "too_little_history"
TOO_FEW_READINGS = "too_few_readings"


@dataclass(frozen=True)
class CounterWeek:
    """The last ``days`` days of one counter. Arrays [days]; NaN for a day that cannot be judged.

    ``seen``, ``expected``, ``low``, ``high``: sums over the slots that were read that day, and the 95 % interval for them.
    ``ratio`` = seen / expected. ``out``: outside its interval. ``coverage``: share of the day's usual sum that was read (NaN:
    class unknown). For the whole: ``days_judged``, ``days_out``, ``level`` (seen / expected over judged days) with
    ``level_low`` to ``level_high``, ``p`` two-sided for a shift of level, ``p_low`` and ``p_high`` one-sided. ``reason``: why
    the week cannot be judged, else None.
    ``expected_slots``[days, slots]: for the chart. ``usual``: None without history.
    """

    seen: Floats
    expected: Floats
    low: Floats
    high: Floats
    ratio: Floats
    p_day: Floats
    out: NDArray[np.bool_]
    coverage: Floats
    days_judged: int
    days_out: int
    level: float
    level_low: float
    level_high: float
    p: float
    p_low: float
    p_high: float
    expected_slots: Floats
    usual: Usual | None
    reason: str | None = None


@dataclass(frozen=True)
class _Judged:
    """Days against the usual; arrays [days], NaN where a day cannot be judged. ``z``: log ratio in standard deviations."""

    seen: Floats
    expected: Floats
    coverage: Floats
    deviation: Floats
    z: Floats
    expected_slots: Floats


def week(
    values: Any, day_class: Any, *, days: int = 7, guard_days: int = 7, window_days: int = 70, counted: bool = True
) -> CounterWeek:
    """Judge the last ``days`` days of ``values``[days, slots]; what came before teaches, nothing later.

    ``day_class``[days]: as in :func:`usual`; classes may be finer (Monday to Sunday, holiday) where the past is long.
    ``guard_days`` before those days teach nothing as long as four weeks remain, so that a shift in its second week is not its own
    measure; ``window_days`` of past at most, so that a lasting new level becomes the usual one. ``counted``: False for levels
    (occupancy, speed), which do not scatter like counts.
    """
    all_values, kind = checked(values, day_class)
    if not 1 <= days <= all_values.shape[0]:
        raise ValueError("days is at least 1 and at most what there is")
    start = all_values.shape[0] - days
    end = start - min(guard_days, max(start - 28, 0))
    begin = max(0, end - window_days)
    learned = usual(all_values[begin:end], kind[begin:end], counted=counted)
    if learned is None:
        return _blank(all_values[start:], TOO_LITTLE_HISTORY)
    past = np.bincount(kind[begin:end], minlength=int(kind.max(initial=0)) + 1)
    now = _compare(all_values[start:], kind[start:], past, learned)
    longer = _compare(all_values[end:], kind[end:], past, learned)
    return _verdict(now, longer, learned)


def _compare(rows: Floats, classes: Ints, past: Ints, learned: Usual) -> _Judged:
    seen, expected, coverage, z = (np.full(rows.shape[0], np.nan) for _ in range(4))
    deviation = np.full(rows.shape[0], learned.deviation)
    expected_slots = np.full(rows.shape, np.nan)
    for day, each in enumerate(classes):
        if each >= learned.slots.shape[0] or not np.isfinite(learned.slots[each]).any():
            continue
        expected_slots[day] = learned.slots[each]
        total, usual_sum, coverage[day] = day_sums(rows[day], expected_slots[day])
        if coverage[day] < LEAST_READ or usual_sum <= 0:
            continue
        seen[day], expected[day] = total, usual_sum
        deviation[day] *= np.sqrt(1 + 1 / max(int(past[each]), 1))
        z[day] = log_ratio(total, usual_sum) / deviation[day]
    return _Judged(seen, expected, coverage, deviation, z, expected_slots)


def _verdict(now: _Judged, longer: _Judged, learned: Usual) -> CounterWeek:
    quantile = float(scipy.special.stdtrit(learned.freedom, 0.975))
    low = now.expected * np.exp(-quantile * now.deviation)
    high = now.expected * np.exp(quantile * now.deviation)
    judged = np.isfinite(now.z)
    number = int(judged.sum())
    enough = number >= min(4, now.z.size)
    level = level_low = level_high = p_low = p_high = float("nan")
    if enough:
        level = float(now.seen[judged].sum() / now.expected[judged].sum())
        error = quantile * learned.deviation * np.sqrt(_inflation(number, learned) / number)
        level_low, level_high = float(level * np.exp(-error)), float(level * np.exp(error))
        p_low, p_high = _either(now.z, longer.z, quantile, learned), _either(-now.z, -longer.z, quantile, learned)
    out = judged & (np.abs(np.nan_to_num(now.z)) > quantile)
    return CounterWeek(
        seen=now.seen,
        expected=now.expected,
        low=low,
        high=high,
        ratio=now.seen / now.expected,
        p_day=2 * scipy.special.stdtr(learned.freedom, -np.abs(now.z)),
        out=out,
        coverage=now.coverage,
        days_judged=number,
        days_out=int(out.sum()),
        level=level,
        level_low=level_low,
        level_high=level_high,
        p=float(np.minimum(2 * np.fmin(p_low, p_high), 1.0)),
        p_low=p_low,
        p_high=p_high,
        expected_slots=now.expected_slots,
        usual=learned,
        reason=None if enough else TOO_FEW_READINGS,
    )


def _either(now: Floats, longer: Floats, quantile: float, learned: Usual) -> float:
    """One-sided p for "lower than usual" now, or since before now and still so on at least two days."""
    here = _shift(now[np.isfinite(now)], learned)
    still = longer.size > now.size and int((now[np.isfinite(now)] < -quantile).sum()) >= 2
    if not still:
        # The longer look counts as taken and as having found nothing.
        return float(discovery.combined(here, 1.0)) if longer.size > now.size else here
    return float(discovery.combined(here, _shift(longer[np.isfinite(longer)], learned)))


def _shift(z: Floats, learned: Usual) -> float:
    """One-sided p for "lower than usual": all days but the lowest together, or two by themselves; paid for both looks."""
    number = z.size
    if number == 0:
        return 1.0
    if number == 1:
        return float(scipy.special.stdtr(learned.freedom, z[0]))
    # Both ask for "at least two days": the lowest day is left out, so one odd day never makes a shift.
    rest = np.clip(np.sort(z)[1:], -CLIP, CLIP)
    together = rest.sum() / np.sqrt(rest.size * _inflation(rest.size, learned))
    p_together = float(scipy.special.stdtr(learned.freedom, together))
    p_second = (number - 1) * float(scipy.special.stdtr(learned.freedom, rest[0]))
    return min(1.0, 2 * min(p_together, p_second))


def _inflation(number: int, learned: Usual) -> float:
    """How much more the mean of neighbouring days varies than that of days apart (first-order autoregression)."""
    lags = np.arange(1, number)
    return float(1 + 2 * ((1 - lags / number) * learned.correlation**lags).sum())


def _blank(recent: Floats, reason: str) -> CounterWeek:
    days = recent.shape[0]
    none = np.full(days, np.nan)
    nan = float("nan")
    return CounterWeek(
        none, none, none, none, none, none, np.zeros(days, dtype=bool), none, 0, 0, nan, nan, nan, nan, nan, nan,
        np.full(recent.shape, np.nan), None, reason,
    )  # fmt: skip
