from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.errors import BadInput, Conflict
from linli.territory.rules import drawing
from linli.territory.rules.drawing import Act, Drawn
from linli.territory.rules.sheets import figures
from tests.territory.sheets import SIDE, board, halves


def test_buildings_move_to_the_grid_beside() -> None:
    drawn = Drawn(halves())
    change = drawing.move(drawn, [2, 8], 2)
    assert change.moved == [(2, 1, 2), (8, 1, 2)]
    parts = drawing.apply(drawn.parts, change.moved)
    assert [row.persons for row in figures(board(), parts, weight="persons", target=120)] == [100, 140]
    assert [row.deviation for row in figures(board(), parts, weight="persons", target=120)] == pytest.approx([-1 / 6, 1 / 6])
    assert (drawing.apply(parts, change.moved, back=True) == drawn.parts).all()


def test_a_grid_that_is_torn_is_seen() -> None:
    parts = drawing.apply(halves(), drawing.move(Drawn(halves()), [1, 7, 13, 19], 2).moved)
    assert {row.part: row.pieces for row in figures(board(), parts, weight="persons", target=120)} == {1: 2, 2: 2}


def test_split_and_merge() -> None:
    drawn = Drawn(halves())
    change = drawing.split(drawn, 1, [0, 1, 2, 3])
    assert change.moved == [(0, 1, 3), (1, 1, 3), (2, 1, 3)], "what lies in another grid stays there"
    parts = drawing.apply(drawn.parts, change.moved)
    back = drawing.merge(board(), Drawn(parts), [3, 1])
    assert (drawing.apply(parts, back.moved) == drawn.parts).all(), "the one with more people keeps its number"
    for wrong in ([], [3, 4], list(range(24))):
        with pytest.raises(BadInput):
            drawing.split(drawn, 1, wrong)
    for few in ([1], [1, 0], [1, 9]):
        with pytest.raises(BadInput):
            drawing.merge(board(), drawn, few)


def test_a_number_that_was_given_is_not_given_again() -> None:
    drawn = Drawn(halves(), next_part=7)
    assert drawing.found(drawn, [5]).moved == [(5, 2, 7)]


def test_a_line_through_one_grid_makes_two() -> None:
    line = np.array([[-5.0, 3 * SIDE], [2 * SIDE, 3 * SIDE]])
    change = drawing.draw_line(board(), Drawn(halves()), [1], line)
    assert {cell for cell, _, _ in change.moved} == {0, 1, 2}, "the smaller side is the new one"
    assert {after for _, _, after in change.moved} == {3}


def test_a_line_moves_the_border_of_two() -> None:
    line = np.array([[4 * SIDE, -10.0], [4 * SIDE, 200.0]])
    change = drawing.draw_line(board(), Drawn(halves()), [1, 2], line)
    assert change.moved == [(cell, 2, 1) for cell in (3, 9, 15, 21)]
    turned = drawing.draw_line(board(), Drawn(halves()), [2, 1], line[::-1])
    assert turned.moved == change.moved, "the way in which it was drawn means nothing"


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ([1], [[0.0, 0.0]]),
        ([1], [[1.0, 1.0], [1.0, 1.0]]),
        ([1], [[0.0, 900.0], [10.0, 900.0]]),
        ([1], [[0.0, float("nan")], [10.0, 9.0]]),
        ([9], [[0.0, 50.0], [10.0, 50.0]]),
        ([], [[0.0, 50.0], [10.0, 50.0]]),
    ],
)
def test_a_line_that_parts_nothing_is_refused(parts: list[int], line: list[list[float]]) -> None:
    with pytest.raises(BadInput):
        drawing.draw_line(board(), Drawn(halves()), parts, np.array(line))


def test_a_crooked_line_parts_along_its_course() -> None:
    step = [[-5.0, 3 * SIDE], [1 * SIDE, 3 * SIDE], [1 * SIDE, 2 * SIDE], [9 * SIDE, 2 * SIDE]]
    change = drawing.draw_line(board(), Drawn(np.ones(24, dtype=np.int64)), [1], np.array(step))
    assert {cell for cell, _, _ in change.moved} == {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11}


def test_a_locked_grid_is_not_changed() -> None:
    drawn = Drawn(halves())
    locked = drawing.lock(drawn, 2, on=True)
    assert (locked.act, locked.locked) == (Act.LOCK, frozenset({2}))
    held = Drawn(halves(), locked.locked)
    for act in (
        lambda: drawing.move(held, [5], 1),
        lambda: drawing.move(held, [0], 2),
        lambda: drawing.split(held, 2, [5]),
        lambda: drawing.merge(board(), held, [1, 2]),
        lambda: drawing.draw_line(board(), held, [1, 2], np.array([[80.0, 0.0], [80.0, 99.0]])),
        lambda: drawing.replace(held, np.ones(24, dtype=np.int64)),
        lambda: drawing.lock(held, 2, on=True),
    ):
        with pytest.raises(Conflict):
            act()
    assert drawing.split(held, 1, [0]).locked == {2}
    assert drawing.lock(held, 2, on=False).locked == frozenset()


@pytest.mark.parametrize("cells", [[], [-1], [24], [0, 99]])
def test_what_is_not_there_is_not_moved(cells: list[int]) -> None:
    with pytest.raises(BadInput):
        drawing.move(Drawn(halves()), cells, 2)
    with pytest.raises(BadInput):
        drawing.move(Drawn(halves()), [0], 5)
    with pytest.raises(Conflict):
        drawing.move(Drawn(halves()), [0], 1)


@given(st.lists(st.tuples(st.lists(st.integers(0, 23), min_size=1, max_size=6), st.integers(0, 2)), max_size=8))
def test_every_step_can_be_taken_back(steps: list[tuple[list[int], int]]) -> None:
    stack, parts = [], halves()
    for cells, to in steps:
        try:
            change = drawing.move(Drawn(parts), cells, to)
        except (Conflict, BadInput):
            continue
        stack.append(change)
        parts = drawing.apply(parts, change.moved)
    for change in reversed(stack):
        parts = drawing.apply(parts, change.moved, back=True)
    assert (parts == halves()).all()
