"""Measures against the plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.methods.division import measured, units_of_edges
from linli.methods.division.measures import heaviest_alone, least_deviation, whole
from tests.methods.division.graphs import broken_slowly, deviation_slowly, edges_of, integers, lattice, names, wild


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 30), st.integers(0, 20), st.integers(1, 6), st.integers(0, 10_000))
def test_any_division_is_measured_as_by_hand(many: int, extra: int, parts: int, seed: int) -> None:
    units = wild(many, extra, sigma=0.7, seed=seed)
    part = np.random.default_rng(seed).integers(0, parts, many).astype(np.int32)
    found = measured(units, part, parts)
    column = units.weights["persons"].tolist()
    assert found.broken == broken_slowly(units, integers(part), parts)
    assert found.cut_edges == sum(part[a] != part[b] for a, b in edges_of(units))
    assert found.deviation["persons"] == pytest.approx(deviation_slowly(column, integers(part), parts))
    assert found.polsby_popper is None


def test_compactness_of_squares_and_bars() -> None:
    units = lattice(4, 4)
    quarters = np.array([0, 0, 1, 1] * 2 + [2, 2, 3, 3] * 2, np.int32)
    bars = np.repeat(np.arange(4), 4).astype(np.int32)
    assert measured(units, quarters, 4).mean_polsby_popper == pytest.approx(math.pi / 4)
    assert measured(units, bars, 4).mean_polsby_popper == pytest.approx(4 * math.pi * 4 / 100)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 25), st.integers(0, 15), st.integers(2, 6), st.integers(0, 10_000))
def test_made_whole_every_part_is_one_piece_and_what_was_whole_stays(many: int, extra: int, parts: int, seed: int) -> None:
    units = wild(many, extra, sigma=0.7, seed=seed)
    part = np.random.default_rng(seed).integers(-1, parts, many).astype(np.int32)
    if (part < 0).all():
        part[0] = 0
    made = whole(units, part, parts)
    assert made.min() >= 0
    empty = sum(1 for p in range(parts) if not (made == p).any())
    assert broken_slowly(units, integers(made), parts) == empty
    assert np.array_equal(whole(units, made, parts), made)


def all_divisions(many: int, parts: int) -> list[list[int]]:
    if many == 0:
        return [[]]
    return [[*rest, p] for rest in all_divisions(many - 1, parts) for p in range(parts)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=3, max_size=6), st.integers(2, 3))
def test_the_least_deviation_is_never_above_what_can_be_reached(weights: list[int], parts: int) -> None:
    if not sum(weights):
        weights[0] = 1
    best = min(deviation_slowly(weights, one, parts) for one in all_divisions(len(weights), parts))
    assert least_deviation(np.array(weights, np.float64), parts) <= best + 1e-9


def test_units_that_are_too_heavy_leave_a_mean_for_the_others() -> None:
    which, rest = heaviest_alone(np.array([1.0, 20.0, 1.0, 1.0, 9.0, 1.0, 1.0, 1.0]), 4)
    assert (which.tolist(), rest) == ([1, 4], 3.0)
    assert heaviest_alone(np.array([1.0, 1.1, 1.0]), 3, 0.1)[0].tolist() == []


def test_two_weights() -> None:
    units = units_of_edges(names(4), {"persons": [1, 1, 1, 3], "area": [2, 2, 2, 2]}, [(0, 1), (1, 2), (2, 3)])
    found = measured(units, np.array([0, 0, 1, 1], np.int32), 2)
    assert found.deviation == pytest.approx({"persons": 1 / 3, "area": 0.0})
