"""What a fact table may hold: a closed vocabulary of column kinds. What has no kind here cannot become a fact.

No kind exists for a name, a number, a telephone, an address line or an exact birth date, so none can be declared; and every value
is checked against its kind before it is written, so none can slip in under another heading: no text holds seven digits in a row,
and no figure is as long as a telephone or an identity number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from linli.kernel.weeks import Week

AGE_BANDS = (*(f"{low:02d}-{low + 4:02d}" for low in range(0, 85, 5)), "85+")


class Grade(StrEnum):
    """Local facts are still personal data and stay with the community; shared facts have passed disclosure control."""

    LOCAL = "local"
    SHARED = "shared"


class ColumnKind(StrEnum):
    """Everything a column can be."""

    PSEUDONYM = "pseudonym"  # 16 hexadecimal digits, random
    GRID = "grid"  # label of a grid, at most 8 signs
    BUILDING = "building"  # opaque id
    CELL = "cell"  # 100 m cell, "x:y"
    AGE_BAND = "age_band"
    CODE = "code"  # one of a declared list, or a short dotted code
    FLAG = "flag"
    COUNT = "count"
    MEASURE = "measure"
    INSTANT = "instant"
    WEEK = "week"  # 2026-W47
    TERM = "term"  # a word that at least three reporters used and the redactor passed


_TYPES = {
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.COUNT: pa.int64(),
    ColumnKind.MEASURE: pa.float64(),
    ColumnKind.INSTANT: pa.timestamp("us", tz="UTC"),
}
_PATTERNS = {
    ColumnKind.PSEUDONYM: r"^[0-9a-f]{16}$",
    ColumnKind.GRID: r"^[0-9A-Za-z-]{1,8}$",
    ColumnKind.BUILDING: r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    ColumnKind.CELL: r"^-?\d{1,6}:-?\d{1,6}$",
    ColumnKind.CODE: r"^[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32})?$|^[0-9]{1,2}$",
    ColumnKind.WEEK: r"^\d{4}-W\d{2}$",
    # Letters only, so neither a number nor a telephone can be a term.
    ColumnKind.TERM: r"^[\p{L} ]{1,24}$",
}
# Kinds that speak of one person or event; shared facts may not carry them.
LOCAL_ONLY = frozenset({ColumnKind.PSEUDONYM, ColumnKind.BUILDING, ColumnKind.CELL, ColumnKind.INSTANT, ColumnKind.TERM})
# Telephones have eight digits and more, a birth date written as one number eight, an identity number eighteen.
MOST_COUNT, MOST_MEASURE = 10_000_000, 1_000_000_000.0
LONG_NUMBER = r"\d{7}"


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind and, for codes, the values it may take (empty: any short code)."""

    name: str
    kind: ColumnKind
    codes: frozenset[str] = frozenset()

    @property
    def type(self) -> pa.DataType:
        return _TYPES.get(self.kind, pa.string())


@dataclass(frozen=True)
class Table:
    """A fact table that a flat offers.

    Local: ``build(community, week, as_of)`` gives its rows as known at ``as_of``; rows of what has not yet happened by the
    round's Monday, or was not yet known then, must not be among them. Shared: ``derive(rows, week)`` makes it from the checked
    local table ``source``, and from nothing else, so that no shared figure can know more than the local facts do.
    """

    name: str
    grade: Grade
    columns: tuple[Column, ...]
    build: Callable[[UUID, Week, datetime], pa.Table] | None = None
    source: str | None = None
    derive: Callable[[pa.Table, Week], pa.Table] | None = None

    def __post_init__(self) -> None:
        local = self.grade is Grade.LOCAL
        if (self.build is not None) != local or (self.derive is not None and self.source is not None) == local:
            raise ValueError(f"{self.name}: a local table is built, a shared one is derived from its source")
        if not re.fullmatch(r"[a-z][a-z_]{0,31}", self.name):
            raise ValueError(f"{self.name!r} is no name for a table")
        bad = [c.name for c in self.columns if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", c.name)]
        if bad or len({c.name for c in self.columns}) != len(self.columns):
            raise ValueError(f"{self.name}: columns are named once, in small letters")
        if self.grade is Grade.SHARED:
            personal = [c.name for c in self.columns if c.kind in LOCAL_ONLY]
            if personal:
                raise ValueError(f"shared table {self.name} may not carry {', '.join(personal)}")

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])

    def checked(self, rows: pa.Table) -> pa.Table:
        """``rows`` in the declared order and types; ValueError names the column and the kind of value that may not pass."""
        unknown = set(rows.column_names) - {c.name for c in self.columns}
        if unknown:
            raise ValueError(f"{self.name}: undeclared columns {', '.join(sorted(unknown))}")
        result = rows.select([c.name for c in self.columns]).cast(self.schema)
        for column in self.columns:
            _check_values(self.name, column, result.column(column.name))
        return result.combine_chunks()


def _check_values(table: str, column: Column, values: pa.ChunkedArray) -> None:
    present = values.drop_null()
    if not len(present):
        return
    if column.kind is ColumnKind.AGE_BAND:
        good = pc.is_in(present, value_set=pa.array(AGE_BANDS))
    elif column.kind in (ColumnKind.COUNT, ColumnKind.MEASURE):
        good = pc.less(pc.abs(present), MOST_COUNT if column.kind is ColumnKind.COUNT else MOST_MEASURE)
        if column.kind is ColumnKind.MEASURE:
            good = pc.or_(good, pc.is_nan(present))
    elif column.codes:
        good = pc.is_in(present, value_set=pa.array(sorted(column.codes)))
    elif column.kind in _PATTERNS:
        good = pc.match_substring_regex(present, _PATTERNS[column.kind])
        if column.kind in (ColumnKind.GRID, ColumnKind.CODE):
            good = pc.and_(good, pc.invert(pc.match_substring_regex(present, LONG_NUMBER)))
    else:
        return
    if not pc.all(good).as_py():
        # The value itself is not repeated: it may be the very thing that must not leave.
        raise ValueError(f"{table}.{column.name}: {len(present) - pc.sum(good).as_py()} values are not of kind {column.kind}")


TABLES: dict[str, Table] = {}


def offer(table: Table) -> None:
    """Make a table known; called by ``site.wiring``."""
    TABLES[table.name] = table
