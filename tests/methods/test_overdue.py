"""Unresolved and past their limit, against the community's own rate."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from linli.methods import overdue


def test_against_all_ways_to_mark_the_cases() -> None:
    # Ten cases, four marked, three of the ten in grid 0: list every way.
    ways = list(combinations(range(10), 4))
    found = overdue.excess([[2], [2]], [[3], [7]])
    here = sum(sum(case < 3 for case in way) >= 2 for way in ways) / len(ways)
    assert found.p[0, 0] == pytest.approx(here)
    assert found.expected[0, 0] == pytest.approx(sum(sum(case < 3 for case in way) for way in ways) / len(ways))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_by_grid_is_the_sum_over_matters(data: st.DataObject) -> None:
    total = data.draw(hnp.arrays(np.int64, (3, 2), elements=st.integers(0, 6)))
    marked = np.array([[data.draw(st.integers(0, int(n))) for n in row] for row in total])
    found = overdue.excess_by_grid(marked, total)
    for grid in range(3):
        strata = [m for m in range(2) if 0 < total[grid, m] < total[:, m].sum()]
        if not strata:
            assert np.isnan(found.p[grid])
            continue
        chance, seen = 0.0, sum(marked[grid, m] for m in strata)
        for way in product(*(range(int(total[grid, m]) + 1) for m in strata)):
            if sum(way) >= seen:
                each = 1.0
                for k, m in zip(way, strata, strict=True):
                    everything, all_marked, here = int(total[:, m].sum()), int(marked[:, m].sum()), int(total[grid, m])
                    each *= comb(all_marked, k) * comb(everything - all_marked, here - k) / comb(everything, here)
                chance += each
        assert found.p[grid] == pytest.approx(chance, abs=1e-9)


def test_slow_matters_do_not_make_a_slow_grid() -> None:
    # Matter 0 is always late, matter 1 never; grid 0 has mostly matter 0.
    total = np.array([[20, 2], [2, 20], [2, 20]])
    found = overdue.excess_by_grid(total * [1, 0], total)
    assert found.p == pytest.approx(1.0)
    assert found.expected == pytest.approx(found.observed)


def test_a_grid_that_waits_longer_is_found() -> None:
    total = np.full((21, 3), 6)
    marked = np.ones_like(total)
    marked[5] = 4
    found = overdue.excess_by_grid(marked, total)
    assert found.p[5] < 1e-3
    assert found.observed[5] > found.high[5]
    assert np.delete(found.p, 5).min() > 0.2
    assert overdue.excess(marked, total).p[5].max() < 0.05


def test_nothing_to_compare() -> None:
    found = overdue.excess([[0, 3], [0, 0]], [[0, 5], [0, 0]])
    assert np.isnan(found.p).all()
    assert np.isnan(found.low).all()
    for marked, total in (([[2]], [[1]]), ([[0.5]], [[1]]), ([1], [1])):
        with pytest.raises(ValueError, match="marked"):
            overdue.excess(marked, total)
