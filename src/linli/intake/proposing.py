"""A mapping proposed for a file that none fits: which row holds the headings, and what each column usually means.

Nothing here is believed by itself: somebody looks at the proposal, mends and declares it, or asked for it in so many words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from unicodedata import normalize

from linli.intake.kinds import Kind
from linli.intake.readers.top import Top

HEADING_ROWS = 15
"""The headings are looked for in so many rows."""
SHOWN = 3
"""So many cells of a column show what it holds."""
_MARKS = re.compile(r"[\s*＊:：_/\-·、,，.。]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading, the shape of some cells (never their content), and the field it is taken for."""

    heading: str
    shapes: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True)
class Proposal:
    """How a file might be read, as one ``kind`` of file; ``missing``: required fields without a column."""

    kind: str
    top: Top
    heading_row: int
    columns: tuple[Column, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing

    def definition(
        self,
        *,
        name: str,
        file_name: str,
        fields: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The mapping to declare. ``fields``: heading → field as somebody chose them; default as proposed."""
        chosen = {c.heading: c.field for c in self.columns} if fields is None else fields
        columns = {field: heading for heading, field in chosen.items() if field}
        made: dict[str, Any] = {
            "name": name,
            "kind": self.kind,
            "recognise": {"file": pattern_of(file_name), "headings": list(columns.values())},
            "columns": columns,
            "options": dict(options or {}),
        }
        if self.heading_row != 1:
            made["heading_row"] = self.heading_row
        if self.top.sheet is not None:
            made["sheet"] = self.top.sheet
        if self.top.delimiter != ",":
            made["delimiter"] = self.top.delimiter
        if self.top.encoding == "utf-16":
            made["encodings"] = ["utf-16"]
        return made


def propose(tops: Sequence[Top], kinds: Iterable[Kind]) -> Proposal | None:
    """The reading under which most headings are usual ones, all required ones first; None where no heading is a usual one."""
    best: tuple[tuple[bool, int, int], Proposal] | None = None
    offered = list(kinds)
    for place, top in enumerate(tops):
        for row, headings in _heading_rows(top):
            for kind in offered:
                made = _read_as(kind, top, row, headings)
                worth = (made.complete, sum(1 for c in made.columns if c.field), -place)
                if worth[1] and (best is None or worth > best[0]):
                    best = (worth, made)
    return best[1] if best else None


def pattern_of(file_name: str) -> str:
    """What next week's file will be called: digits, and what looks like a date or a number of a copy, may be others."""
    path = PurePath(normalize("NFC", file_name))
    stem = re.sub(r"[\[\]?*]", "?", path.stem)
    stem = re.sub(r"(?:W?\d+(?:[-_.年月日]|(?=\W)|(?=$))*)+|[(（]\d+[)）]", "*", stem)
    return re.sub(r"\*[\s*]*\*", "*", f"{stem}*{path.suffix}" if not stem.endswith("*") else f"{stem}{path.suffix}")


def shape(cell: str) -> str:
    """What a cell looks like without what it says: 0 for a digit, 字 for a character, a for a letter."""
    cut = cell[:24]
    text = "".join("0" if c.isdigit() else "a" if c.isascii() and c.isalpha() else "字" if c.isalpha() else c for c in cut)
    return text + ("…" if len(cell) > len(cut) else "")


def _heading_rows(top: Top) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(top.rows[:HEADING_ROWS], 1):
        headings = _trimmed(row)
        if len([h for h in headings if h]) > 1 and len({h for h in headings if h}) == len([h for h in headings if h]):
            yield number, headings


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _read_as(kind: Kind, top: Top, number: int, headings: tuple[str, ...]) -> Proposal:
    taken: dict[int, str] = {}
    for field in kind.fields:
        wanted = [_plain(usual) for usual in field.usual]
        places = {_plain(h): at for at, h in reversed(list(enumerate(headings))) if h}
        bare = {_plain(_BRACKETS.sub("", h)): at for at, h in reversed(list(enumerate(headings))) if h}
        found = next((known[w] for known in (places, bare) for w in wanted if w in known and known[w] not in taken), None)
        if found is not None:
            taken[found] = field.name
    held = set(taken.values())
    missing = tuple(f.name for f in kind.fields if f.required and f.name not in held)
    columns = tuple(
        Column(heading, _shapes(top, number, at), taken.get(at, "")) for at, heading in enumerate(headings) if heading
    )
    return Proposal(kind.name, top, number, columns, missing)


def _shapes(top: Top, number: int, at: int) -> tuple[str, ...]:
    cells = (row[at] for row in top.rows[number:] if at < len(row) and row[at])
    return tuple(dict.fromkeys(shape(cell) for cell in cells))[:SHOWN]


def _plain(heading: str) -> str:
    return _MARKS.sub("", normalize("NFKC", heading).casefold())
