from __future__ import annotations

import numpy as np

from linli.territory.rules.lineage import Fate, fates, flows, heirs, numbered, people_who_change
from linli.territory.rules.numbering import in_order, out_of_order
from tests.territory.sheets import board, halves

OLD = ["A" if part == 1 else "B" for part in halves()]


def test_nothing_changes_and_every_grid_is_kept() -> None:
    found = flows(board(), OLD, halves())
    assert {(f.source, f.target, f.persons, f.share) for f in found} == {("A", 1, 120, 1.0), ("B", 2, 120, 1.0)}
    assert heirs(found) == {1: "A", 2: "B"}
    assert fates(found, [1, 2]) == {1: Fate.KEPT, 2: Fate.KEPT}
    assert people_who_change(found, heirs(found)) == (0, 240)


def test_the_larger_half_of_a_split_keeps_the_name() -> None:
    parts = halves()
    parts[[0, 1, 6]] = 3
    found = flows(board(), OLD, parts)
    assert heirs(found) == {1: "A", 2: "B"}
    assert fates(found, [1, 2, 3]) == {1: Fate.SPLIT, 2: Fate.KEPT, 3: Fate.NEW}
    assert people_who_change(found, heirs(found)) == (30, 240)
    assert numbered({1: "01", 2: "02"}, [3], ["01", "02", "17"]) == {1: "01", 2: "02", 3: "18"}


def test_numbers_do_not_follow_the_draft_when_most_people_go_over() -> None:
    parts = np.where(halves() == 1, 2, 1)
    assert heirs(flows(board(), OLD, parts)) == {2: "A", 1: "B"}


def test_of_merged_grids_the_larger_lives_on() -> None:
    old = ["A" if at % 6 < 2 else "B" for at in range(24)]
    found = flows(board(), old, np.ones(24, dtype=np.int64))
    assert heirs(found) == {1: "B"}
    assert fates(found, [1]) == {1: Fate.MERGED}


def test_where_nobody_lives_buildings_and_area_count() -> None:
    sheet = board(persons=0)
    parts = halves()
    parts[0] = 2
    found = flows(sheet, OLD, parts)
    assert {(f.source, f.target): round(f.share, 3) for f in found} == {("A", 1): 0.917, ("A", 2): 0.083, ("B", 2): 1.0}
    assert heirs(found) == {1: "A", 2: "B"}


def test_cells_in_no_grid_hand_nothing_over() -> None:
    parts = halves()
    parts[:6] = 0
    found = flows(board(), [None, *OLD[1:]], parts)
    assert {f.target for f in found} == {1, 2}


def test_numbers_go_row_by_row() -> None:
    # Two rows, the upper one a little askew.
    points = np.array([[300.0, 190.0], [100.0, 210.0], [200.0, 205.0], [100.0, 90.0], [300.0, 110.0], [200.0, 100.0]])
    order = in_order(points, np.full(6, 10_000.0))
    assert order == [1, 2, 0, 3, 5, 4]
    assert out_of_order(["03", "01", "02", "04", "06", "05"], order) == []
    assert out_of_order(["03", "01", "02", "22", "06", "05"], order) == [3]
    assert in_order(np.zeros((0, 2)), np.zeros(0)) == []
