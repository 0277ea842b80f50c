"""Controlled rounding adds up, errs by less than its base, and is the nearest there is (against trying every rounding)."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.methods.rounding import CannotRound, controlled


def tables(rows: int, columns: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    sizes = st.tuples(st.integers(1, rows), st.integers(1, columns))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, most), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    )


def nearest(table: list[list[int]], base: int) -> int:
    """The least sum of errors of any additive rounding, by trying every one."""
    cells = np.array(table)
    low = cells // base * base
    best = None
    for ups in product((0, base), repeat=cells.size):
        rounded = low + np.array(ups).reshape(cells.shape)
        pairs = [(cells, rounded), (cells.sum(1), rounded.sum(1)), (cells.sum(0), rounded.sum(0)), (cells.sum(), rounded.sum())]
        if all((np.abs(np.asarray(a) - b) < base).all() for a, b in pairs):
            error = int(sum(np.abs(np.asarray(a) - b).sum() for a, b in pairs))
            best = error if best is None else min(best, error)
    assert best is not None, "Cox: there always is one"
    return best


@given(tables(3, 3, 23), st.sampled_from([3, 5]))
@settings(max_examples=40)
def test_nothing_is_nearer(table: list[list[int]], base: int) -> None:
    found = controlled(table, base)
    cells = np.array(table)
    error = sum(
        np.abs(np.asarray(a) - b).sum()
        for a, b in ((cells, found.cells), (cells.sum(1), found.rows), (cells.sum(0), found.columns), (cells.sum(), found.total))
    )
    assert int(error) == nearest(table, base)


@given(tables(24, 12, 400), st.sampled_from([2, 3, 5, 10]))
@settings(max_examples=60)
def test_it_adds_up_and_errs_by_less_than_the_base(table: list[list[int]], base: int) -> None:
    found, cells = controlled(table, base), np.array(table)
    assert (found.cells.sum(1) == found.rows).all()
    assert (found.cells.sum(0) == found.columns).all()
    assert found.rows.sum() == found.columns.sum() == found.total
    for exact, rounded in ((cells, found.cells), (cells.sum(1), found.rows), (cells.sum(0), found.columns)):
        assert (rounded % base == 0).all()
        assert (np.abs(exact - rounded) < base).all()
        assert (rounded[exact % base == 0] == exact[exact % base == 0]).all()
    assert abs(int(cells.sum()) - found.total) < base
    assert (controlled(table, base).cells == found.cells).all()


def test_row_totals_that_were_rounded_elsewhere_are_kept() -> None:
    table = [[7, 8, 6], [1, 2, 9]]
    assert controlled(table, 5, rows=[25, 10]).rows.tolist() == [25, 10]
    with pytest.raises(CannotRound):
        controlled(table, 5, rows=[40, 10])
    with pytest.raises(CannotRound):
        controlled(table, 5, rows=[21, 10])


@pytest.mark.parametrize("table", [[1, 2], [[-1, 2]], [[0.5]]])
def test_what_is_no_table_of_counts_is_refused(table: object) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        controlled(table, 5)  # type: ignore[arg-type]


def test_small_and_empty_tables() -> None:
    assert controlled(np.zeros((0, 3), np.int64), 5).columns.tolist() == [0, 0, 0]
    assert controlled([[0, 5]], 5).cells.tolist() == [[0, 5]]
    assert controlled([[3]], 1).total == 3
