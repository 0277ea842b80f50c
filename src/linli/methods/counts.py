"""Weekly counts of grid × matter against what their own history, population and the week let expect.

The result is a prediction: 19 ordinary weeks in 20 lie from ``low`` to ``high``, the uncertainty of the mean included.
Model and sources: :mod:`linli.methods.baseline`, :mod:`linli.methods.predictive`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods import baseline, predictive

Floats = NDArray[np.float64]

METHOD = "counts"
VERSION = "1"
LEAST_WEEKS = 4
SHARES = (0.3, 0.7)  # of the error, over one week and two (discovery.combined)
HALF_LIFE_WEEKS = 13.0
TOO_LITTLE_HISTORY = "too_little_history"
NOT_RECORDED = "week_not_recorded"


@dataclass(frozen=True)
class Expectation:
    """The last ``span`` weeks together. Arrays are [grids, matters]; NaN where a cell cannot be judged.

    ``p_high`` = P(as many or more), ``p_low`` = P(as few or fewer), each one-sided, in an ordinary span.
    ``spread``: relative variance of the mean (with ``expected`` it gives the whole distribution, see ``predictive``).
    ``dispersion``: α of the variance μ + α μ². ``reason``: why nothing could be judged, else None. ``weeks_used``: baseline
    weeks.
    """

    span: int
    observed: Floats
    expected: Floats
    low: Floats
    high: Floats
    p_high: Floats
    p_low: Floats
    dispersion: Floats
    spread: Floats
    weeks_used: int
    reason: str | None = None


def expect(
    counts: Any,
    population: Any,
    *,
    span: int = 1,
    guard: int = 2,
    window: int = 52,
    usable: Any | None = None,
    level: float = 0.95,
) -> Expectation:
    """Expected counts of the last ``span`` weeks (1 to 8) from the weeks before.

    ``counts``[weeks, grids, matters] whole numbers, oldest first; ``population``[weeks, grids] residents.
    ``guard``: newest weeks before the last one that teach nothing, so that a trouble of some weeks is not its own baseline;
    it gives way where history is short. ``window``: at most that many weeks back. ``usable``[weeks]: False for weeks without
    records. Within the window a week 13 weeks older weighs half as much, so that slow change is followed. Fewer than four
    usable weeks before the span: everything NaN, with the reason. ValueError on shapes or negative counts.
    """
    seen, people, known = checked(counts, population, usable)
    start = max(0, seen.shape[0] - window - max(span, 1 + guard))
    return _expect(seen[start:], people[start:], known[start:], span=span, guard=guard, level=level)


def expect_every_week(
    counts: Any,
    population: Any,
    *,
    span: int = 1,
    guard: int = 2,
    window: int = 52,
    usable: Any | None = None,
    level: float = 0.95,
) -> list[Expectation]:
    """The same for every week, each knowing only what came before it (causal): one Expectation a week, oldest first."""
    seen, people, known = checked(counts, population, usable)
    results = []
    for end in range(1, seen.shape[0] + 1):
        start = max(0, end - window - max(span, 1 + guard))
        results.append(_expect(seen[start:end], people[start:end], known[start:end], span=span, guard=guard, level=level))
    return results


def expect_spans(
    counts: Any, population: Any, *, spans: Sequence[int] = (1, 2), guard: int = 2, window: int = 52, usable: Any | None = None
) -> list[Expectation]:
    """:func:`expect` for several spans that end in the same last week."""
    return [expect(counts, population, span=span, guard=guard, window=window, usable=usable) for span in spans]


def baseline_weeks(weeks: int, *, span: int, guard: int, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of ``weeks`` teach: before the span, outside the guard as far as four remain, and recorded."""
    before = usable.copy()
    before[max(weeks - span, 0) :] = False
    chosen = before.copy()
    chosen[max(weeks - max(span, 1 + guard), 0) :] = False
    lacking = LEAST_WEEKS - int(chosen.sum())
    if lacking > 0:
        chosen[np.flatnonzero(before & ~chosen)[:lacking]] = True
    return chosen


def checked(counts: Any, population: Any, usable: Any | None) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """The arrays as float and bool, or ValueError that says what does not fit."""
    seen, people = np.asarray(counts, dtype=float), np.asarray(population, dtype=float)
    if seen.ndim != 3 or people.shape != seen.shape[:2]:
        raise ValueError("counts is weeks × grids × matters and population weeks × grids")
    known = np.ones(seen.shape[0], dtype=bool) if usable is None else np.asarray(usable, dtype=bool)
    if known.shape != seen.shape[:1]:
        raise ValueError("usable has one entry for each week")
    if not np.isfinite(seen).all() or not np.isfinite(people).all() or (seen < 0).any() or (people < 0).any():
        raise ValueError("counts and population are finite and not negative; mark weeks without records with usable")
    return seen, people, known


def _expect(counts: Floats, population: Floats, usable: NDArray[np.bool_], *, span: int, guard: int, level: float) -> Expectation:
    if not 1 <= span <= 8 or guard < 0:
        raise ValueError("span is 1 to 8 weeks and guard is not negative")
    weeks = counts.shape[0]
    observed = counts[-span:].sum(axis=0)
    if weeks < span + LEAST_WEEKS or int(usable[:-span].sum()) < LEAST_WEEKS:
        return _nothing(observed, span, TOO_LITTLE_HISTORY)
    if not usable[-span:].all():
        return _nothing(observed, span, NOT_RECORDED)
    chosen = baseline_weeks(weeks, span=span, guard=guard, usable=usable)
    fitted = baseline.fit(counts, population, chosen, half_life=HALF_LIFE_WEEKS)
    means = fitted.mean[-span:]
    expected = means.sum(axis=0)
    squares = np.maximum(expected**2, 1e-300)
    # Weeks vary each for itself, so their own scatter averages out over the span; an error of the base rate does not.
    weekly = fitted.dispersion + fitted.factor_variance[-span:]
    spread = (weekly * means**2).sum(axis=0) / squares + fitted.rate_variance
    low, high = predictive.interval(expected, spread, level=level)
    return Expectation(
        span=span,
        observed=observed,
        expected=expected,
        low=low,
        high=high,
        p_high=predictive.at_least(observed, expected, spread),
        p_low=predictive.at_most(observed, expected, spread),
        dispersion=fitted.dispersion,
        spread=spread,
        weeks_used=int(chosen.sum()),
    )


def _nothing(observed: Floats, span: int, reason: str) -> Expectation:
    blank = np.full(observed.shape, np.nan)
    return Expectation(span, observed, blank, blank, blank, blank, blank, blank, blank, 0, reason)
