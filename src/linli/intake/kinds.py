"""What a file can be: the types that a flat declares, and that intake reads, previews, applies and undoes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from linli.kernel.words import Words


class Verdict(StrEnum):
    """What became of one row. Rows in = the sum over all verdicts: every row has exactly one."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True)
class Field:
    """One thing a row may say. ``parse`` turns the cell's text into a value or raises ``linli.kernel.errors.BadInput``.

    ``label``: key of the sentence that names it. ``sensitive``: its cell is masked wherever a row result is shown. ``usual``: the
    headings under which it usually stands, the surest first.
    """

    name: str
    label: str
    required: bool = False
    parse: Callable[[str], Any] = str.strip
    sensitive: bool = False
    usual: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One option of a mapping that people choose among: its name, what it asks, and value → sentence; the first is proposed."""

    name: str
    label: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One readable row: its number as a spreadsheet shows it, and its parsed values by field name (absent or empty → None)."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one row: verdict, reason, what to do, and the cell at fault (already masked).

    ``settled``: False where something that it says was not believed for now, so that it must be read in full the next time.
    """

    row: int
    verdict: Verdict
    words: Words | None = None
    remedy: Words | None = None
    column: str = ""
    shown: str = ""
    object_id: UUID | None = None
    fields: tuple[str, ...] = ()
    settled: bool = True


@dataclass(frozen=True)
class Recognised:
    """Rows that say word for word what their source said last time, so that nobody needs to read them.

    ``rows``: int64, the row numbers, rising; ``objects``: S32, beside them the hexadecimal ids of the records they speak of. Each
    is ``same`` unless the plan gives it an outcome of its own. A row that stands twice in the file is recognised once.
    """

    rows: np.ndarray
    objects: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Recognised:
        return cls(np.empty(0, np.int64), np.empty(0, "S32"))


@dataclass
class Plan:
    """What applying a file would do: an outcome for every row handed over, and whatever the flat needs to do it (``work``).

    ``counts`` are further figures of the reconciliation, e.g. ``{"moved_in": 43, "died": 5}``. ``needs_second``: why a second
    person must look at it before it is written; None where one is enough.
    """

    outcomes: list[Outcome]
    work: Any = None
    counts: dict[str, int] = field(default_factory=dict)
    needs_second: Words | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a row can't go back: in words, since when, by which account or which later batch; None where that isn't known."""

    words: Words
    at: datetime | None = None
    by: UUID | None = None
    file: UUID | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that an undo leaves as it is. ``row`` 0: of no row of its own; ``object_id``: the record that it speaks of."""

    row: int
    why: Why
    object_id: UUID | None = None

    @property
    def words(self) -> Words:
        return self.why.words


@dataclass(frozen=True)
class Undone:
    """What an undo restored (records), and which rows it could not because later work stands on them."""

    restored: int
    kept: Sequence[Kept] = ()


Planner = Callable[..., Plan]
"""Reads, decides, writes nothing. Raises BadInput where the whole file is unusable (another community's, say).

Called with ``viewer, community, rows: Sequence[Row], options: Mapping[str, Any], as_of``, and by a kind that recalls
(:attr:`Kind.recalls`) with ``recognised: Recognised`` as well. ``rows`` are the plan's own:
``ParsedRows`` may be let go of on the way.
"""


class Applier(Protocol):
    """A command of the flat, called inside the batch's transaction. Every row it writes carries ``batch`` as its last writer."""

    def __call__(self, *, by: Any, community: UUID, batch: UUID, plan: Plan, as_of: Any) -> None: ...


class Shower(Protocol):
    """What may be shown of records in a list: a masked name, say. A record that may not be shown is left out."""

    def __call__(self, *, viewer: Any, community: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]: ...


class Undoer(Protocol):
    """A command of the flat: gives back every row that nothing later stands on, and lists the others."""

    def __call__(self, *, by: Any, community: UUID, batch: UUID) -> Undone: ...


@dataclass(frozen=True)
class Kind:
    """One kind of file. ``permission``: what it takes to apply one (a ``trust.Permission``).

    ``recalls``: rows are recognised by their fingerprint, so that a row which says what it said last time is neither parsed nor
    compared; its plan takes ``recognised``. ``volatile``: fields that a source moves on every week though nothing happened (the
    day of the export); they are no part of the fingerprint. Every outcome but a refusal must then name its record
    (``object_id``); one that names none is read in full each time. ``show``: what a list may show of records. ``choices``: what a
    mapping for it says beside its columns.
    """

    name: str
    label: str
    permission: Any
    fields: tuple[Field, ...]
    plan: Planner
    apply: Applier
    undo: Undoer
    recalls: bool = False
    volatile: frozenset[str] = frozenset()
    show: Shower | None = None
    choices: tuple[Choice, ...] = ()

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


KINDS: dict[str, Kind] = {}


def offer(kind: Kind) -> None:
    """Make a kind known; called by ``site.wiring``."""
    KINDS[kind.name] = kind
