"""The register as it stands: plain values, so that deciding needs no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from linli.register.rules.ids import NOBODY, Ids

DwellingKey = tuple[UUID, str, str]
"""Building, stair well, room."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who stands for a value, and since when."""

    source: str
    on: date


@dataclass(slots=True)
class Known:
    """One person of the register with what is open (not ended) of their relations; ids are of those rows."""

    id: UUID
    name: str
    sex: str
    birth_date: date
    number: str = ""
    document_kind: str = ""
    document_number: str = ""
    register_no: str = ""
    phone: str = ""
    ethnicity: str = ""
    education: str = ""
    died_on: date | None = None
    residence: UUID | None = None
    building: UUID | None = None
    dwelling: UUID | None = None
    said: str = ""
    lives_from: date | None = None
    last_lived: date | None = None
    hukou: UUID | None = None
    hukou_region: str = ""
    hukou_text: str = ""
    hukou_here: bool | None = None
    hukou_from: date | None = None
    membership: UUID | None = None
    household: UUID | None = None
    relation: str = ""
    member_from: date | None = None
    former_numbers: tuple[str, ...] = ()
    """What the documents of this person said before somebody corrected it: files may go on saying it."""
    needs: dict[str, tuple[UUID, date, bool]] = field(default_factory=dict)
    """By need: its row, since when, and whether a file told it (a file ends only what files told)."""
    needs_ended: dict[str, date] = field(default_factory=dict)
    """By need: when the person took back their consent, or somebody wrote down that it is over."""
    vouched: dict[str, Vouched] = field(default_factory=dict)
    """By field of the file: values that somebody else than a file stands for."""


@dataclass(slots=True)
class House:
    """One household."""

    id: UUID
    number: str
    building: UUID
    dwelling: UUID | None


@dataclass(slots=True)
class OpenLapse:
    """Rounds that did not show somebody, since a Monday and until now."""

    id: UUID
    from_monday: date


class AskedOf(NamedTuple):
    """An open question which value of a field holds: its id, the field, and the source that contradicts."""

    id: UUID
    field: str
    source: str


@dataclass
class Standing:
    """The people whom a file's rows may mean, past residents too, and ways to find them.

    ``living``: everybody who lives here; ``lapses``: by person; ``doors``: who lives in a
    dwelling that rows without a household number name.
    """

    people: dict[UUID, Known]
    houses: dict[UUID, House]
    latest_round: date | None = None
    latest_full: date | None = None
    living: Ids = NOBODY
    lapses: dict[UUID, OpenLapse] = field(default_factory=dict)
    doors: dict[UUID, list[UUID]] = field(default_factory=dict)
    asked: dict[UUID, list[AskedOf]] = field(default_factory=dict)
    """By person: which of two values holds, where that is an open question."""
    leads: dict[UUID, UUID] = field(default_factory=dict)
    """By record that stands beside another one of the same person: the record that leads."""

    def __post_init__(self) -> None:
        self.by_number = _group((p.number, p) for p in self.people.values() if p.number)
        self.by_document = _group(((p.document_kind, p.document_number), p) for p in self.people.values() if p.document_number)
        self.by_former = _group((number, p) for p in self.people.values() for number in p.former_numbers)
        self.by_register_no = _group((p.register_no, p) for p in self.people.values() if p.register_no)
        self.by_trait = _group(((p.name, p.birth_date), p) for p in self.people.values())
        self.house_by_number = {(h.number, h.building): h.id for h in self.houses.values() if h.number}


def _group(pairs: Iterable[tuple[Any, Known]]) -> dict[Any, list[Known]]:
    groups: dict[Any, list[Known]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
