"""Base rates, factors of the week and dispersion, against loops and known truth."""

from __future__ import annotations

import numpy as np
import pytest

from linli.methods import baseline
from tests.methods.towns import town


def test_shrunk_rates_against_a_loop() -> None:
    rng = np.random.default_rng(5)
    exposure = rng.uniform(50, 900, (9, 4))
    events = rng.poisson(exposure * rng.gamma(2, 0.01, (9, 4))).astype(float)
    rate, shape = baseline.shrunk_rates(events, exposure)
    for m in range(4):
        people = sum(exposure[g, m] for g in range(9))
        common = (sum(events[g, m] for g in range(9)) + 0.5) / people
        seen = sum(exposure[g, m] * (events[g, m] / exposure[g, m] - common) ** 2 for g in range(9)) / people
        true = seen - common * 9 / people
        k = min(max(common**2 / true if true > 0 else 20.0, 0.02), 20.0)
        assert shape[m] == pytest.approx(k)
        for g in range(9):
            assert rate[g, m] == pytest.approx((events[g, m] + k) / (exposure[g, m] + k / common))


def test_a_rate_lies_between_its_own_and_the_common_one() -> None:
    events, exposure = np.array([[0.0], [4.0], [40.0]]), np.full((3, 1), 1000.0)
    rate, _ = baseline.shrunk_rates(events, exposure)
    common = 44.5 / 3000
    assert 0 < rate[0, 0] < common
    assert common < rate[2, 0] < 0.04


def test_nobody_lives_there() -> None:
    rate, _ = baseline.shrunk_rates(np.zeros((3, 2)), np.array([[0.0, 0.0], [10.0, 10.0], [10.0, 10.0]]))
    assert np.isnan(rate[0]).all()
    assert np.isfinite(rate[1:]).all()


def test_a_holiday_is_learned_from_the_other_grids() -> None:
    rng = np.random.default_rng(8)
    population = np.full((20, 21), 400.0)
    mean = np.full((20, 21, 3), 6.0)
    mean[-1] *= 0.5
    counts = rng.poisson(mean).astype(float)
    counts[-1, 0] = 40.0
    known = np.arange(20) < 19
    fitted = baseline.fit(counts, population, known)
    # Neither the grid itself nor one troubled neighbour moves the factor.
    assert fitted.mean[-1].mean() == pytest.approx(3.0, rel=0.15)
    assert fitted.mean[-1, 0].mean() == pytest.approx(3.0, rel=0.25)
    counts[-1, 0] = 3.0
    assert baseline.fit(counts, population, known).mean[-1, 0] == pytest.approx(fitted.mean[-1, 0], rel=0.02)


def test_a_past_outbreak_weighs_less() -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(10.0, (24, 10, 2)).astype(float)
    counts[10:13, 4, 1] = 60.0
    fitted = baseline.fit(counts, np.full((24, 10), 300.0), np.arange(24) < 23)
    assert fitted.weights[10:13, 4, 1].max() < 0.2
    assert fitted.mean[-1, 4, 1] == pytest.approx(10.0, rel=0.25)


@pytest.mark.parametrize(("true", "low", "high"), [(0.0, 0.0, 0.02), (0.2, 0.12, 0.28)])
def test_dispersion_is_found(true: float, low: float, high: float) -> None:
    made = town(np.random.default_rng(3), weekly=3000, busy=None, dispersion=true, calendar=0.0)
    fitted = baseline.fit(made.counts, made.population, np.arange(26) < 25)
    assert low <= float(np.median(fitted.dispersion)) <= high


def test_recency_counts_weeks_by_what_they_are_worth() -> None:
    known = np.arange(30) < 28
    weight = baseline._recency(known, 10.0)
    assert weight[28:].sum() == 0
    assert weight[27] == pytest.approx(2 * weight[17])
    assert weight.sum() == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert weight.sum() < 28
    assert baseline._recency(known, None).sum() == 28


def test_shapes_must_fit() -> None:
    with pytest.raises(ValueError, match="weeks"):
        baseline.fit(np.zeros((5, 3, 2)), np.zeros((5, 2)), np.ones(5, dtype=bool))
