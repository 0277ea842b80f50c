"""Invented weekly counts with a known truth, for calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Town:
    """``counts``[weeks, grids, matters], ``population``[weeks, grids], ``mean`` the true means."""

    counts: Floats
    population: Floats
    mean: Floats


def town(
    rng: np.random.Generator,
    *,
    weeks: int = 26,
    grids: int = 21,
    matters: int = 25,
    weekly: float = 200.0,
    dispersion: float = 0.01,
    busy: float | None = 12.0,
    spoken: float | None = None,
    calendar: float = 1.0,
    effect: NDArray[np.float64] | None = None,
) -> Town:
    """An ordinary community: uneven grids and matters, a season, a holiday week. Cell [3, 4] expects ``busy`` and
    grid 7 ``spoken`` in the last week.

    ``calendar`` scales season, holiday and each matter's own season; 0 makes every week alike.
    ``effect``[weeks, grids, matters] multiplies the means (a planted trouble).
    """
    population = np.round(rng.normal(428, 60, grids).clip(250, 600))
    share = rng.dirichlet(np.full(matters, 0.8))
    mix = rng.gamma(4.0, 0.25, (grids, matters))
    base = population[:, None] * mix * share
    base *= weekly / base.sum()
    time = np.arange(weeks)
    season = 1 + 0.15 * calendar * np.sin(2 * np.pi * (time / 52 + rng.uniform()))
    season[rng.integers(4, weeks)] *= 1 - 0.3 * calendar
    own = 1 + 0.3 * calendar * np.sin(2 * np.pi * (time[:, None] / 52 + rng.uniform(size=matters)))
    mean = base[None] * season[:, None, None] * own[:, None, :]
    if busy is not None:
        mean[:, 3, 4] *= busy / mean[-1, 3, 4]
    if spoken is not None:
        mean[:, 7] *= spoken / mean[-1, 7].sum()
    if effect is not None:
        mean = mean * effect
    if dispersion:
        noise = rng.gamma(1 / dispersion, dispersion, mean.shape)
        counts = rng.poisson(mean * noise)
    else:
        counts = rng.poisson(mean)
    return Town(counts.astype(float), np.tile(population, (weeks, 1)), mean)
