"""Disclosure control: what happens to small numbers before they leave the community.

Rules are versioned data (``disclosure_rules.json``) and their id is stamped on every row. This first rule withholds counts of 1
to ``threshold - 1`` and rounds the rest to the nearest multiple of ``base``; noise with a budget ledger joins with the exchange.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Rule:
    """One version of the rule: counts below ``threshold`` (but not 0) are withheld, others rounded to ``base``."""

    id: str
    threshold: int
    base: int


@cache
def rules() -> dict[str, Rule]:
    """The committed rules by id."""
    text = files("linli.trust").joinpath("disclosure_rules.json").read_text("utf-8")
    return {r["id"]: Rule(r["id"], r["threshold"], r["base"]) for r in json.loads(text)}


CURRENT = "upward_2026"


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
