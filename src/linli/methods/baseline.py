"""What an ordinary week looks like, grid by matter: base rates, the factor of each week, dispersion.

The mean of grid g, matter m, week w is ``population[w, g] · rate[g, m] · factor[w, g, m]``.

* ``rate`` per head is each cell's own history shrunk towards the matter's community-wide rate (gamma-Poisson empirical Bayes by
  moments: Clayton & Kaldor 1987; Marshall, Applied Statistics 1991).
* ``factor`` carries season, holidays and weather: what the *other* grids had that week against what they usually have, over all
  matters and, as far as the matter has shown a calendar of its own, over this matter. The grid itself is left out and extreme
  cells are clipped, so a trouble neither hides itself nor spreads into its neighbours' expectation.
* Past weeks that were out of the ordinary weigh less (Farrington et al., JRSS A 1996; threshold 2.58 of Noufaily et al.,
  Statistics in Medicine 2013), and the newest weeks can be kept out altogether (guard).
* ``dispersion`` α is the negative binomial's variance ``μ + α μ²``, by moments, cell shrunk to matter shrunk to all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PASSES = 3
OUTBREAK_RESIDUAL = 2.58
# A shape above 20 would claim that grids differ by less than 22 %, which twenty grids of history cannot show.
LARGEST_SHAPE = 20.0
SMALLEST_CALENDAR_VARIANCE = 1e-3
# A holiday may come that the history has never seen: common factors 20 % off are always thought possible.
SMALLEST_COMMON_VARIANCE = 0.2**2
# How far dispersion is thought to differ between cells, matters and communities, as 1 / sd².
CELL_INFORMATION, MATTER_INFORMATION, COMMON_INFORMATION = 1 / 0.02**2, 1 / 0.05**2, 1 / 0.1**2
COMMON_DISPERSION = 0.01


@dataclass(frozen=True)
class Baseline:
    """Fitted to the weeks of ``counts`` that were marked as baseline; means for all of them.

    ``mean``[weeks, grids, matters] expected counts; ``factor_variance``[weeks, grids, matters] relative variance of the week's
    factor; ``rate_variance``, ``dispersion``, ``rate`` (per head and week), ``events`` (weighted number of past events) are
    [grids, matters]; ``rate`` of a grid without population is NaN.
    """

    mean: Floats
    factor_variance: Floats
    rate: Floats
    rate_variance: Floats
    dispersion: Floats
    events: Floats
    weights: Floats


def fit(counts: Floats, population: Floats, baseline: NDArray[np.bool_], *, half_life: float | None = None) -> Baseline:
    """Fit ``counts``[weeks, grids, matters] with ``population``[weeks, grids] on the weeks where ``baseline``[weeks] is true.

    ``half_life``: a week so many weeks older weighs half as much, so that rates follow slow change; None: all alike.

    Weeks outside the baseline get their factor and mean but teach nothing about rates. ValueError on shapes that do not fit.
    """
    if counts.ndim != 3 or population.shape != counts.shape[:2] or baseline.shape != counts.shape[:1]:
        raise ValueError("counts is weeks × grids × matters, population weeks × grids, baseline weeks")
    people = population[:, :, None]
    within = np.broadcast_to(_recency(baseline, half_life)[:, None, None], counts.shape)
    weights, factor, factor_variance = within, np.ones_like(counts), np.zeros_like(counts)
    for _ in range(PASSES):
        events = (weights * counts).sum(axis=0)
        exposure = (weights * people * factor).sum(axis=0)
        rate, shape = shrunk_rates(events, exposure)
        usual = people * np.nan_to_num(rate)
        mean = usual * factor
        dispersion = _dispersion(counts, mean, factor_variance, weights)
        deviation = np.sqrt(mean * (1 + dispersion * mean))
        clipped = np.clip(counts, mean - 3 * deviation - 1, mean + 3 * deviation + 1)
        factor, factor_variance = _factors(clipped, usual, baseline)
        weights = within * _outbreak_weights(counts, usual * factor, dispersion)
    events = (weights * counts).sum(axis=0)
    rate, shape = shrunk_rates(events, (weights * people * factor).sum(axis=0))
    mean = people * rate * factor
    weekly = np.nan_to_num(mean[baseline]).mean(axis=0)
    rate_variance = (1 + dispersion * weekly) / (events + shape)
    return Baseline(mean, factor_variance, rate, rate_variance, dispersion, events, weights)


def _recency(baseline: NDArray[np.bool_], half_life: float | None) -> Floats:
    """Weight of each week; the weights add up to the number of weeks that they are worth."""
    if half_life is None:
        return baseline.astype(float)
    age = np.arange(baseline.size)[::-1] - np.flatnonzero(baseline[::-1])[:1].sum()
    weight = np.where(baseline, 0.5 ** (age / half_life), 0.0)
    return np.asarray(weight * weight.sum() / (weight**2).sum())


def shrunk_rates(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Gamma-Poisson rates along axis 0 (grids), one prior for each column (matter).

    Returns the posterior mean rate [grids, matters] (NaN where the exposure is 0) and the prior's shape [matters].
    Half an event is lent to every matter, so that what never happened is rare and not impossible.
    """
    total_exposure = exposure.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        common = (events.sum(axis=0) + 0.5) / total_exposure
        own = np.where(exposure > 0, events / exposure, 0.0)
        seen_variance = (exposure * (own - common) ** 2).sum(axis=0) / total_exposure
        true_variance = seen_variance - common * (exposure > 0).sum(axis=0) / total_exposure
        shape = np.where(true_variance > 0, common**2 / true_variance, LARGEST_SHAPE)
    shape = np.clip(np.nan_to_num(shape, nan=LARGEST_SHAPE), 0.02, LARGEST_SHAPE)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = (events + shape) / (exposure + shape / common)
    return np.where(exposure > 0, rate, np.nan), shape


