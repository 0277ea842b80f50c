"""National code tables (GB/T, GA/T) as data: what a code is called in both languages, and when it was valid.

Each table is a CSV file in ``kernel/tables`` with the columns ``code, zh, en, also, valid_from, valid_to, source``. ``also``
holds further words under which a code is delivered, separated by ``|``; validity is half-open (an empty bound is open). A code
that was given up keeps its row with the day on which it ended: old papers and numbers still carry it and must stay readable.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

FILES: Mapping[str, str] = {
    "GB/T 2260": "gbt_2260",
    "GB/T 2261.1": "gbt_2261_1",
    "GB/T 2261.2": "gbt_2261_2",
    "GB/T 3304": "gbt_3304",
    "GB/T 4658": "gbt_4658",
    "GB/T 4761": "gbt_4761",
    "GB/T 4761 one digit": "gbt_4761_one_digit",
    "GB/T 4762": "gbt_4762",
    "GA/T 517": "gat_517",
    "GB/T 31000 reason of coming": "gbt_31000_reason_of_coming",
    "GB/T 31000 kind of lodging": "gbt_31000_kind_of_lodging",
    "GB/T 31000 kind of permit": "gbt_31000_kind_of_permit",
    "GB/T 31000 use of rented home": "gbt_31000_use_of_rented_home",
    "GB/T 31000 kind of hazard": "gbt_31000_kind_of_hazard",
    "GB/T 31000 purpose of stay": "gbt_31000_purpose_of_stay",
    "GB/T 31000 kind of help": "gbt_31000_kind_of_help",
    "GB/T 31000 left behind": "gbt_31000_left_behind",
}
"""Name of the table → its file. The list of 关注程度 (degree of attention) is left out on purpose: nobody is graded here."""
COLUMNS = ("code", "zh", "en", "also", "valid_from", "valid_to", "source")
OWN = "Linli"
"""How the source of a code begins that no standard has: it is never ended by a published list."""
_FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Code:
    """One code over one period. ``valid_from`` None: always; ``valid_to`` None: still; half-open."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def words(self) -> Iterator[str]:
        """Everything that this code is called."""
        yield self.zh
        if self.en:
            yield self.en
        yield from self.also


class CodeTable:
    """The codes of one standard. ValueError where two periods of one code overlap."""

    def __init__(self, standard: str, codes: Iterable[Code]) -> None:
        self.standard = standard
        self.rows = tuple(codes)
        self._by_code: dict[str, list[Code]] = defaultdict(list)
        self._by_word: dict[str, list[Code]] = defaultdict(list)
        for row in self.rows:
            self._by_code[row.code].append(row)
            for word in {plain(word) for word in row.words()}:
                self._by_word[word].append(row)
        for code, periods in self._by_code.items():
            periods.sort(key=lambda row: row.valid_from or date.min)
            for first, second in pairwise(periods):
                if first.valid_to is None or second.valid_from is None or second.valid_from < first.valid_to:
                    raise ValueError(f"{standard}: two periods of {code} overlap")
        self._exact: dict[str, str] = {}
        # Words as they are written, of what is valid still: nearly every cell of a file is found here.
        self._exact = {word: code for word, code in self.words().items() if self.code(word) == code}

    def __contains__(self, code: object) -> bool:
        """Whether the code is or ever was one of the table."""
        return code in self._by_code

    def codes(self, on: date | None = None) -> list[str]:
        """The codes valid on a day, in the order of the table; without a day those valid still."""
        return [row.code for row in self.rows if (row.valid_to is None if on is None else row.valid_on(on))]

    def get(self, code: str, on: date | None = None) -> Code | None:
        """The code as of a day, or as it was before where it was not valid then; without a day as it was called last."""
        periods = self._by_code.get(code)
        if not periods:
            return None
        if on is not None:
            begun = [row for row in periods if row.valid_from is None or row.valid_from <= on]
            return begun[-1] if begun else periods[0]
        return periods[-1]

    def name(self, code: str, lang: str = "en", on: date | None = None) -> str:
        """What the code is called (``lang``: ``en`` or any of Chinese); the code itself where it is not known."""
        row = self.get(code, on)
        if row is None:
            return code
        return row.zh if lang.startswith("zh") or not row.en else row.en

    def code(self, word: str, on: date | None = None) -> str | None:
        """The code that a cell names, by code or by word; None where it names none, or several.

        Codes valid on ``on`` (or still) come first; one that was given up counts only where no valid one is called so.
        """
        bare = word.strip()
        if bare in self._by_code:
            return bare
        if on is None and (exact := self._exact.get(bare)):
            return exact
        rows = self._by_word.get(plain(bare), [])
        valid = {row.code for row in rows if (row.valid_to is None if on is None else row.valid_on(on))}
        found = valid or {row.code for row in rows}
        return found.pop() if len(found) == 1 else None

    def words(self) -> dict[str, str]:
        """Every Chinese word → code, of the codes valid still."""
        return {word: row.code for row in self.rows if row.valid_to is None for word in (row.zh, *row.also)}


