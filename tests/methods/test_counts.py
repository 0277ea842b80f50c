"""Expected weekly counts: refusal, causality, intervals, honesty of the p-values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from linli.methods import counts, predictive
from tests.methods.towns import town

MADE = town(np.random.default_rng(11))


def test_less_than_four_weeks_of_history_is_refused() -> None:
    short = counts.expect(MADE.counts[:4], MADE.population[:4])
    assert short.reason == counts.TOO_LITTLE_HISTORY
    assert np.isnan(short.expected).all()
    assert short.weeks_used == 0
    assert counts.expect(MADE.counts[:5], MADE.population[:5]).reason is None
    assert counts.expect(MADE.counts[:5], MADE.population[:5], span=2).reason == counts.TOO_LITTLE_HISTORY


def test_short_history_is_wide() -> None:
    short, long = counts.expect(MADE.counts[-5:], MADE.population[-5:]), counts.expect(MADE.counts, MADE.population)
    assert short.weeks_used == 4
    assert long.weeks_used == 23
    assert np.median(short.spread) > np.median(long.spread)
    assert (short.high - short.low)[3, 4] > (long.high - long.low)[3, 4]


def test_p_and_interval_belong_to_one_distribution() -> None:
    it = counts.expect(MADE.counts, MADE.population)
    assert it.p_high == pytest.approx(predictive.at_least(it.observed, it.expected, it.spread))
    assert (it.p_high[it.observed > it.high] <= 0.025).all()
    assert (it.p_low[it.observed < it.low] <= 0.025).all()
    assert ((it.p_high > 0.025) | (it.observed > it.high)).all()
    assert (it.low <= it.expected).all()
    assert (it.expected <= it.high + 1).all()


def test_every_week_knows_only_what_came_before() -> None:
    changed = MADE.counts.copy()
    changed[-1] = 500
    first = counts.expect_every_week(MADE.counts, MADE.population)
    second = counts.expect_every_week(changed, MADE.population)
    assert len(first) == 26
    assert [it.reason for it in first[:4]] == [counts.TOO_LITTLE_HISTORY] * 4
    for a, b in zip(first[:-1], second[:-1], strict=True):
        assert np.array_equal(a.expected, b.expected, equal_nan=True)
    alone = counts.expect(MADE.counts[:20], MADE.population[:20])
    assert np.array_equal(first[19].p_high, alone.p_high)


def test_the_guarded_weeks_teach_nothing() -> None:
    known = np.ones(26, dtype=bool)
    assert counts.baseline_weeks(26, span=1, guard=2, usable=known).sum() == 23
    assert counts.baseline_weeks(26, span=4, guard=2, usable=known).sum() == 22
    assert counts.baseline_weeks(6, span=1, guard=2, usable=known[:6]).nonzero()[0].tolist() == [0, 1, 2, 3]
    known[[3, 7]] = False
    assert counts.baseline_weeks(26, span=1, guard=2, usable=known).sum() == 21


def test_a_week_without_records_is_left_out_or_refused() -> None:
    known = np.ones(26, dtype=bool)
    known[10] = False
    holed = MADE.counts.copy()
    holed[10] = 0
    it = counts.expect(holed, MADE.population, usable=known)
    assert it.expected.sum() == pytest.approx(counts.expect(MADE.counts, MADE.population).expected.sum(), rel=0.05)
    known[-1] = False
    assert counts.expect(holed, MADE.population, usable=known).reason == counts.NOT_RECORDED


def test_a_grid_without_people_is_not_judged() -> None:
    population = MADE.population.copy()
    population[:, 5] = 0
    it = counts.expect(MADE.counts, population)
    assert np.isnan(it.p_high[5]).all()
    assert np.isnan(it.low[5]).all()
    assert np.isfinite(it.p_high[4]).all()


def test_expected_follows_population() -> None:
    population = MADE.population.copy()
    population[-1, 2] *= 1.5
    grown, before = counts.expect(MADE.counts, population), counts.expect(MADE.counts, MADE.population)
    assert grown.expected[2].sum() / before.expected[2].sum() == pytest.approx(1.5, rel=0.05)


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.int64, st.tuples(st.integers(5, 12), st.integers(1, 5), st.integers(1, 4)), elements=st.integers(0, 60)),
    st.integers(1, 4),
)
def test_whatever_comes_in_chances_are_chances(seen: np.ndarray, span: int) -> None:
    people = np.full(seen.shape[:2], 300)
    it = counts.expect(seen, people, span=span)
    if it.reason is None:
        for p in (it.p_high, it.p_low):
            assert np.isfinite(p).all()
            assert (p >= 0).all()
            assert (p <= 1 + 1e-12).all()
        assert np.isfinite(it.expected).all()
        assert (it.expected > 0).all()
        assert (it.low <= it.high).all()
    else:
        assert np.isnan(it.p_high).all()
        assert seen.shape[0] < span + 4


@pytest.mark.parametrize(
    ("seen", "people"),
    [
        (np.zeros((5, 2)), np.ones((5, 2))),
        (np.zeros((5, 2, 2)), np.ones((5, 3))),
        (-np.ones((5, 2, 2)), np.ones((5, 2))),
        (np.full((5, 2, 2), np.nan), np.ones((5, 2))),
    ],
)
def test_what_does_not_fit_is_refused(seen: np.ndarray, people: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"weeks|counts|finite"):
        counts.expect(seen, people)


def test_span_and_usable_are_checked() -> None:
    with pytest.raises(ValueError, match="span"):
        counts.expect(MADE.counts, MADE.population, span=9)
    with pytest.raises(ValueError, match="usable"):
        counts.expect(MADE.counts, MADE.population, usable=[True])
