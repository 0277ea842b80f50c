"""Correcting fields by hand: what is believed, by the same order of sources as a file's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.register.rules.precedence import Told, Verdict, decide

ORDER_OF = {
    "name": "name",
    "number": "number",
    "document_kind": "document",
    "document_expires": "document",
    "birth_date": "birth",
    "sex": "sex",
    "phone": "phone",
    "ethnicity": "ethnic",
    "education": "education",
    "hukou_region": "hukou_region",
    "hukou_text": "hukou_address",
    "relation": "relation",
    "status": "residence",
}
"""Column → field of ``precedence.csv``, under which it is attested."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of told values: ``taken`` replaces, ``agreed`` is verified anew, ``asked`` waits for somebody to decide."""

    taken: tuple[str, ...]
    agreed: tuple[str, ...]
    asked: tuple[str, ...]
    kept: tuple[str, ...] = ()


def outcome(known: Mapping[str, Told], told: Mapping[str, Told]) -> Outcome:
    """Each told column against what is known of it. Both keyed by column.

    Two of equal standing on one day: whoever writes by hand saw what stood there and is believed.
    """
    sorted_: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for column, new in told.items():
        field, old = ORDER_OF[column], known[column]
        verdict = decide(field, old, new)
        if verdict is Verdict.CONFLICT and old.on == new.on and old.source == new.source:
            verdict = Verdict.TAKE
        sorted_[verdict].append(column)
    return Outcome(
        tuple(sorted_[Verdict.TAKE]),
        tuple(sorted_[Verdict.AGREE]),
        tuple(sorted_[Verdict.CONFLICT]),
        tuple(sorted_[Verdict.KEEP]),
    )


def shown(value: object) -> str:
    """A value as it is compared and asked about."""
    return value.isoformat() if isinstance(value, date) else str(value or "")
