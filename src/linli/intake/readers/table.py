"""What every reader gives: headings, rows of text, and the faults of single cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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


@dataclass
class Table:
    """A file as text. ``rows`` yields (row number as a spreadsheet shows it, cells), never an empty row.

    ``faults`` fills while ``rows`` is read: a row that appears there is not to be taken.
    """

    headings: list[str]
    rows: Iterator[tuple[int, Sequence[str]]]
    heading_row: int = 1
    encoding: str = ""
    faults: dict[int, list[CellFault]] = field(default_factory=dict)

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
