"""From a file to parsed rows: headings matched, cells parsed, each unusable row given its reason. Reads, writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from linli.intake.kinds import Field, Kind, Outcome, Recognised, Verdict
from linli.intake.mapping import Definition
from linli.intake.parsed import ParsedRows
from linli.intake.prints import Prints, prints_of, purpose_of, recognise_rows
from linli.intake.readers import open_table
from linli.intake.readers.table import (
    ASK_AGAIN,
    DOUBLED_COLUMN,
    MEND_HEADINGS,
    MISSING_COLUMN,
    NO_ROWS,
    ONE_HEADING,
    CellFault,
    Table,
)
from linli.intake.rules import MISSING_ROWS, TELL_US, adds_up, mask, shown_headings
from linli.intake.tally import Results
from linli.kernel.errors import BadInput, LinliError, Where
from linli.kernel.words import Words, sentence

EMPTY_CELL = sentence("intake.row.empty_cell", "The cell is empty, and this must be known.")
FILL_CELL = sentence("intake.row.fill_cell", "Fill it in the source and send the row again.")
OTHER_COMMUNITY = sentence("intake.row.other_community", "The row belongs to another community.")
ALL_OTHERS = sentence("intake.file.other_community", "Every row of this file belongs to another community (column “%(column)s”).")
RIGHT_COMMUNITY = sentence(
    "intake.file.right_community", "Take it in there, or ask for the file of this community. Nothing was taken in."
)
NOTHING_MAPPED = sentence("intake.file.nothing_mapped", "None of the columns that the mapping reads is in this file.")

_SHOWN = 200
_REMEMBERED = 50_000
_LONG_NUMBER = re.compile(r"(?:\d[ -]?){11}")


class InternalFault(LinliError):
    """The program contradicts itself; nothing was written."""

    status = 500


@dataclass(frozen=True)
class Reading:
    """A file as the kind will see it: the rows to be looked at, the outcome of each that can't be, and the rows recognised.

    ``numbers``: int64, of every row; ``prints``: of every row, where the kind recalls.
    """

    numbers: np.ndarray
    rows: ParsedRows
    refused: list[Outcome]
    ignored: tuple[str, ...]
    encoding: str
    recognised: Recognised
    prints: Prints | None = None


def fingerprint(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_file(
    path: Path,
    definition: Definition,
    kind: Kind,
    *,
    file_name: str,
    community: UUID | None = None,
    declared: Mapping[str, Any] | None = None,
) -> Reading:
    """Parse a file for ``kind``. BadInput where the whole of it is unusable; a faulty cell refuses its row alone.

    With a ``community`` and the mapping as it was ``declared``, a kind that recalls is spared the rows that it knows.
    """
    table = open_table(path, definition, file_name=file_name)
    places = match_columns(table, definition, file_name=file_name)
    cells = [_Cell(kind.field(name), places[name], definition) for name in definition.columns if name in places]
    if not cells:
        raise BadInput(NOTHING_MAPPED, where=Where(file=file_name, row=table.heading_row), remedy=MEND_HEADINGS)
    prints, recognised = None, Recognised.none()
    read = table.gather()
    numbers = read.numbers
    if kind.recalls and community is not None and len(numbers):
        chosen = sorted(name for name in places if name not in kind.volatile)
        purpose = purpose_of(definition.name, declared or {}, chosen)
        at = [places[name] for name in chosen]
        prints = prints_of(community, definition.name, purpose, read, at, table.faults)
        recognised = recognise_rows(community, prints)
    texts = _Texts(definition, places, cells, table)
    for block in read.blocks(np.flatnonzero(~np.isin(numbers, recognised.rows)) if len(recognised) else None):
        texts.take(*block)
    if not len(numbers):
        raise BadInput(NO_ROWS, where=Where(file=file_name, row=table.heading_row + 1), remedy=ASK_AGAIN)
    mine = texts.mine
    if mine.strangers == len(numbers):
        raise BadInput(ALL_OTHERS, where=Where(file=file_name, column=mine.column), remedy=RIGHT_COMMUNITY, column=mine.column)
    used = {*places.values()}
    ignored = tuple(heading for place, heading in enumerate(table.headings) if place not in used and heading)
    return Reading(numbers, texts.rows, texts.refused, ignored, table.encoding, recognised, prints)


class _Texts:
    """Rows of text becoming rows of values, or refused."""

    def __init__(self, definition: Definition, places: Mapping[str, int], cells: Sequence[_Cell], table: Table) -> None:
        self.mine = _Mine(definition, places)
        self.cells = cells
        self.table = table
        self.rows = ParsedRows([cell.name for cell in cells])
        self.refused: list[Outcome] = []

    def take(self, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> None:
        """Some thousands of rows: column by column, since a column's cells are often alike; what is faulty, row by row."""
        values = [cell.all(columns[cell.place]) for cell in self.cells]
        faulty = {at for cell, column in zip(self.cells, values, strict=True) for at in cell.faulty(column)}
        if self.mine.place >= 0:
            faulty |= self.mine.strange(columns[self.mine.place])
        if self.table.faults:
            faulty |= {at for at, number in enumerate(numbers) if number in self.table.faults}
        refused = set()
        for at in sorted(faulty):
            texts, row = [column[at] for column in columns], [column[at] for column in values]
            if told := self._refusal(numbers[at], texts, row):
                refused.add(at)
                self.refused.append(told)
        if not refused:
            self.rows.add(numbers, values)
            return
        left = [at for at in range(len(numbers)) if at not in refused]
        self.rows.add([numbers[at] for at in left], [[column[at] for at in left] for column in values])

    def _refusal(self, number: int, texts: Sequence[str], values: Sequence[Any]) -> Outcome | None:
        """None where the reader's fault lies in a column that nobody reads."""
        told = _told(self.table.faults.get(number, ()), self.cells, self.table)
        if told:
            return told
        if not self.mine.holds(texts):
            words, remedy = Words(OTHER_COMMUNITY), Words(RIGHT_COMMUNITY)
            return Outcome(number, Verdict.REFUSED, words, remedy, column=self.mine.column)
        return _faults(number, texts, self.cells, values)


