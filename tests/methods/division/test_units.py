"""What can't be divided is said: which units, how many, of what sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linli.methods.division import Fault, Unfit, divide, units_of_edges
from tests.methods.division.graphs import edges_of, lattice

PAIRS = [(0, 1), (1, 2), (2, 3)]
IDS = ["a", "b", "c", "d"]
ONES = {"persons": [1.0, 1.0, 1.0, 1.0]}


def fault(*given: object, **more: object) -> Unfit:
    with pytest.raises(Unfit) as raised:
        units_of_edges(*given, **more)  # type: ignore[arg-type]
    return raised.value


def test_pairs_count_once_whichever_way_they_stand() -> None:
    units = units_of_edges(IDS, ONES, [(0, 1), (1, 0), (2, 1), (2, 3), (3, 3)], borders=[2, 5, 1, 1, 9])
    assert edges_of(units) == {(0, 1), (1, 2), (2, 3)}
    assert units.edges == 3
    assert units.borders[units.indptr[0]] == 5
    assert np.array_equal(units.tails, [0, 1, 1, 2, 2, 3])


def test_no_units_and_no_adjacency() -> None:
    assert fault([], {"persons": []}, []).fault is Fault.EMPTY
    missing = fault(IDS, ONES, [])
    assert (missing.fault, missing.count) == (Fault.NO_ADJACENCY, 4)
    assert len(units_of_edges(["a"], {"persons": [1.0]}, [])) == 1


def test_a_name_twice() -> None:
    found = fault(["a", "b", "a", "d"], ONES, PAIRS)
    assert (found.fault, found.units) == (Fault.DOUBLED, ("a",))


def test_an_edge_to_nobody() -> None:
    assert fault(IDS, ONES, [(0, 1), (1, 4)]).fault is Fault.UNKNOWN_UNIT


@pytest.mark.parametrize(
    ("weights", "kind", "who"),
    [
        ([1.0, -2.0, 1.0, 1.0], Fault.NEGATIVE, ("b",)),
        ([1.0, float("nan"), 1.0, float("inf")], Fault.NOT_A_NUMBER, ("b", "d")),
        ([0.0, 0.0, 0.0, 0.0], Fault.ALL_ZERO, ()),
        ([1.0, 1.0], Fault.SHAPE, ()),
    ],
)
def test_weights_that_cannot_be(weights: list[float], kind: Fault, who: tuple[str, ...]) -> None:
    found = fault(IDS, {"persons": weights}, PAIRS)
    assert (found.fault, found.units) == (kind, who)


def test_some_units_may_hold_nothing() -> None:
    units = units_of_edges(IDS, {"persons": [2.0, 0.0, 0.0, 2.0]}, PAIRS)
    assert divide(units, parts=2).deviation == {"persons": 0.0}


def test_units_without_a_neighbour_are_named() -> None:
    found = fault([*IDS, "e", "f"], {"persons": [1.0] * 6}, PAIRS)
    assert (found.fault, found.units, found.sizes) == (Fault.ISOLATED, ("e", "f"), (4, 1, 1))


def test_pieces_are_reported_with_their_sizes() -> None:
    found = fault([*IDS, "e", "f", "g"], {"persons": [1.0] * 7}, [*PAIRS, (4, 5), (5, 6)])
    assert (found.fault, found.units, found.sizes) == (Fault.DISCONNECTED, ("e", "f", "g"), (4, 3))
    assert "4, 3 units" in str(found)


def test_measures_must_fit() -> None:
    assert fault(IDS, ONES, PAIRS, borders=[1.0]).fault is Fault.SHAPE
    assert fault(IDS, ONES, PAIRS, areas=[1.0, 1.0]).fault is Fault.SHAPE
    assert fault(IDS, ONES, PAIRS, crossing=[1.0, -1.0, 1.0]).fault is Fault.NOT_A_NUMBER
    assert fault(IDS, {}, PAIRS).fault is Fault.SHAPE


def test_other_weights_on_the_same_ground_are_checked_too() -> None:
    with pytest.raises(Unfit):
        replace(lattice(3, 3), weights={"persons": np.full(9, -1.0)})


@pytest.mark.parametrize("parts", [0, -1, 5])
def test_parts_that_cannot_be(parts: int) -> None:
    with pytest.raises(Unfit, match="1 to 4 parts"):
        divide(units_of_edges(IDS, ONES, PAIRS), parts=parts)


@pytest.mark.parametrize("share", [-0.1, float("nan"), float("inf")])
def test_tolerances_that_cannot_be(share: float) -> None:
    with pytest.raises(Unfit, match="tolerance"):
        divide(units_of_edges(IDS, ONES, PAIRS), parts=2, tolerance={"persons": share})
    with pytest.raises(Unfit, match="no weight 'area'"):
        divide(units_of_edges(IDS, ONES, PAIRS), parts=2, tolerance={"area": 0.1})
