"""Rows kept by columns are the same rows as a list of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linli.intake import ParsedRows, Row

BLOCKS = st.lists(st.lists(st.tuples(st.integers(), st.text(max_size=3)), max_size=5), max_size=4)


@given(BLOCKS, st.integers(-25, 25), st.slices(20))
def test_they_are_what_a_list_of_them_is(blocks: list[list[tuple[int, str]]], at: int, some: slice) -> None:
    rows, plain = ParsedRows(["one", "other"]), list[Row]()
    for block in blocks:
        numbers = list(range(len(plain), len(plain) + len(block)))
        rows.add(numbers, list(zip(*block, strict=True)))
        plain += [Row(number, {"one": one, "other": other}) for number, (one, other) in zip(numbers, block, strict=True)]
    assert (len(rows), list(rows), rows[some]) == (len(plain), plain, plain[some])
    if -len(plain) <= at < len(plain):
        assert rows[at] == plain[at]
    assert list(rows.let_go()) == plain
    assert (len(rows), list(rows)) == (0, [])
