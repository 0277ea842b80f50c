"""Silent grids."""

from __future__ import annotations

import numpy as np
import pytest

from linli.methods import silence
from tests.methods.towns import town


def test_a_grid_falls_silent() -> None:
    effect = np.ones((26, 21, 25))
    effect[-2:, 7] = 0.1
    made = town(np.random.default_rng(4), effect=effect, weekly=260)
    found = silence.silence(made.counts, made.population)
    assert int(np.argmin(found.p)) == 7
    assert found.p[7] < 0.005
    assert found.observed[7] < found.low[7] < found.expected[7]
    assert found.span[7] >= 2


def test_totals_may_be_given_at_once() -> None:
    made = town(np.random.default_rng(4))
    whole, totals = silence.silence(made.counts, made.population), silence.silence(made.counts.sum(axis=2), made.population)
    assert np.array_equal(whole.p, totals.p)
    assert np.array_equal(whole.span, totals.span)


def test_a_grid_that_was_always_silent_is_told_apart() -> None:
    made = town(np.random.default_rng(5), weekly=300, busy=None)
    counts = made.counts.copy()
    counts[:, 2] = np.random.default_rng(1).binomial(counts[:, 2].astype(int), 0.05)
    found = silence.silence(counts, made.population)
    assert int(np.argmin(found.p_population)) == 2
    assert found.p_population[2] < 0.01
    assert found.usual_ratio[2] < 0.2
    assert found.p[2] > 0.05


def test_the_population_question_needs_others_and_weeks() -> None:
    made = town(np.random.default_rng(5))
    few = silence.silence(made.counts[:, :3], made.population[:, :3])
    assert np.isnan(few.p_population).all()
    short = silence.silence(made.counts[:3], made.population[:3])
    assert short.reason == "too_little_history"
    assert np.isnan(short.p).all()
    assert np.isnan(short.p_population).all()


def test_a_silent_community_is_no_silent_grid() -> None:
    effect = np.ones((26, 21, 25))
    effect[-1] = 0.3
    made = town(np.random.default_rng(6), effect=effect, busy=None, calendar=0.0)
    found = silence.silence(made.counts, made.population)
    assert found.p.min() > 0.005
    assert found.observed.sum() == pytest.approx(found.expected.sum(), rel=0.3)
