"""The readable rows of a file, kept by columns: a million rows as objects with a table of names each would take 1 GB more."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, overload

from linli.intake.kinds import Row

Block = tuple[Sequence[int], Sequence[Sequence[Any]]]
"""Row numbers, and beside them the values of each column."""


class ParsedRows(Sequence[Row]):
    """Rows in the order of the file; each becomes an object where it is asked for."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._blocks: list[Block] = []
        self._ends: list[int] = []

    def add(self, numbers: Sequence[int], columns: Sequence[Sequence[Any]]) -> None:
        """Rows behind those there are: their numbers and the values of each column."""
        if numbers:
            self._blocks.append((numbers, columns))
            self._ends.append(len(self) + len(numbers))

    def let_go(self) -> Iterator[Row]:
        """Every row once; those that were given are forgotten on the way, and none is left behind."""
        blocks = self._blocks[::-1]
        self._blocks, self._ends = [], []
        while blocks:
            yield from self._rows(blocks.pop())

    def _rows(self, block: Block) -> Iterator[Row]:
        numbers, columns = block
        for number, values in zip(numbers, zip(*columns, strict=True), strict=True):
            yield Row(number, dict(zip(self._names, values, strict=True)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Row]:
        for block in self._blocks:
            yield from self._rows(block)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError(at)
        block = bisect_right(self._ends, place)
        numbers, columns = self._blocks[block]
        inside = place - (self._ends[block] - len(numbers))
        return Row(numbers[inside], {name: column[inside] for name, column in zip(self._names, columns, strict=True)})
