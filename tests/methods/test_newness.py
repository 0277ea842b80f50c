"""A matter in a place where there was none."""

from __future__ import annotations

import numpy as np

from linli.methods import newness
from tests.methods.towns import town


def quiet_town(seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    made = town(np.random.default_rng(seed))
    counts = made.counts.copy()
    counts[:, 5, 9] = 0
    return counts, made.population


def test_from_nothing_to_six() -> None:
    counts, population = quiet_town()
    counts[-1, 5, 9] = 6
    found = newness.newness(counts, population)
    assert found.new[5, 9]
    assert found.p[5, 9] < 1e-4
    assert found.observed[5, 9] == 6
    assert found.expected[5, 9] < 1
    assert found.span[5, 9] == 1
    assert found.high[5, 9] < 6


def test_it_is_still_new_in_its_second_week() -> None:
    counts, population = quiet_town()
    counts[-2:, 5, 9] = 5
    found = newness.newness(counts, population)
    assert found.new[5, 9]
    assert found.span[5, 9] == 2
    assert found.observed[5, 9] == 10


def test_what_was_there_before_is_not_new() -> None:
    counts, population = quiet_town()
    counts[-5, 5, 9] = 1
    counts[-1, 5, 9] = 6
    found = newness.newness(counts, population)
    assert not found.new[5, 9]
    assert np.isnan(found.p[5, 9])
    assert found.span[5, 9] == 0


def test_quiet_and_still_quiet_counts_as_a_test_that_found_nothing() -> None:
    counts, population = quiet_town()
    found = newness.newness(counts, population)
    assert found.tested[5, 9]
    assert not found.new[5, 9]
    assert found.p[5, 9] == 1


def test_one_report_is_no_news() -> None:
    counts, population = quiet_town()
    counts[-1, 5, 9] = 1
    found = newness.newness(counts, population)
    assert found.p[5, 9] == 1
    assert not found.new[5, 9]


def test_without_history_nothing_is_new() -> None:
    counts, population = quiet_town()
    found = newness.newness(counts[:4], population[:4])
    assert found.reason == "too_little_history"
    assert not found.new.any()
    assert np.isnan(found.p).all()
