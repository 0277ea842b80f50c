"""A batch as its page shows it: the sum, the tabs, the rows, the mapping, all in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces import Pager, Part, Tab, render
from linli.faces.formats import number, span
from linli.faces.words import JOIN, current_language
from linli.intake.kinds import KINDS, Verdict
from linli.intake.queries import BatchRow, KeptRow, MappingRow, ResultRow
from linli.intake.rules import STATE_WORDS, VERDICT_WORDS, State, ranges
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.weeks import Week
from linli.kernel.words import SENTENCES, Words

PAGE = 50
_RUNS = 40
# What needs somebody stands first; what is as it was, last.
ORDER = (Verdict.REFUSED, Verdict.REVIEW, Verdict.NEW, Verdict.CHANGED, Verdict.LEFT, Verdict.SAME)


@dataclass(frozen=True)
class Line:
    """One row of the file, in words; or several that follow each other and say the same, up to ``until``."""

    row: int
    result: str
    column: str
    shown: str
    reason: str
    remedy: str
    empty: bool
    until: int = 0

    @property
    def rows(self) -> str:
        return span(self.row, self.until, current_language()) if self.until else number(self.row)


@dataclass(frozen=True)
class Left:
    """A row that an undo leaves as it is. ``row`` empty: of no single row."""

    row: str
    shown: str
    reason: str
    at: datetime | None
    by: str
    file: str
    batch: UUID | None


@dataclass(frozen=True)
class Pair:
    """One field and the column it is read from."""

    label: str
    heading: str
    values: int


def say(key: str, **params: Any) -> str:
    """The sentence of a key."""
    return render(Words(key, params))


def week_of(batch: BatchRow) -> str:
    """The number of the ISO week that the file speaks for."""
    return str(Week.of(timezone.localtime(batch.as_of).date())).partition("-W")[2].lstrip("0")


def verdict_name(verdict: Verdict | str) -> str:
    return say(VERDICT_WORDS[Verdict(verdict)])


def state_name(state: State) -> str:
    return say(STATE_WORDS[state])


def parts(batch: BatchRow, address: str) -> list[Part]:
    """The sum: rows in = new + changed + the same + not written (+ gone, where the kind knows that)."""
    shown = [Verdict.NEW, Verdict.CHANGED, Verdict.SAME, Verdict.REFUSED]
    for verdict in (Verdict.LEFT, Verdict.REVIEW):
        if batch.verdicts.get(verdict.value):
            shown.insert(-2, verdict)
    return [
        Part(
            batch.verdicts.get(verdict.value, 0),
            verdict_name(verdict),
            bad=verdict is Verdict.REFUSED,
            href=f"{address}?result={verdict.value}#rows" if batch.verdicts.get(verdict.value) else None,
        )
        for verdict in shown
    ]


def further(batch: BatchRow) -> list[str]:
    """The kind's own figures, where it has a sentence for them (``<kind>.count.<name>`` with ``count``)."""
    told = []
    for name, figure in batch.counts.items():
        key = f"{batch.kind}.count.{name}"
        if figure and key in SENTENCES:
            told.append(say(key, count=figure))
    return told


def tabs(batch: BatchRow, chosen: Verdict, address: str) -> list[Tab]:
    return [
        Tab(verdict_name(verdict), f"{address}?result={verdict.value}#rows", here=verdict is chosen, count=rows)
        for verdict in ORDER
        if (rows := batch.verdicts.get(verdict.value, 0))
    ]


def chosen_verdict(batch: BatchRow, wanted: str | None) -> Verdict:
    """The verdict asked for, else the first that has rows."""
    if wanted in list(Verdict) and batch.verdicts.get(wanted):
        return Verdict(wanted)
    return next((v for v in ORDER if batch.verdicts.get(v.value)), Verdict.SAME)


def lines(batch: BatchRow, rows: Sequence[ResultRow]) -> list[Line]:
    return [_line(batch, row) for row in rows]


def grouped(found: Sequence[Line]) -> list[Line]:
    """Rows that follow each other and say the same (a household with one bad address) as one line."""
    groups: list[Line] = []
    for line in found:
        last = groups[-1] if groups else None
        if last and line.row == (last.until or last.row) + 1 and replace(line, row=last.row, until=last.until) == last:
            groups[-1] = replace(last, until=line.row)
        else:
            groups.append(line)
    return groups