def _factors(clipped: Floats, usual: Floats, baseline: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Factor of each week as the other grids show it, and its relative variance."""
    seen, expected = clipped.sum(axis=2), usual.sum(axis=2)
    prior = 1 / _calendar_variance(seen.sum(axis=1)[baseline], expected.sum(axis=1)[baseline])
    others_seen, others_expected = _others(seen), _others(expected)
    common = (others_seen + prior) / (others_expected + prior)
    variance = 1 / (others_seen + prior)
    if usual.shape[2] == 1:
        return common[:, :, None], variance[:, :, None]
    guess = common[:, :, None] * usual
    # Each matter's own calendar: as strong as its past weeks have shown it to be, beyond chance and beyond the common one.
    own = _calendar_variances(clipped.sum(axis=1)[baseline], guess.sum(axis=1)[baseline])
    own_prior = 1 / own
    matter_seen, matter_expected = _others(clipped), _others(guess)
    factor = common[:, :, None] * (matter_seen + own_prior) / (matter_expected + own_prior)
    return factor, variance[:, :, None] + 1 / (matter_seen + own_prior)


def _others(values: Floats) -> Floats:
    """Sum over the other grids (axis 1), never below zero for rounding."""
    return np.asarray(np.maximum(values.sum(axis=1, keepdims=True) - values, 0.0))


def _calendar_variance(seen: Floats, expected: Floats) -> float:
    """Relative variance of the community's week totals beyond Poisson."""
    scale = max(float((expected**2).sum()), 1e-12)
    return float(np.clip(((seen - expected) ** 2 - expected).sum() / scale, SMALLEST_COMMON_VARIANCE, 1.0))


def _calendar_variances(seen: Floats, expected: Floats) -> Floats:
    """Relative variance of each matter's week totals beyond Poisson, drawn to that of all matters. [matters]"""
    weight = expected / (2 * expected + 1)
    signal = (((seen - expected) ** 2 - expected) * weight).sum(axis=0)
    information = (expected**2 * weight).sum(axis=0)
    pooled = max(float(signal.sum()) / max(float(information.sum()), 1e-12), 0.0)
    drawn = (signal + MATTER_INFORMATION * pooled) / (information + MATTER_INFORMATION)
    return np.asarray(np.clip(drawn, SMALLEST_CALENDAR_VARIANCE, 1.0))


def _dispersion(counts: Floats, mean: Floats, factor_variance: Floats, weights: Floats) -> Floats:
    """α of each cell [grids, matters]; each step down (all, matter, cell) is drawn to the step above by its information."""
    weight = weights * mean / (2 * mean + 1)
    weeks = weights.sum(axis=0)
    # The cell's own mean took one degree of freedom.
    correction = np.where(weeks > 1, weeks / np.maximum(weeks - 1, 1e-9), 1.0)
    square = (counts - mean) ** 2 * np.minimum(correction, 2.0)
    signal = ((square - mean - factor_variance * mean**2) * weight).sum(axis=0)
    information = (mean**2 * weight).sum(axis=0)
    common = (signal.sum() + COMMON_INFORMATION * COMMON_DISPERSION) / (information.sum() + COMMON_INFORMATION)
    common = max(float(common), 0.0)
    matter = (signal.sum(axis=0) + MATTER_INFORMATION * common) / (information.sum(axis=0) + MATTER_INFORMATION)
    cell = (signal + CELL_INFORMATION * np.maximum(matter, 0.0)) / (information + CELL_INFORMATION)
    return np.asarray(np.clip(cell, 0.0, 4.0))


def _outbreak_weights(counts: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Farrington's weights: 1, or 1/s² where the Anscombe residual s passes the threshold (either side)."""
    floor = np.maximum(mean, 1e-6)
    # An outbreak widens the dispersion of its own cell; measured by that alone it would pass as ordinary.
    dispersion = np.minimum(dispersion, 2 * np.median(dispersion) + 0.05)
    residual = 1.5 * (counts ** (2 / 3) - floor ** (2 / 3)) / (floor ** (1 / 6) * np.sqrt(1 + dispersion * floor))
    size = np.abs(residual)
    # A single event where almost none is expected is no outbreak: it is all that the cell can ever teach.
    odd = (size > OUTBREAK_RESIDUAL) & (np.abs(counts - mean) > 2)
    return np.where(odd, 1 / np.maximum(size, 1.0) ** 2, 1.0)