def match_columns(table: Table, definition: Definition, *, file_name: str) -> dict[str, int]:
    """Field name → place of its column. BadInput names the missing headings, and what was found, or the doubled one."""
    where = Where(file=file_name, row=table.heading_row)
    missing = [heading for heading in definition.needed if heading not in table.headings]
    if missing:
        raise BadInput(
            MISSING_COLUMN,
            where=where,
            remedy=MEND_HEADINGS,
            missing=", ".join(missing),
            found=shown_headings(table.headings, {*definition.columns.values(), *definition.headings}),
            row=table.heading_row,
            count=len(missing),
        )
    read = {*definition.columns.values(), *definition.headings, *([definition.only[0]] if definition.only else [])}
    for heading in table.headings:
        if heading in read and table.headings.count(heading) > 1:
            raise BadInput(
                DOUBLED_COLUMN,
                where=Where(file=file_name, row=table.heading_row, column=heading),
                remedy=ONE_HEADING,
                heading=heading,
                row=table.heading_row,
            )
    places = {name: table.headings.index(heading) for name, heading in definition.columns.items() if heading in table.headings}
    if definition.only:
        places[""] = table.headings.index(definition.only[0])
    return places


class _Cell:
    """One mapped column: its parser with the file's options, and a memory of texts that came before."""

    def __init__(self, field: Field, place: int, definition: Definition) -> None:
        bind = getattr(field.parse, "bind", None)
        self.name = field.name
        self.field = field
        self.place = place
        self.heading = definition.columns[field.name]
        self.parse: Callable[[str], Any] = bind(definition.options) if bind else field.parse
        self.values = definition.values.get(field.name, {})
        self.known: dict[str, Any] = {"": None}
        self.faults = 0

    def read(self, text: str) -> Any:
        """The value of a text not met before; a _Fault where it can't be read."""
        trimmed = text.strip()
        if not trimmed:
            value = None
        else:
            try:
                value = self.parse(self.values.get(trimmed, trimmed))
            except BadInput as fault:
                value = _Fault(fault)
                self.faults += 1
        if len(self.known) < _REMEMBERED:
            self.known[text] = value
        return value

    def all(self, texts: Sequence[str]) -> list[Any]:
        """The values of many texts."""
        known, read = self.known, self.read
        return [known[text] if text in known else read(text) for text in texts]

    def faulty(self, values: Sequence[Any]) -> list[int]:
        """Where a value can't be read, or is missing and must be known."""
        if self.faults or (self.field.required and None in values):
            return [at for at, value in enumerate(values) if value.__class__ is _Fault or (value is None and self.field.required)]
        return []

    def outcome(self, row: int, text: str, words: Words, remedy: Words | None, fields: tuple[str, ...]) -> Outcome:
        shown = text.strip()
        # In a row that slipped by a column, a name or number stands below a heading that says nothing of it.
        if self.field.sensitive or len(fields) > 1 or _LONG_NUMBER.search(shown):
            shown = mask(shown)
        return Outcome(row, Verdict.REFUSED, words, remedy, column=self.heading, shown=shown[:_SHOWN], fields=fields)