def _line(batch: BatchRow, row: ResultRow) -> Line:
    reason = render(row.words) if row.words else ""
    if not reason and row.fields:
        reason = ", ".join(field_label(batch.kind, name) for name in row.fields)
    return Line(
        row.row,
        verdict_name(row.verdict),
        row.column,
        row.shown,
        reason,
        render(row.remedy) if row.remedy else "",
        empty=bool(row.column and not row.shown),
    )


def field_label(kind: str, name: str) -> str:
    """What a field is called; a name that the kind doesn't know stays itself."""
    found = next((f for f in KINDS[kind].fields if f.name == name), None) if kind in KINDS else None
    return say(found.label) if found else name


def left(rows: Sequence[KeptRow]) -> list[Left]:
    """Rows that stay, in words."""
    return [
        Left(number(one.row) if one.row else "", one.shown, render(one.words), one.at, one.by, one.file, one.batch)
        for one in rows
    ]


def left_pager(address: str, page: int, total: int) -> Pager | None:
    """The way through the rows that an undo left."""
    if total <= PAGE:
        return None
    return Pager(
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, total),
        total=total,
        previous_url=f"{address}?left={page - 1}#left" if page > 1 else None,
        next_url=f"{address}?left={page + 1}#left" if page * PAGE < total else None,
    )


def page_within(wanted: str | None, total: int) -> int:
    """The number of a page that there is, whatever was asked for."""
    asked = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
    return max(1, min(asked, -(-total // PAGE)))


def pager(batch: BatchRow, verdict: Verdict, page: int, total: int, address: str) -> Pager | None:
    if not total:
        return None
    here = f"{address}?result={verdict.value}&page="
    return Pager(
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, total),
        total=total,
        previous_url=f"{here}{page - 1}#rows" if page > 1 else None,
        next_url=f"{here}{page + 1}#rows" if page * PAGE < total else None,
    )


def runs(batch: BatchRow, verdict: Verdict, plain: Sequence[int] = ()) -> dict[str, Any] | None:
    """Rows of which only the verdict is known, as runs of row numbers: the first ones, and how many runs more there are."""
    found = sorted([(first, last) for first, last in batch.ranges.get(verdict.value) or []] + [(a, b) for a, b in ranges(plain)])
    if not found:
        return None
    language = current_language()
    shown = [number(first) if first == last else span(first, last, language) for first, last in found[:_RUNS]]
    return {
        "text": JOIN[language].join(shown),
        "more": max(0, len(found) - _RUNS),
        "rows": sum(last - first + 1 for first, last in found),
    }


def pairs(mapping: MappingRow) -> list[Pair]:
    """Field ← column, in the order of the mapping."""
    columns: Mapping[str, str] = mapping.definition.get("columns", {})
    values: Mapping[str, Mapping[str, str]] = mapping.definition.get("values") or {}
    return [Pair(field_label(mapping.kind, name), heading, len(values.get(name, {}))) for name, heading in columns.items()]


def fingerprint(batch: BatchRow) -> str:
    return f"{batch.sha256[:4]} {batch.sha256[4:8]} {batch.sha256[8:12]}"


def fault(error: Mapping[str, Any]) -> dict[str, str]:
    """A stored fault in words: what is wrong, where, what to do."""
    place = []
    if error.get("row"):
        place.append(_("row %(row)s") % {"row": error["row"]})
    if error.get("column"):
        place.append(_("column “%(column)s”") % {"column": error["column"]})
    return {
        "text": render(error["words"]),
        "place": ", ".join(place),
        "remedy": render(error["remedy"]) if error.get("remedy") else "",
    }


def told(error: LinliError) -> dict[str, str]:
    """What a page says of a fault; what is out of scope stays not found."""
    if isinstance(error, NotFound):
        raise error
    return fault(
        {
            "words": error.words.as_json(),
            "remedy": error.remedy.as_json() if error.remedy else None,
            "row": error.where.row,
            "column": error.where.column,
        }
    )


def address_of(code: str, batch: BatchRow) -> str:
    return reverse("intake:detail", kwargs={"code": code, "batch": batch.id})
