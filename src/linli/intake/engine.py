"""From a file to parsed rows: headings matched, cells parsed, each unusable row given its reason. Reads, writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linli.intake.kinds import Field, Kind, Outcome, Row, Verdict
from linli.intake.mapping import Definition
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
from linli.intake.rules import MISSING_ROWS, TELL_US, adds_up, mask
from linli.kernel.errors import BadInput, LinliError, Where
from linli.kernel.words import Words, sentence

EMPTY_CELL = sentence("intake.row.empty_cell", "The cell is empty, and this must be known.")
FILL_CELL = sentence("intake.row.fill_cell", "Fill it in the source and send the row again.")
OTHER_COMMUNITY = sentence("intake.row.other_community", "The row belongs to another community.")
ALL_OTHERS = sentence("intake.file.other_community", "Every row of this file belongs to another community (column “%(column)s”).")
RIGHT_COMMUNITY = sentence(
    "intake.file.right_community", "Take it in there, or ask for the file of this community. Nothing was taken in."
)

_SHOWN = 200
_REMEMBERED = 50_000


class InternalFault(LinliError):
    """The program contradicts itself; nothing was written."""

    status = 500


@dataclass(frozen=True)
class Reading:
    """A file as the kind will see it: rows that could be parsed, and the outcome of each that couldn't."""

    numbers: tuple[int, ...]
    rows: list[Row]
    refused: list[Outcome]
    ignored: tuple[str, ...]
    encoding: str


def fingerprint(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_file(path: Path, definition: Definition, kind: Kind, *, file_name: str) -> Reading:
    """Parse a file for ``kind``. BadInput where the whole of it is unusable; a faulty cell refuses its row alone."""
    table = open_table(path, definition, file_name=file_name)
    places = match_columns(table, definition, file_name=file_name)
    cells = [_Cell(kind.field(name), places[name], definition) for name in definition.columns if name in places]
    mine = _Mine(definition, places)
    numbers: list[int] = []
    rows: list[Row] = []
    refused: list[Outcome] = []
    for number, texts in table.rows:
        numbers.append(number)
        faults = table.faults.get(number)
        if faults:
            told = _told(faults, cells, table)
            if told:
                refused.append(told)
                continue
        if not mine.holds(texts):
            refused.append(Outcome(number, Verdict.REFUSED, Words(OTHER_COMMUNITY), Words(RIGHT_COMMUNITY), column=mine.column))
            continue
        values, outcome = _parsed(number, texts, cells)
        if outcome:
            refused.append(outcome)
        else:
            rows.append(Row(number, values))
    if not numbers:
        raise BadInput(NO_ROWS, where=Where(file=file_name, row=table.heading_row + 1), remedy=ASK_AGAIN)
    if mine.strangers == len(numbers):
        raise BadInput(ALL_OTHERS, where=Where(file=file_name, column=mine.column), remedy=RIGHT_COMMUNITY, column=mine.column)
    used = {*places.values()}
    ignored = tuple(heading for place, heading in enumerate(table.headings) if place not in used and heading)
    return Reading(tuple(numbers), rows, refused, ignored, table.encoding)


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
            found=", ".join(h for h in table.headings if h),
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
        if len(self.known) < _REMEMBERED:
            self.known[text] = value
        return value

    def outcome(self, row: int, text: str, words: Words, remedy: Words | None, fields: tuple[str, ...]) -> Outcome:
        shown = text.strip()
        if self.field.sensitive:
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


def _parsed(number: int, texts: Sequence[str], cells: Sequence[_Cell]) -> tuple[dict[str, Any], Outcome | None]:
    values: dict[str, Any] = {}
    faults: list[_Cell] = []
    for cell in cells:
        text = texts[cell.place]
        try:
            value = cell.known[text]
        except KeyError:
            value = cell.read(text)
        if value.__class__ is _Fault or (value is None and cell.field.required):
            faults.append(cell)
        values[cell.name] = value
    if not faults:
        return values, None
    first = faults[0]
    value = values[first.name]
    words, remedy = (
        (value.error.words, value.error.remedy) if isinstance(value, _Fault) else (Words(EMPTY_CELL), Words(FILL_CELL))
    )
    return values, first.outcome(number, texts[first.place], words, remedy, tuple(cell.name for cell in faults))


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


def whole(reading: Reading, planned: Sequence[Outcome], definition: Definition) -> list[Outcome]:
    """Every row's outcome, by row. InternalFault unless each row that came in has exactly one."""
    outcomes = sorted([*reading.refused, *(_with_heading(o, definition) for o in planned)], key=lambda o: o.row)
    if not adds_up(reading.numbers, outcomes):
        raise InternalFault(MISSING_ROWS, remedy=TELL_US, rows=len(reading.numbers), results=len(outcomes))
    return outcomes


def _with_heading(outcome: Outcome, definition: Definition) -> Outcome:
    if outcome.column not in definition.columns:
        return outcome
    return Outcome(
        outcome.row,
        outcome.verdict,
        outcome.words,
        outcome.remedy,
        definition.heading_of(outcome.column),
        outcome.shown,
        outcome.object_id,
        outcome.fields,
    )


def digest_of(outcomes: Sequence[Outcome], counts: Mapping[str, int]) -> str:
    """What a preview promised: verdict, reason and fields of every row, without the ids that are made anew each time."""
    digest = hashlib.sha256(json.dumps(dict(counts), sort_keys=True).encode())
    for o in outcomes:
        if o.verdict is not Verdict.SAME:
            digest.update(f"{o.row}|{o.verdict}|{o.words.key if o.words else ''}|{o.column}|{','.join(o.fields)}\n".encode())
    return digest.hexdigest()