def plain(word: str) -> str:
    """A word without the differences that say nothing: full-width forms, case, spaces."""
    narrow = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in word)
    return "".join(narrow.split()).casefold()


def read(text: str) -> list[Code]:
    """The rows of a table's CSV text. ValueError names the line and what is wrong with it."""
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise ValueError(f"line 1: the columns must be {', '.join(COLUMNS)}")
    codes = []
    for line in lines:
        try:
            bounds = [date.fromisoformat(line[key]) if line[key] else None for key in ("valid_from", "valid_to")]
            if not line["code"] or not line["zh"] or None in line.values():
                raise ValueError("a code, its Chinese name and all columns are needed")
        except (ValueError, TypeError) as fault:
            raise ValueError(f"line {lines.line_num}: {fault}") from fault
        also = tuple(word for word in line["also"].split("|") if word)
        codes.append(Code(line["code"], line["zh"], line["en"], also, bounds[0], bounds[1], line["source"]))
    return codes


def write(codes: Iterable[Code]) -> str:
    """The CSV text of a table; :func:`read` of it gives the same rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in codes:
        bounds = [bound.isoformat() if bound else "" for bound in (row.valid_from, row.valid_to)]
        writer.writerow([row.code, row.zh, row.en, "|".join(row.also), *bounds, row.source])
    return out.getvalue()


def merge(known: Iterable[Code], listed: Mapping[str, str], *, on: date, source: str, under: str = "") -> list[Code]:
    """What a table becomes by a complete list published as of a day: code → Chinese name.

    New codes begin on that day, codes that the list lacks end on it, and a code with another name ends and begins anew. Only
    codes that begin with ``under`` are concerned. Take lists in their order: ValueError for one older than the newest change.
    """
    rows = list(known)
    newest = max((bound for row in rows for bound in (row.valid_from, row.valid_to) if bound), default=date.min)
    if on < newest:
        raise ValueError(f"the table knows changes up to {newest.isoformat()}; take lists in their order")
    open_rows = {row.code: at for at, row in enumerate(rows) if row.valid_to is None}
    for code, at in open_rows.items():
        if code.startswith(under) and listed.get(code) != rows[at].zh and not rows[at].source.startswith(OWN):
            rows[at] = replace(rows[at], valid_to=on)
    for code, name in listed.items():
        if code.startswith(under) and (code not in open_rows or rows[open_rows[code]].valid_to is not None):
            rows.append(Code(code, name, "", (), on, None, source))
    return sorted((row for row in rows if row.valid_from is None or row.valid_from != row.valid_to), key=_order)


def _order(row: Code) -> tuple[str, date]:
    return row.code, row.valid_from or date.min


_own: list[Path] = []


def use(folder: Path | None) -> None:
    """Read tables from this folder first: an installation's own, newer ones. None: only those that come with the house."""
    _own[:] = [folder] if folder is not None else []
    table.cache_clear()


@cache
def table(standard: str) -> CodeTable:
    """The table of a standard, such as ``table("GB/T 3304")``; KeyError for one that is not kept."""
    name = f"{FILES[standard]}.csv"
    path = next((folder / name for folder in _own if (folder / name).is_file()), _FOLDER / name)
    return CodeTable(standard, read(path.read_text(encoding="utf-8")))
