"""Is it getting more, or less? The slope over the last weeks.

Log-linear growth of counts around what was expected of each week; score test for "no growth" with negative binomial variance,
estimate by Newton's method. Sources: McCullagh & Nelder 1989, §6; Dean & Lawless, JASA 1989 (score tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHOD = "trend"
VERSION = "1"
LEAST_EVENTS = 10.0
LEAST_WEEKS = 6


@dataclass(frozen=True)
class Trend:
    """Arrays in the shape of one week. ``growth``: factor per week (1.1 = ten percent more each week) with 95 % interval.

    ``p`` two-sided, ``p_up`` and ``p_down`` one-sided; NaN with fewer than ten events or six weeks. ``fitted_last``,
    ``fitted_first``: counts on the fitted line in the last and first of the weeks.
    """

    weeks: int
    observed: Floats
    growth: Floats
    growth_low: Floats
    growth_high: Floats
    fitted_first: Floats
    fitted_last: Floats
    p: Floats
    p_up: Floats
    p_down: Floats


def trend(counts: Any, expected: Any | None = None, *, weeks: int = 8, dispersion: Any = 0.0) -> Trend:
    """Slope of ``counts``[weeks, …] over its last ``weeks`` (6 or more) against ``expected`` (offset: population × season;
    None: flat).

    ``dispersion``: α of the variance μ + α μ², in the shape of one week or a number.
    """
    seen = np.asarray(counts, dtype=float)
    usual = np.ones_like(seen) if expected is None else np.asarray(expected, dtype=float)
    if usual.shape != seen.shape:
        raise ValueError("expected has the shape of counts")
    seen, usual = seen[-weeks:], np.maximum(usual[-weeks:], 1e-9)
    total = seen.sum(axis=0)
    judged = (total >= LEAST_EVENTS) & np.isfinite(usual).all(axis=0) & (min(weeks, seen.shape[0]) >= LEAST_WEEKS)
    usual = np.where(np.isfinite(usual), usual, 1.0)
    alpha = np.nan_to_num(np.broadcast_to(np.asarray(dispersion, dtype=float), total.shape))
    time = (np.arange(seen.shape[0]) - (seen.shape[0] - 1) / 2).reshape((-1,) + (1,) * total.ndim)
    z = _score(seen, usual, time, alpha)
    level, slope, error = _newton(seen, usual, time, alpha)
    blank = np.where(judged, 0.0, np.nan)
    return Trend(
        weeks=seen.shape[0],
        observed=total,
        growth=np.exp(slope) + blank,
        growth_low=np.exp(slope - 1.959964 * error) + blank,
        growth_high=np.exp(slope + 1.959964 * error) + blank,
        fitted_first=np.exp(level + slope * time[0]) * usual[0] + blank,
        fitted_last=np.exp(level + slope * time[-1]) * usual[-1] + blank,
        p=2 * scipy.special.ndtr(-np.abs(z)) + blank,
        p_up=scipy.special.ndtr(-z) + blank,
        p_down=scipy.special.ndtr(z) + blank,
    )


def _score(seen: Floats, usual: Floats, time: Floats, alpha: Floats) -> Floats:
    """Standardised score of the slope at "no growth", the level fitted."""
    mean = usual * (np.maximum(seen.sum(axis=0), 0.5) / usual.sum(axis=0))
    for _ in range(25):
        weight = 1 / (1 + alpha * mean)
        mean = mean * ((weight * seen).sum(axis=0) + 1e-12) / ((weight * mean).sum(axis=0) + 1e-12)
    weight = 1 / (1 + alpha * mean)
    information = weight * mean
    centre = (information * time).sum(axis=0) / information.sum(axis=0)
    score = (weight * (time - centre) * (seen - mean)).sum(axis=0)
    return np.asarray(score / np.sqrt((information * (time - centre) ** 2).sum(axis=0)))


def _newton(seen: Floats, usual: Floats, time: Floats, alpha: Floats) -> tuple[Floats, Floats, Floats]:
    level = np.log(np.maximum(seen.sum(axis=0), 0.5) / usual.sum(axis=0))
    slope = np.zeros_like(level)
    error = np.ones_like(level)
    for _ in range(40):
        mean = usual * np.exp(np.clip(level + slope * time, -30, 30))
        weight = 1 / (1 + alpha * mean)
        gap, information = weight * (seen - mean), weight * mean
        g0, g1 = gap.sum(axis=0), (gap * time).sum(axis=0)
        i00, i01, i11 = information.sum(axis=0), (information * time).sum(axis=0), (information * time**2).sum(axis=0)
        determinant = np.maximum(i00 * i11 - i01**2, 1e-12)
        level = level + np.clip((i11 * g0 - i01 * g1) / determinant, -1, 1)
        slope = np.clip(slope + np.clip((i00 * g1 - i01 * g0) / determinant, -0.5, 0.5), -3, 3)
        error = np.sqrt(i00 / determinant)
    return level, slope, error
