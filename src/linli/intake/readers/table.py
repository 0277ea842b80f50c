"""What every reader gives: headings, rows of text, and the faults of single cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linli.kernel.words import Words, sentence

MISSING_COLUMN = sentence(
    "intake.file.missing_column",
    "The column %(missing)s is missing. The headings in row %(row)s are: %(found)s.",
    "These columns are missing: %(missing)s. The headings in row %(row)s are: %(found)s.",
    count="count",
)
MEND_HEADINGS = sentence(
    "intake.file.mend_headings",
    "Give the column its heading back in the file, or declare a mapping that names the columns as they are now.",
)
DOUBLED_COLUMN = sentence("intake.file.doubled_column", "The heading “%(heading)s” stands twice in row %(row)s.")
ONE_HEADING = sentence(
    "intake.file.one_heading", "Remove or rename one of the two columns, so that it is clear which one counts."
)
NO_ROWS = sentence("intake.file.no_rows", "There is no row below the headings.")
ASK_AGAIN = sentence("intake.file.ask_again", "Ask for the file again; an empty one would say nothing about anybody.")
NO_HEADINGS = sentence("intake.file.no_headings", "Row %(row)s, where the headings should be, is empty.")
MORE_CELLS = sentence("intake.row.more_cells", "The row has %(cells)s cells, the heading has %(headings)s.")
FEWER_CELLS = sentence("intake.row.fewer_cells", "The row has only %(cells)s cells, the heading has %(headings)s.")
QUOTE_CELL = sentence(
    "intake.row.quote_cell", "Put a cell that contains the separator between quotation marks, or mend the row in the source."
)
WHOLE_ROW = sentence("intake.row.whole_row", "The row may have been cut off; compare it with the source.")


@dataclass(frozen=True)
class CellFault:
    """A cell (or a whole row, where ``column`` is None) that the reader could not take as it stands. Columns count from 0."""

    row: int
    column: int | None
    words: Words
    remedy: Words | None = None
    shown: str = ""


PIECE = 20_000
"""So many rows are turned from columns into rows, or back, at a time."""


@dataclass(frozen=True)
class Columns:
    """A file as columns of text. ``numbers``: int64, the rising row numbers; ``columns``: an array of text a heading."""

    numbers: np.ndarray
    columns: list[pa.ChunkedArray]

    def rows(self, at: np.ndarray | None = None) -> Iterator[tuple[int, Sequence[str]]]:
        """The rows (those at the places ``at``, or all) as :class:`Table` yields them."""
        for numbers, columns in self.blocks(at):
            yield from zip(numbers, zip(*columns, strict=True), strict=True)

    def blocks(self, at: np.ndarray | None = None) -> Iterator[tuple[list[int], list[list[str]]]]:
        """The same some thousands at a time: row numbers, and beside them the cells of each column."""
        numbers = self.numbers if at is None else self.numbers[at]
        columns = self.columns if at is None else [column.take(pa.array(at)) for column in self.columns]
        for start in range(0, len(numbers), PIECE):
            yield numbers[start : start + PIECE].tolist(), [column.slice(start, PIECE).to_pylist() for column in columns]

    @classmethod
    def whole(cls, first: int, columns: list[pa.ChunkedArray]) -> Columns:
        """Of all rows of a file, the first of which has the number ``first``; without the empty ones, which count too."""
        wide = np.zeros(len(columns[0]) if columns else 0, np.int64)
        for column in columns:
            wide += pc.binary_length(column).to_numpy()
        numbers = np.arange(first, first + len(wide), dtype=np.int64)
        if (filled := wide > 0).all():
            return cls(numbers, columns)
        return cls(numbers[filled], [column.filter(pa.array(filled)) for column in columns])


@dataclass
class Table:
    """A file as text. ``rows`` yields (row number as a spreadsheet shows it, cells), never an empty row.

    ``faults`` fills while ``rows`` is read: a row that appears there is not to be taken. ``read``: the same rows as columns,
    where the reader could take the whole file at once; they have no faults.
    """

    headings: list[str]
    rows: Iterator[tuple[int, Sequence[str]]]
    heading_row: int = 1
    encoding: str = ""
    faults: dict[int, list[CellFault]] = field(default_factory=dict)
    read: Columns | None = None

    def gather(self) -> Columns:
        """The rows as columns; a row of the wrong width is filled up or cut, and stands among the faults."""
        if self.read is not None:
            return self.read
        wide = len(self.headings)
        numbers: list[int] = []
        pieces: list[list[pa.Array]] = [[] for _ in range(wide)]
        while piece := list(islice(self.rows, PIECE)):
            numbers.extend(number for number, _ in piece)
            even = (cells if len(cells) == wide else [*cells[:wide], *[""] * (wide - len(cells))] for _, cells in piece)
            for column, texts in zip(pieces, zip(*even, strict=True), strict=True):
                column.append(pa.array(texts, pa.large_string()))
        columns = [pa.chunked_array(column, pa.large_string()) for column in pieces]
        self.read = Columns(np.array(numbers, np.int64), columns)
        return self.read

    def fault(self, fault: CellFault) -> None:
        self.faults.setdefault(fault.row, []).append(fault)


def clean_heading(text: str) -> str:
    """A heading without the line ends, doubled spaces and byte order mark that spreadsheets leave in it."""
    return " ".join(text.replace("\ufeff", "").split())


def width_fault(row: int, cells: int, headings: int) -> CellFault:
    """A row with more or fewer cells than there are headings: a cell has slipped, so none of them can be trusted."""
    if cells > headings:
        return CellFault(row, None, Words(MORE_CELLS, {"cells": cells, "headings": headings}), Words(QUOTE_CELL))
    return CellFault(row, None, Words(FEWER_CELLS, {"cells": cells, "headings": headings}), Words(WHOLE_ROW))
