"""What the components of the pages are made of: small frozen records that a view fills and a template tag draws.

Texts are words ready to read (str or lazy translation); numbers are given as numbers and written by the component.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise

from linli.faces.charts import Sparkline

Text = str | Promise


@dataclass(frozen=True)
class Step:
    """One of the steps of a line. ``state``: done, open (here now), waiting (not yet), stopped (failed). ``href`` makes
    ``text`` a link.
    """

    name: Text
    text: Text = ""
    state: str = "waiting"
    href: str | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a matrix. ``level`` 1 to 3: good, darker is more; ``state``: "" good, due (stale or low), absent (nothing
    arrived), none (there is nothing of the kind here). ``label`` says the same in words for those who hear the table.
    """

    text: Text
    level: int = 1
    state: str = ""
    href: str | None = None
    label: Text = ""


@dataclass(frozen=True)
class MatrixRow:
    name: Text
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Matrix:
    """Rows are measures, columns grids."""

    columns: Sequence[str]
    rows: Sequence[MatrixRow]
    caption: Text = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{row.name}: {len(row.cells)} cells for {len(self.columns)} columns")


@dataclass(frozen=True)
class Part:
    """One part of a sum. ``bad`` colours it (refused rows)."""

    number: int
    text: Text
    bad: bool = False
    href: str | None = None


@dataclass(frozen=True)
class Pager:
    """Which part of a list this is, and the ways on. ``first`` and ``last`` count from 1; ``total`` None: not known."""

    first: int
    last: int
    total: int | None = None
    previous_url: str | None = None
    next_url: str | None = None


@dataclass(frozen=True)
class Tab:
    name: Text
    url: str
    here: bool = False
    count: int | None = None


@dataclass(frozen=True)
class FindingRow:
    """One line of the focus board. ``remarks``: short words after the grid (New, 2nd week); without ``owner`` there is
    ``decide_url``.
    """

    rank: int
    title: Text
    url: str
    reason: Text
    grid: str = ""
    grid_name: Text = ""
    grave: Text = ""
    remarks: Sequence[Text] = ()
    new: bool = False
    sparkline: Sparkline | None = None
    owner: Text | None = None
    due: Text = ""
    decide_url: str | None = None


@dataclass(frozen=True)
class Event:
    """One fact of a timeline. ``state``: "" happened, next, ended, unsure, paused (the clock stood until the event above)."""

    at: date | datetime | str
    title: Text
    text: Text = ""
    told: Text = ""
    state: str = ""
    grave: bool = False


@dataclass(frozen=True)
class Clock:
    """How much of a limit is used. ``share`` 0 to 1 (more is over); ``state``: "", over, paused, parked. ``text`` says it
    in words.
    """

    text: Text
    share: float
    state: str = ""

    @property
    def width(self) -> str:
        return f"{min(max(self.share, 0.0), 1.0) * 112:.1f}"


@dataclass(frozen=True)
class Column:
    """A column of a data table. ``kind``: "" or "number" (right-aligned). ``said``: its head is written before the value where
    a ``flow`` table runs on in one line.
    """

    head: Text
    kind: str = ""
    said: bool = False


@dataclass(frozen=True)
class Entry:
    """A table cell. ``value`` int or float is written as a number. ``tone``: "", strong, mute, high, low, due, done."""

    value: Any
    href: str | None = None
    tone: str = ""
    small: Text = ""


@dataclass(frozen=True)
class Table:
    """A table. The first cell of a row is its head. Plain values may stand for :class:`Entry`. ``narrow`` says what becomes of it
    on a narrow screen: "stack" (a line a cell), "flow" (the cells follow each other; for long lists), "keep" (a table it stays;
    for a few short figures).
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    caption: Text = ""
    total: Sequence[Any] = ()
    light: bool = False
    narrow: str = "stack"

    @property
    def lines(self) -> list[list[tuple[Column, Entry]]]:
        return [self._line(row) for row in self.rows]

    @property
    def total_line(self) -> list[tuple[Column, Entry]]:
        return self._line(self.total)

    def _line(self, row: Sequence[Any]) -> list[tuple[Column, Entry]]:
        entries = [value if isinstance(value, Entry) else Entry(value) for value in row]
        return list(zip(self.columns, entries, strict=True)) if entries else []


@dataclass(frozen=True)
class MapRow:
    """One line of a map's list twin. ``sign``: "", above, below; ``seen`` None is withheld; ``low``/``high`` None: can't tell."""

    label: str
    name: Text = ""
    seen: float | None = None
    low: float | None = None
    high: float | None = None
    sign: str = ""
    href: str | None = None


@dataclass(frozen=True)
class MapList:
    """The list twin of a map: what the numbers are called, and a row per grid."""

    rows: Sequence[MapRow]
    seen_head: Text = ""
    expected_head: Text = ""
    columns: int = 3

    @property
    def parts(self) -> list[Sequence[MapRow]]:
        """The rows in ``columns`` parts of nearly equal length, in order."""
        size = -(-len(self.rows) // self.columns) or 1
        return [self.rows[start : start + size] for start in range(0, len(self.rows), size)]

    @property
    def judged(self) -> bool:
        return any(row.low is not None for row in self.rows)
