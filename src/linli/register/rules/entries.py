"""One row of a population file, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from linli.register.rules.addresses import Found
from linli.register.rules.codes import Change
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.register.rules.standing import Known


@dataclass(slots=True)
class Entry:
    """One row of the file after its cells were read and checked against each other."""

    row: int
    name: str
    sex: str
    birth_date: date
    number: str
    document_kind: str
    document_number: str
    register_no: str
    phone: str
    ethnicity: str
    education: str
    household: str
    relation: str
    said: Status | None
    region: str
    hukou_text: str
    address: str
    since: date | None
    needs: frozenset[Need]
    consent: date | None
    change: Change
    change_date: date | None
    verified: date | None = None
    found: Found | None = None
    known: Known | None = None
    through: Known | None = None
    """The record that the row names, where another one of the same person leads it."""

    def told(self) -> dict[str, str]:
        """What the row says, as text, by field of this class: for somebody who has to look at it, and to be read again."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _OURS}
        texts = {name: _text(value) for name, value in plain.items()}
        return {name: text for name, text in texts.items() if text}


_OURS = frozenset({"row", "found", "known", "through"})
"""What we know of the row, not what it says."""


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return str(value or "")


def entry_of(row: int, told: Mapping[str, str]) -> Entry:
    """The row that :meth:`Entry.told` was made of."""
    texts: dict[str, Any] = {f.name: told.get(f.name, "") for f in fields(Entry) if f.type == "str"}
    days = {name: date.fromisoformat(told[name]) for name in _DAYS if name in told}
    return Entry(
        row=row,
        **texts,
        birth_date=days["birth_date"],
        said=Status(told["said"]) if "said" in told else None,
        since=days.get("since"),
        needs=frozenset(Need(need) for need in told.get("needs", "").split(",") if need),
        consent=days.get("consent"),
        change=Change(told["change"]),
        change_date=days.get("change_date"),
        verified=days.get("verified"),
    )


_DAYS = ("birth_date", "since", "consent", "change_date", "verified")
