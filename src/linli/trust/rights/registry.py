"""Who has something to say about a person: flats join with the sections that go into an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.trust.rights.rules import Asker, Right

Both = Mapping[str, str]
"""A text as ``{"en": …, "zh-Hans": …}``."""


@dataclass(frozen=True)
class Asked:
    """For whom an answer is put together, and for whom it is: no compartment that is not the asker's to see goes in."""

    by: Actor
    community: UUID
    subject: UUID
    right: Right
    asker: Asker


@dataclass(frozen=True)
class Section:
    """One table of an answer. ``columns``: key → heading; ``rows`` by the same keys, of plain values: str, int, float, bool,
    None, dates, or ``{"en": …, "zh-Hans": …}`` for words.
    """

    key: str
    title: Both
    columns: Mapping[str, Both]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Portable:
    """What a flat holds about people. ``sections(asked)`` is called inside a command that records that it was opened."""

    flat: str
    sections: Callable[[Asked], list[Section]]


_PORTABLE: dict[str, Portable] = {}


def offer_portable(portable: Portable) -> None:
    """Make a flat's answer known; called by ``site.wiring``. Offered again by the same flat, the later one counts."""
    _PORTABLE[portable.flat] = portable


def portables() -> list[Portable]:
    """Every flat that has something to say, by name."""
    return [_PORTABLE[flat] for flat in sorted(_PORTABLE)]
