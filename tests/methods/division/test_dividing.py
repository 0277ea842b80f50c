"""Divisions: whole parts, tolerances kept or said why not, on ground of every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.methods.division import Cancelled, Cause, Fault, Unfit, Units, divide, measured, units_of_edges
from tests.methods.division.graphs import broken_slowly, choked, holed, integers, lattice, names, wild


@pytest.mark.parametrize("seed", range(4))
def test_eight_times_eight_squares_make_eight_parts_of_eight(seed: int) -> None:
    made = divide(lattice(8, 8), parts=8, seed=seed)
    assert np.bincount(made.part).tolist() == [8] * 8
    assert (made.broken, made.within, made.shortfall) == (0, True, ())
    assert made.cut_edges <= 36


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 40), st.integers(0, 30), st.floats(0, 2), st.integers(0, 10_000), st.data())
def test_no_part_is_ever_torn_or_empty(many: int, extra: int, sigma: float, seed: int, data: st.DataObject) -> None:
    units = wild(many, extra, sigma=sigma, seed=seed)
    parts = data.draw(st.integers(1, many))
    made = divide(units, parts=parts, seed=seed, time_limit=0.2)
    assert broken_slowly(units, integers(made.part), parts) == made.broken == 0
    assert made.deviation["persons"] >= made.least["persons"] - 1e-9
    assert bool(made.shortfall) != made.within


def ground() -> dict[str, tuple[Units, int]]:
    zeros = lattice(20, 20, sigma=0.8, seed=3)
    nobody = np.random.default_rng(1).random(400) < 0.4
    return {
        "holes": (holed(22, 22, share=0.3, sigma=0.8, seed=1), 12),
        "choke points": (choked(10, sigma=0.5, seed=1), 13),
        "wild": (wild(220, 60, sigma=0.5, seed=2), 10),
        "uneven": (lattice(24, 24, sigma=1.2, seed=2), 16),
        "where nobody lives": (replace(zeros, weights={"persons": np.where(nobody, 0, zeros.weights["persons"])}), 14),
        "everybody beside everybody": (
            units_of_edges(names(30), {"persons": np.arange(1.0, 31.0)}, [(a, b) for a in range(30) for b in range(a)]),
            5,
        ),
        "few large parts": (lattice(40, 40, sigma=0.8), 3),
    }


@pytest.mark.parametrize("kind", list(ground()))
def test_ground_of_every_kind_keeps_its_tolerance(kind: str) -> None:
    units, parts = ground()[kind]
    made = divide(units, parts=parts, seed=5)
    assert broken_slowly(units, integers(made.part), parts) == 0
    assert made.within, made.deviation
    assert made.shortfall == ()


def test_two_weights_at_once() -> None:
    units = lattice(40, 40, sigma=0.8, area=True)
    made = divide(units, parts=32, tolerance={"persons": 0.05, "area": 0.2})
    assert made.within
    assert made.broken == 0


def test_the_same_seed_gives_the_same_division() -> None:
    units = holed(20, 20, share=0.2, sigma=0.6, seed=4)
    one, again, other = (divide(units, parts=9, seed=seed).part for seed in (7, 7, 8))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_it_cuts_less_than_a_plain_split() -> None:
    units = lattice(30, 30, sigma=0.5)
    bars = np.repeat(np.arange(15), 60).astype(np.int32)
    made = divide(units, parts=15)
    assert made.cut_edges < 0.7 * measured(units, bars, 15).cut_edges
    assert made.mean_polsby_popper is not None
    assert made.mean_polsby_popper > 0.6


def test_a_border_along_a_barrier_is_preferred() -> None:
    wide, high = 20, 10
    plain = lattice(wide, high, sigma=0.3, seed=1)
    river = (np.minimum(plain.tails, plain.neighbours) % wide == 12) & (np.abs(plain.tails - plain.neighbours) == 1)
    units = replace(plain, crossing=np.where(river, 2.0, 0.0))
    spanned = [
        int((river & (part[units.tails] == part[units.neighbours])).sum()) // 2
        for part in (divide(one, parts=5, tolerance={"persons": 0.15}).part for one in (plain, units))
    ]
    assert spanned[1] <= 2 < spanned[0]


def test_a_unit_heavier_than_a_part_may_be_is_named() -> None:
    units = lattice(12, 12)
    weights = np.ones(144)
    weights[30] = 60.0
    made = divide(replace(units, weights={"persons": weights}), parts=8)
    mean = weights.sum() / 8
    (short,) = made.shortfall
    assert short.cause is Cause.LARGE_UNIT
    assert short.units == ("u30",)
    assert short.deviation == pytest.approx(made.deviation["persons"]) == pytest.approx(60 / mean - 1)
    assert short.least == pytest.approx(60 / mean - 1)
    assert np.bincount(made.part)[made.part[30]] == 1
    # The others share the rest alike.
    rest = made.held["persons"][np.arange(8) != made.part[30]]
    assert np.abs(rest / rest.mean() - 1).max() <= 0.05
    assert short.others == pytest.approx(np.abs(rest / mean - 1).max())


def test_what_no_division_can_reach_is_said() -> None:
    star = units_of_edges(names(30), {"persons": np.ones(30)}, [(0, at) for at in range(1, 30)])
    made = divide(star, parts=3)
    assert made.broken == 0
    assert [short.cause for short in made.shortfall] == [Cause.NOT_FOUND]
    path = units_of_edges(names(103), {"persons": np.ones(103)}, [(at, at + 1) for at in range(102)])
    made = divide(path, parts=10, tolerance={"persons": 0.01})
    assert [short.cause for short in made.shortfall] == [Cause.INDIVISIBLE]
    assert sorted(np.bincount(made.part).tolist()) == [10] * 7 + [11] * 3


def test_a_time_limit_gives_whole_parts() -> None:
    units = lattice(40, 40, sigma=1.0)
    made = divide(units, parts=64, tolerance={"persons": 0.001}, time_limit=1e-6)
    assert made.broken == 0
    assert [short.cause for short in made.shortfall] == [Cause.TIME]


def test_progress_is_told_and_may_stop() -> None:
    units = lattice(20, 20, sigma=0.5)
    told: list[tuple[float, float]] = []
    divide(units, parts=8, progress=lambda done, worst: told.append((done, worst)))
    shares = [done for done, _ in told]
    assert len(told) > 50
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    with pytest.raises(Cancelled):
        divide(units, parts=8, progress=lambda done, worst: done < 0.1)


def test_one_part_and_as_many_as_units() -> None:
    units = lattice(4, 3)
    assert divide(units, parts=1).part.tolist() == [0] * 12
    assert sorted(divide(units, parts=12).part.tolist()) == list(range(12))


def moved_at_random(units: Units, share: float, seed: int) -> Units:
    """A share of the persons of every unit goes to units at random, in households of a thousandth of the whole share."""
    random = np.random.default_rng(seed)
    before = units.weights["persons"]
    going = share * before.sum()
    arrived = random.multinomial(1000, np.full(len(units), 1 / len(units))) * going / 1000
    return replace(units, weights={"persons": before * (1 - share) + arrived})


@pytest.mark.parametrize("share", [0.02, 0.05])
@pytest.mark.parametrize("seed", [1, 2])
def test_after_people_moved_few_change_grid(share: float, seed: int) -> None:
    units = lattice(45, 45, sigma=0.8, seed=seed)
    before = divide(units, parts=40, tolerance={"persons": share})
    after = moved_at_random(units, 0.03, seed)
    made = divide(after, parts=40, tolerance={"persons": share}, previous=before.part)
    assert made.within
    assert made.broken == 0
    assert made.moved is not None
    assert made.moved["persons"] <= 0.05


def test_nothing_moves_where_nothing_must() -> None:
    units = lattice(20, 20, sigma=0.5)
    before = divide(units, parts=9)
    again = divide(units, parts=9, previous=before.part)
    assert again.moved is not None
    assert again.moved["persons"] <= 0.01


def test_a_previous_division_with_holes_pieces_and_other_counts() -> None:
    units = lattice(20, 20, sigma=0.5)
    before = divide(units, parts=10).part
    torn = before.copy()
    torn[[0, 5, 399]] = [before[399], -1, before[0]]
    for parts, given_ in ((10, torn), (12, torn), (10, np.where(before == 3, -1, before))):
        made = divide(units, parts=parts, previous=given_)
        assert made.broken == 0
        assert made.within
    with pytest.raises(Unfit) as raised:
        divide(units, parts=9, previous=before)
    assert raised.value.fault is Fault.PREVIOUS


def test_fixed_units_are_where_they_must_be() -> None:
    units = lattice(20, 20, sigma=0.5)
    fixed = np.full(400, -1)
    fixed[[0, 19]] = 0
    fixed[[380, 399]] = 1
    fixed[210] = 7
    for previous in (None, divide(units, parts=9, seed=3).part):
        made = divide(units, parts=9, fixed=fixed, previous=previous)
        assert (made.part[fixed >= 0] == fixed[fixed >= 0]).all()
        assert made.broken == 0
        assert made.within


def test_a_locked_part_keeps_all_its_units() -> None:
    units = lattice(20, 20, sigma=0.5)
    before = divide(units, parts=9).part
    fixed = np.where(before == 4, 4, -1)
    made = divide(units, parts=9, fixed=fixed, previous=before)
    assert np.array_equal(made.part[before == 4], before[before == 4])


def test_what_is_fixed_may_leave_no_way() -> None:
    path = units_of_edges(names(5), {"persons": np.ones(5)}, [(0, 1), (1, 2), (2, 3), (3, 4)])
    for fixed, parts in (([0, -1, 1, -1, 0], 2), ([0, 0, 0, 0, -1], 3), ([0, -1, -1, -1, 5], 2)):
        with pytest.raises(Unfit) as raised:
            divide(path, parts=parts, fixed=np.array(fixed))
        assert raised.value.fault is Fault.FIXED


def test_a_time_limit_that_is_far_off_changes_nothing() -> None:
    units = lattice(20, 20, sigma=0.5)
    one, other = (divide(units, parts=9, time_limit=limit).part for limit in (None, 3600.0))
    assert np.array_equal(one, other)
