"""q-values against their definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from linli.methods import discovery

chances = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def by_definition(p: list[float], penalty: float = 1.0) -> list[float]:
    """The smallest level at which each test is still rejected by the step-up rule."""
    m = len(p)
    result = []
    for own in p:
        at_least_as_large = [other for other in p if other >= own]
        result.append(min(1.0, min(m * penalty * x / sum(other <= x for other in p) for x in at_least_as_large)))
    return result


@given(chances)
def test_benjamini_hochberg_is_its_definition_and_scipys(p: list[float]) -> None:
    assert discovery.adjusted(p) == pytest.approx(by_definition(p))
    assert discovery.adjusted(p) == pytest.approx(stats.false_discovery_control(p))


@given(chances)
def test_benjamini_yekutieli(p: list[float]) -> None:
    harmonic = sum(1 / i for i in range(1, len(p) + 1))
    assert discovery.adjusted(p, method="by") == pytest.approx(by_definition(p, harmonic))


@given(chances, st.integers(0, 5))
def test_what_was_not_judged_is_no_test(p: list[float], gaps: int) -> None:
    mixed = discovery.adjusted([*p, *[np.nan] * gaps])
    assert np.isnan(mixed[len(p) :]).all()
    assert mixed[: len(p)] == pytest.approx(discovery.adjusted(p))


@given(chances, st.floats(0.1, 10))
def test_equal_weights_are_no_weights(p: list[float], weight: float) -> None:
    assert discovery.adjusted(p, weights=weight) == pytest.approx(discovery.adjusted(p))


@given(st.lists(st.one_of(st.floats(0, 300), st.just(float("nan"))), min_size=1, max_size=60))
def test_volume_weights_have_mean_one_and_leave_no_test_out(expected: list[float]) -> None:
    weight = discovery.volume_weights(expected)
    judged = ~np.isnan(expected)
    assert (weight > 0).all()
    assert (weight[~judged] == 1).all()
    if judged.any():
        assert weight[judged].mean() == pytest.approx(1.0)
        assert weight.min() >= 0.2 - 1e-12


def test_shape_stays_and_nonsense_is_refused() -> None:
    assert discovery.adjusted(np.full((3, 4), 0.5)).shape == (3, 4)
    assert discovery.adjusted([]).size == 0
    calls: list[Callable[[], object]] = [
        lambda: discovery.adjusted([1.2]),
        lambda: discovery.adjusted([0.2], weights=[0.0]),
        lambda: discovery.combined([0.2], [0.3], shares=(0.5, 0.6)),
        lambda: discovery.adjusted([0.2], method="other"),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"p-value|weights|method|shares"):
            call()


def test_several_looks_are_paid_for() -> None:
    got = discovery.combined([0.01, 0.6, np.nan, np.nan], [0.5, 0.9, 0.02, np.nan])
    assert got[:3] == pytest.approx([0.02, 1.0, 0.02])
    assert np.isnan(got[3])
    assert discovery.combined([0.01, 0.03], [0.5, np.nan], shares=(0.25, 0.75)) == pytest.approx([0.04, 0.03])
