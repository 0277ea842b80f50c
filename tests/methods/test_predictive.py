"""Tails and intervals of a count with an uncertain mean, against plain sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.methods import predictive

means = st.floats(0.01, 80)
spreads = st.floats(0.001, 3)


def chance(k: int, mean: float, spread: float) -> float:
    """P(Y = k), from the definition of the gamma-Poisson mixture."""
    size = 1 / spread
    log = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
    return math.exp(log + size * math.log(size / (size + mean)) + k * math.log(mean / (size + mean)))


@given(st.integers(0, 60), means, spreads)
def test_tails_are_sums_of_chances(seen: int, mean: float, spread: float) -> None:
    below = sum(chance(k, mean, spread) for k in range(seen))
    assert predictive.at_least(seen, mean, spread) == pytest.approx(1 - below, abs=1e-9)
    assert predictive.at_most(seen, mean, spread) == pytest.approx(below + chance(seen, mean, spread), abs=1e-9)


@given(means, spreads, st.sampled_from([0.5, 0.8, 0.95]))
def test_interval_leaves_out_no_more_than_promised(mean: float, spread: float, level: float) -> None:
    low, high = (int(end) for end in predictive.interval(mean, spread, level=level))
    allowed = (1 - level) / 2 + 1e-9
    assert sum(chance(k, mean, spread) for k in range(low)) <= allowed
    assert 1 - sum(chance(k, mean, spread) for k in range(high + 1)) <= allowed


@given(st.integers(0, 40), means)
def test_without_spread_it_is_poisson(seen: int, mean: float) -> None:
    below = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(seen))
    assert predictive.at_least(seen, mean, 0.0) == pytest.approx(1 - below, abs=1e-5)


def test_unknown_stays_unknown_and_nothing_expected_is_never_seen() -> None:
    assert np.isnan(predictive.at_least(3, np.nan, 0.1))
    assert np.isnan(predictive.at_most(3, np.nan, 0.1))
    assert predictive.at_least(1, 0.0, 0.1) == 0
    assert predictive.at_least(0, 0.0, 0.1) == 1
    assert predictive.at_most(0, 0.0, 0.1) == 1
    low, high = predictive.interval([0.0, np.nan], 0.1)
    assert low[0] == high[0] == 0
    assert np.isnan(low[1])
    assert np.isnan(high[1])
    with pytest.raises(ValueError, match="level"):
        predictive.interval(1.0, 0.1, level=1.0)
