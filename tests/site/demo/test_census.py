from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.site.demo import census


@given(st.integers(200, 20_000))
@settings(deadline=None)
def test_the_pool_meets_the_census_totals(people: int) -> None:
    pool = census.pool(people)
    assert pool.shape == (101, 2)
    assert (pool >= 0).all()
    assert pool.sum() == people
    for first, beyond, share in census.BANDS:
        assert abs(pool[first:beyond].sum() - share * people) <= 1
    assert abs(pool[:, 0].sum() - census.MALE * people) <= 2


def test_there_are_more_old_women_than_old_men() -> None:
    pool = census.pool(9000)
    assert pool[75:, 1].sum() > 1.15 * pool[75:, 0].sum()
    assert pool[:15, 0].sum() > pool[:15, 1].sum()


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=30), st.integers(0, 1000))
@settings(deadline=None)
def test_largest_remainder_sums_and_stays_within_one(shares: list[float], total: int) -> None:
    found = census.largest_remainder(np.array(shares), total)
    exact = np.array(shares) / sum(shares) * total
    assert found.sum() == total
    assert (np.abs(found - exact) < 1 + 1e-9).all()


def test_shares_sum_to_one() -> None:
    assert census.age_shares().sum() == pytest.approx(1.0)
