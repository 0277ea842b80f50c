"""Parts of the register that nobody has verified for long: a grid's share against the rest of the community.

Beta-binomial: the other grids' share with its own uncertainty, plus the fact that people are missed by whole households, not
one by one. Source: Skellam, JRSS B 1948; design effect: Kish, Survey Sampling 1965, §5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHOD = "freshness"
VERSION = "1"
LEAST_GRIDS = 3


@dataclass(frozen=True)
class Freshness:
    """Arrays [grids]. ``share`` = stale / residents; ``expected``, ``low``, ``high`` in people (95 % prediction interval).

    ``p``: chance of so many or more unverified, were the grid like the others; NaN without residents or with fewer than three
    grids.
    """

    residents: Floats
    stale: Floats
    share: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    reason: str | None = None


def freshness(residents: Any, stale: Any, *, household_size: float = 2.6) -> Freshness:
    """Compare ``stale``[grids] (residents unverified for at least w rounds; w is the caller's) with the other grids.

    ``residents``[grids]: all who live there. ``household_size``: mean number of people who are missed together (1 = each alone).
    Grids that are themselves far out do not count among "the others". ValueError if more are stale than live there.
    """
    total, marked = np.asarray(residents, dtype=float), np.asarray(stale, dtype=float)
    if total.ndim != 1 or marked.shape != total.shape or (marked > total).any() or (marked < 0).any():
        raise ValueError("stale and residents have one entry for each grid, and no more are stale than live there")
    blank = np.full(total.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, marked / total, np.nan)
    lived_in = total > 0
    if lived_in.sum() < LEAST_GRIDS:
        return Freshness(total, marked, share, blank, blank, blank, blank, "too_few_grids")
    ordinary = _ordinary(share, total, household_size)
    for _ in range(3):
        p, expected, low, high = _compare(total, marked, lived_in, ordinary, household_size)
        still = lived_in & ~(np.nan_to_num(p, nan=1.0) < 0.001)
        # Half of the grids at least are what "ordinary" means.
        if 2 * still.sum() < lived_in.sum() or (still == ordinary).all():
            break
        ordinary = still
    return Freshness(total, marked, share, expected, low, high, p)


def _ordinary(share: Floats, total: Floats, household_size: float) -> NDArray[np.bool_]:
    """Grids whose share is not far above the middle one: where several are in trouble they would otherwise excuse each other."""
    middle = float(np.nanmedian(share))
    spread = 1.4826 * float(np.nanmedian(np.abs(share - middle)))
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = np.sqrt(household_size * (middle * (1 - middle) + 0.5 / total) / total)
        return np.asarray((total > 0) & (share <= middle + 4 * np.maximum(spread, chance)))


def beta_binomial_tail(seen: int, n: int, a: float, b: float) -> float:
    """P(X ≥ seen) for X ~ beta-binomial(n, a, b)."""
    if seen <= 0:
        return 1.0
    return float(min(np.exp(_log_pmf(n, a, b)[seen:]).sum(), 1.0))


def _log_pmf(n: int, a: float, b: float) -> Floats:
    k = np.arange(n + 1)
    betaln = scipy.special.betaln
    return np.asarray(betaln(k + a, n - k + b) - betaln(a, b) - betaln(k + 1, n - k + 1) - np.log(n + 1))


def _compare(
    total: Floats, marked: Floats, lived_in: NDArray[np.bool_], ordinary: NDArray[np.bool_], household_size: float
) -> tuple[Floats, Floats, Floats, Floats]:
    p, expected, low, high = (np.full(total.shape, np.nan) for _ in range(4))
    for grid in np.flatnonzero(lived_in):
        others = ordinary.copy()
        others[grid] = False
        if others.sum() < 2:
            others = lived_in.copy()
            others[grid] = False
        n = round(float(total[grid]))
        a, b = _prior(total[others], marked[others], n, household_size)
        cumulative = np.cumsum(np.exp(_log_pmf(n, a, b)))
        expected[grid] = n * a / (a + b)
        low[grid], high[grid] = np.searchsorted(cumulative, (0.025, 0.975))
        p[grid] = beta_binomial_tail(round(float(marked[grid])), n, a, b)
    return p, expected, np.minimum(low, total), np.minimum(high, total)


def _prior(total: Floats, marked: Floats, n: int, household_size: float) -> tuple[float, float]:
    """Beta parameters for a grid of n people: the others' share, its uncertainty, households, and the spread between grids."""
    people = float(total.sum())
    share = (float(marked.sum()) + 0.5) / (people + 1.0)
    binomial = share * (1 - share)
    between = float((total * (marked / total - share) ** 2).sum() / people) - binomial * total.size / people * household_size
    rho = max(between / binomial, 0.0)
    rho += (household_size - 1) / max(n - 1, 1)
    rho += household_size / (people + 1.0)
    precision = 1 / min(rho, 0.5) - 1
    return share * precision, (1 - share) * precision
