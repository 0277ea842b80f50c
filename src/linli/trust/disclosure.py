"""Disclosure control: what happens to small numbers before they leave the community.

Rules are versioned data (``disclosure_rules.json``) and their id is stamped on every row. ``upward_2026`` withholds counts of 1
to ``threshold - 1`` and rounds the rest to the nearest multiple of ``base``. ``export_2026`` is for tables that must add up:
small places and small categories are put together, then every cell and total is rounded at once (``methods.rounding``).
Noise with a budget ledger joins with the exchange.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linli.methods.rounding import CannotRound, Rounded, controlled


@dataclass(frozen=True)
class Rule:
    """One version of the rule: counts below ``threshold`` (but not 0) are withheld, others rounded to ``base``; places of fewer
    than ``least`` people don't stand alone."""

    id: str
    threshold: int
    base: int
    least: int = 0


@cache
def rules() -> dict[str, Rule]:
    """The committed rules by id."""
    text = files("linli.trust").joinpath("disclosure_rules.json").read_text("utf-8")
    return {r["id"]: Rule(r["id"], r["threshold"], r["base"], r.get("least", 0)) for r in json.loads(text)}


CURRENT = "upward_2026"
ADDITIVE = "export_2026"
REST = "*"
"""What was put together: of places, and of categories."""


def shown(count: int, rule: str = CURRENT) -> int | None:
    """One count as it may be shown outside; None where it is withheld."""
    r = rules()[rule]
    if 0 < count < r.threshold:
        return None
    return (2 * count + r.base) // (2 * r.base) * r.base


def protect(table: pa.Table, count: str, rule: str = CURRENT) -> pa.Table:
    """``table`` with its column ``count`` protected and a column ``rule`` that says by which version; withheld are null."""
    r = rules()[rule]
    values = table.column(count)
    rounded = pc.multiply(pc.divide(pc.add(pc.multiply(values, 2), r.base), 2 * r.base), r.base)
    small = pc.and_(pc.greater(values, 0), pc.less(values, r.threshold))
    protected = pc.if_else(small, pa.scalar(None, pa.int64()), rounded)
    result = table.set_column(table.column_names.index(count), count, protected)
    return result.append_column("rule", pa.array([rule] * table.num_rows, pa.string()))


@dataclass(frozen=True)
class Additive:
    """A table of places and categories that adds up and may be given to anybody. ``cells``: (place, category) → count; totals by
    place, by category and of all; ``REST`` stands for what was put together. ``rule``: by which version."""

    places: tuple[str, ...]
    categories: tuple[str, ...]
    cells: Mapping[tuple[str, str], int]
    by_place: Mapping[str, int]
    by_category: Mapping[str, int]
    total: int
    rule: str


def together(people: Mapping[str, int], rule: str = ADDITIVE) -> frozenset[str]:
    """The places that may not stand alone, by how many people live in each: the small ones, and as many next larger ones as it
    takes that what is put together is at least two places and not small itself."""
    least = rules()[rule].least
    ordered = sorted((count, place) for place, count in people.items())
    taken: list[tuple[int, str]] = []
    for count, place in ordered:
        small = count < least
        lonely = bool(taken) and (len(taken) < 2 or sum(n for n, _ in taken) < least)
        if not (small or lonely):
            break
        taken.append((count, place))
    return frozenset(place for _, place in taken)


def additive(
    counts: Mapping[tuple[str, str], int],
    *,
    places: Sequence[str],
    categories: Sequence[str],
    joined: Collection[str] = (),
    by_place: Mapping[str, int] | None = None,
    rule: str = ADDITIVE,
) -> Additive:
    """Protect a table: ``counts`` by (place, category), missing ones 0. ``joined``: places put together (``together``).

    ``by_place``: totals of places from another table about the same people, kept where they can be. Categories with fewer people
    than the threshold are put together with the next smallest. Every error is smaller than the base.
    """
    r = rules()[rule]
    sums = Counter[str]()
    for (_place, category), count in counts.items():
        sums[category] += count
    few = _few({category: sums[category] for category in categories}, r.threshold)
    rows = [place for place in places if place not in joined] + ([REST] if joined else [])
    columns = [category for category in categories if category not in few] + ([REST] if few else [])
    table = np.zeros((len(rows), len(columns)), np.int64)
    row_of, column_of = {name: at for at, name in enumerate(rows)}, {name: at for at, name in enumerate(columns)}
    for (place, category), count in counts.items():
        table[row_of[REST if place in joined else place], column_of[REST if category in few else category]] += count
    found = _rounded(table, r.base, [by_place.get(row, 0) for row in rows] if by_place is not None else None)
    return Additive(
        places=tuple(rows),
        categories=tuple(columns),
        cells={(row, column): int(found.cells[i, j]) for row, i in row_of.items() for column, j in column_of.items()},
        by_place={row: int(found.rows[i]) for row, i in row_of.items()},
        by_category={column: int(found.columns[j]) for column, j in column_of.items()},
        total=found.total,
        rule=rule,
    )


def _rounded(table: NDArray[np.int64], base: int, rows: Sequence[int] | None) -> Rounded:
    try:
        return controlled(table, base, rows=rows)
    except CannotRound:
        return controlled(table, base)


def _few(sums: Mapping[str, int], threshold: int) -> frozenset[str]:
    """Categories that are small, and the next smallest with them where one alone, or all of them, would still be."""
    ordered = sorted((count, category) for category, count in sums.items() if count)
    taken: list[tuple[int, str]] = []
    for count, category in ordered:
        lonely = bool(taken) and (len(taken) < 2 or sum(n for n, _ in taken) < threshold)
        if count >= threshold and not lonely:
            break
        taken.append((count, category))
    return frozenset(category for _, category in taken)
