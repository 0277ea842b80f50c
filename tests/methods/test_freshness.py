"""Unverified for long, grid against grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from linli.methods import freshness


@given(st.integers(1, 60), st.floats(0.05, 30), st.floats(0.05, 300), st.data())
def test_tail_is_scipys(n: int, a: float, b: float, data: st.DataObject) -> None:
    seen = data.draw(st.integers(0, n))
    assert freshness.beta_binomial_tail(seen, n, a, b) == pytest.approx(stats.betabinom.sf(seen - 1, n, a, b), abs=1e-8)


def test_a_sixth_of_one_grid_shows_in_its_second_round() -> None:
    rng = np.random.default_rng(1)
    residents = rng.integers(300, 550, 21)
    # Two rounds in a row by chance: 1.5 % squared.
    stale = rng.binomial(residents, 0.015**2)
    stale[4] = 60
    found = freshness.freshness(residents, stale)
    assert found.p[4] < 1e-6
    assert found.stale[4] > found.high[4]
    assert found.expected[4] < 2
    assert np.delete(found.p, 4).min() > 0.01


def test_two_grids_in_trouble_do_not_hide_each_other() -> None:
    stale = np.random.default_rng(2).binomial(420, 0.02, 21)
    stale[[3, 9]] = 70
    found = freshness.freshness(np.full(21, 420), stale)
    assert found.p[3] < 1e-4
    assert found.p[9] < 1e-4


def test_a_community_that_is_stale_everywhere_has_no_stale_grid() -> None:
    stale = np.random.default_rng(3).binomial(420, 0.3, 21)
    assert freshness.freshness(np.full(21, 420), stale).p.min() > 0.005


def test_empty_grids_and_lonely_grids() -> None:
    found = freshness.freshness([0, 400, 400, 400, 400], [0, 2, 1, 30, 0])
    assert np.isnan(found.p[0])
    assert np.isnan(found.share[0])
    assert found.p[3] < 0.01
    lonely = freshness.freshness([400, 300], [5, 5])
    assert lonely.reason == "too_few_grids"
    assert np.isnan(lonely.p).all()
    with pytest.raises(ValueError, match="no more"):
        freshness.freshness([4, 4, 4], [5, 0, 0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 600), st.floats(0, 1)), min_size=3, max_size=25))
def test_whatever_comes_in_chances_are_chances(grids: list[tuple[int, float]]) -> None:
    residents = np.array([n for n, _ in grids])
    found = freshness.freshness(residents, np.floor(residents * np.array([share for _, share in grids])))
    assert ((found.p > 0) | (found.stale > found.high)).all()
    assert (found.p <= 1).all()
    assert (found.low <= found.high).all()
    assert (found.high <= residents).all()


def test_honest_when_households_are_missed_together() -> None:
    rng = np.random.default_rng(7)
    hits = []
    for _ in range(60):
        # 160 households of 1 to 5 in each of 21 grids, 4 % of them not met.
        sizes = rng.choice([1, 2, 3, 4, 5], p=[0.25, 0.3, 0.2, 0.15, 0.1], size=(21, 160))
        missed = rng.random((21, 160)) < 0.04
        found = freshness.freshness(sizes.sum(axis=1), (sizes * missed).sum(axis=1))
        hits.append((found.p < 0.05).mean())
    assert np.mean(hits) <= 0.06
