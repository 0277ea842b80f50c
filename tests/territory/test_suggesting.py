"""What would help a grid of a draft, and where it is parted in two."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest
import shapely

from linli.territory.rules.borders import borders
from linli.territory.rules.sheets import Ints, Sheet
from linli.territory.rules.suggesting import Suggestion, half, suggest, widest
from tests.territory.sheets import board, halves


def _suggest(sheet: Sheet, parts: Ints, part: int, *, locked: Collection[int] = ()) -> Suggestion | None:
    return suggest(sheet, parts, part, weight="persons", target=120.0, tolerance=0.05, locked=locked)


def test_what_is_as_wanted_needs_nothing() -> None:
    assert _suggest(board(), halves(), 1) is None


def test_a_grid_that_is_short_is_given_a_cell_from_beside() -> None:
    sheet, parts = board(), halves()
    parts[2] = 2  # the north-east corner of part 1 was given away
    found = _suggest(sheet, parts, 1)
    assert found == Suggestion(2, 2, 1)
    assert _suggest(sheet, parts, 2) == found
    assert _suggest(sheet, parts, 1, locked=[2]) is None
    assert _suggest(sheet, parts, 1, locked=[1]) is None


def test_nothing_is_torn_for_it() -> None:
    # A row of six: the middle cell of the second part would help most, but parts it.
    sheet = board(rows=1, columns=6)
    parts = np.array([1, 2, 2, 2, 2, 2])
    found = suggest(sheet, parts, 1, weight="persons", target=30.0, tolerance=0.05)
    assert found == Suggestion(1, 2, 1)
    torn = np.array([2, 2, 1, 2, 2, 2])
    assert suggest(sheet, torn, 1, weight="persons", target=30.0, tolerance=0.05) in (Suggestion(3, 2, 1), Suggestion(1, 2, 1))


def test_a_grid_of_one_cell_is_not_emptied() -> None:
    sheet, parts = board(rows=1, columns=3), np.array([1, 1, 2])
    assert suggest(sheet, parts, 1, weight="persons", target=40.0, tolerance=0.05) is None


def test_half_of_a_grid_holds_half_of_its_people() -> None:
    sheet, parts = board(), halves()
    west = half(sheet, parts, 1, weight="persons", across=np.array([1.0, 0.0]))
    assert len(west) == 6
    north = half(sheet, parts, 1, weight="persons", across=np.array([0.0, -1.0]))
    assert sorted(north) == [0, 1, 2, 6, 7, 8]
    assert half(sheet, np.arange(1, 25), 3, weight="persons", across=np.array([1.0, 0.0])) == []
    assert half(board(persons=0), parts, 1, weight="persons", across=np.array([0.0, -1.0])) == north


@pytest.mark.parametrize(("rows", "columns", "east"), [(2, 8, True), (8, 2, False)])
def test_a_grid_is_cut_across_its_longer_side(rows: int, columns: int, *, east: bool) -> None:
    sheet = board(rows, columns)
    way = widest(sheet, np.ones(rows * columns, dtype=np.int64), 1)
    assert bool(way[0]) is east


def test_borders_that_are_new_and_that_end() -> None:
    cells = np.array([shapely.box(at, 0, at + 1, 1) for at in range(3)])
    pairs = np.array([[0, 1], [1, 2]])
    fresh, gone = borders(cells, pairs, np.array([1, 2, 2]), np.array([1, 1, 2]))
    assert [(line.length, line.centroid.x) for line in fresh] == [(1.0, 1.0)]
    assert [line.centroid.x for line in gone] == [2.0]
    none, same = borders(cells, pairs, np.array([1, 2, 2]), np.array([5, 7, 7]))
    assert len(none) == len(same) == 0
    assert len(borders(cells, np.empty((0, 2), dtype=np.int64), np.ones(3, dtype=np.int64), np.ones(3))[0]) == 0
