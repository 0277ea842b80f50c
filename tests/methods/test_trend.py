"""Slopes against a general optimiser, and honesty without one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from linli.methods import trend


def minus_log_likelihood(line: np.ndarray, seen: np.ndarray, usual: np.ndarray, alpha: float) -> float:
    total = 0.0
    for w in range(seen.size):
        mean = usual[w] * np.exp(line[0] + line[1] * (w - (seen.size - 1) / 2))
        size = 1 / alpha
        total -= special.gammaln(seen[w] + size) - special.gammaln(size) - size * np.log1p(alpha * mean)
        total -= seen[w] * (np.log(alpha * mean) - np.log1p(alpha * mean))
    return float(total)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2, 60), min_size=6, max_size=8), st.floats(0.001, 0.3), st.floats(0.5, 2))
def test_growth_is_the_maximum_of_the_likelihood(seen: list[int], alpha: float, swing: float) -> None:
    counts = np.array(seen, dtype=float)
    usual = np.linspace(10, 10 * swing, counts.size)
    best = optimize.minimize(minus_log_likelihood, np.zeros(2), args=(counts, usual, alpha), method="Nelder-Mead",
                             options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000})  # fmt: skip
    found = trend.trend(counts[:, None], usual[:, None], dispersion=alpha)
    assert np.log(found.growth[0]) == pytest.approx(best.x[1], abs=1e-3)


def test_direction_and_interval() -> None:
    time = np.arange(8)[:, None]
    counts = np.round(np.hstack([20 * 1.2**time, 60 * 0.85**time, np.full((8, 1), 20.0)]))
    found = trend.trend(counts)
    assert found.growth == pytest.approx([1.2, 0.85, 1.0], rel=0.02)
    assert found.p_up[0] < 1e-4
    assert found.p_down[1] < 1e-4
    assert found.p[2] > 0.9
    assert (found.growth_low < found.growth).all()
    assert (found.growth < found.growth_high).all()
    assert found.fitted_last[0] / found.fitted_first[0] == pytest.approx(found.growth[0] ** 7)


def test_season_is_no_trend() -> None:
    usual = np.linspace(10, 40, 8)[:, None]
    assert trend.trend(np.round(usual), usual).p[0] > 0.9
    assert trend.trend(np.round(usual)).p[0] < 0.001


def test_too_little_is_not_judged() -> None:
    assert np.isnan(trend.trend(np.ones((8, 1))).p).all()
    assert np.isnan(trend.trend(np.full((5, 1), 20.0)).growth).all()
    with pytest.raises(ValueError, match="shape"):
        trend.trend(np.ones((8, 1)), np.ones((8, 2)))


@pytest.mark.parametrize(("mean", "alpha"), [(2.0, 0.0), (12.0, 0.0), (12.0, 0.1)])
def test_honest_without_a_trend(mean: float, alpha: float) -> None:
    rng = np.random.default_rng(10)
    means = mean * (rng.gamma(1 / alpha, alpha, (8, 6000)) if alpha else np.ones((8, 6000)))
    found = trend.trend(rng.poisson(means), dispersion=alpha)
    judged = ~np.isnan(found.p)
    assert judged.mean() > 0.9
    assert (found.p[judged] < 0.05).mean() <= 0.06
    assert (found.p[judged] < 0.01).mean() <= 0.015