@dataclass(frozen=True)
class _Fault:
    error: BadInput


class _Mine:
    """Whether a row belongs to this community, where the mapping says how to tell."""

    def __init__(self, definition: Definition, places: Mapping[str, int]) -> None:
        self.column = definition.only[0] if definition.only else ""
        self.values = definition.only[1] if definition.only else frozenset()
        self.place = places.get("", -1)
        self.strangers = 0

    def holds(self, texts: Sequence[str]) -> bool:
        if self.place < 0 or texts[self.place].strip() in self.values:
            return True
        self.strangers += 1
        return False

    def strange(self, texts: Sequence[str]) -> set[int]:
        """Where rows may belong to another community."""
        strangers = {text for text in set(texts) if text.strip() not in self.values}
        return {at for at, text in enumerate(texts) if text in strangers} if strangers else set()


def _faults(number: int, texts: Sequence[str], cells: Sequence[_Cell], values: Sequence[Any]) -> Outcome | None:
    """The outcome of a row with cells that can't be read, or are empty and must be known; the first of them is told."""
    faults = [
        (cell, value)
        for cell, value in zip(cells, values, strict=True)
        if isinstance(value, _Fault) or (value is None and cell.field.required)
    ]
    if not faults:
        return None
    first, value = faults[0]
    words, remedy = (
        (value.error.words, value.error.remedy) if isinstance(value, _Fault) else (Words(EMPTY_CELL), Words(FILL_CELL))
    )
    return first.outcome(number, texts[first.place], words, remedy, tuple(cell.name for cell, _ in faults))


def _told(faults: Sequence[CellFault], cells: Sequence[_Cell], table: Table) -> Outcome | None:
    """The outcome of a row that the reader found fault with; None where the fault lies in a column that nobody reads."""
    by_place = {cell.place: cell for cell in cells}
    for fault in faults:
        if fault.column is None:
            return Outcome(fault.row, Verdict.REFUSED, fault.words, fault.remedy)
        if fault.column in by_place:
            return by_place[fault.column].outcome(
                fault.row, fault.shown, fault.words, fault.remedy, (by_place[fault.column].name,)
            )
    return None


def whole(reading: Reading, planned: Sequence[Outcome], definition: Definition) -> Results:
    """Every row's outcome. InternalFault unless each row that came in has exactly one; recognised ones are the same."""
    outcomes = sorted([*reading.refused, *(_with_heading(o, definition) for o in planned)], key=lambda o: o.row)
    told = np.fromiter((o.row for o in outcomes), np.int64, len(outcomes))
    same = reading.recognised.rows
    if len(same) and len(told):
        same = same[~np.isin(same, told)]
    if not adds_up(reading.numbers, np.concatenate((told, same))):
        raise InternalFault(MISSING_ROWS, remedy=TELL_US, rows=len(reading.numbers), results=len(told) + len(same))
    return Results(outcomes, same)


def _with_heading(outcome: Outcome, definition: Definition) -> Outcome:
    if outcome.column not in definition.columns:
        return outcome
    return replace(outcome, column=definition.heading_of(outcome.column))
