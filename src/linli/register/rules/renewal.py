"""What a file would do to the register: plain values, so that deciding needs no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from linli.register.rules.entries import Entry
from linli.register.rules.ids import Ids
from linli.register.rules.needs import Need
from linli.register.rules.review import Matter
from linli.register.rules.standing import DwellingKey


@dataclass(frozen=True, slots=True)
class Suspect:
    """Who may be meant by a row though no key says so. ``surely``: so likely, and birth date or number agree, that it counts."""

    person: UUID
    probability: float
    surely: bool


@dataclass(slots=True)
class NewPerson:
    """Somebody whom the register does not know yet."""

    id: UUID
    entry: Entry


@dataclass(slots=True)
class NewResidence:
    person: UUID
    building: UUID
    dwelling: UUID | DwellingKey | None
    address_text: str
    said: str
    from_date: date
    came: str


@dataclass(slots=True)
class NewHukou:
    person: UUID
    region: str
    address_text: str
    here: bool | None
    from_date: date


@dataclass(slots=True)
class NewMembership:
    person: UUID
    household: UUID
    relation: str
    from_date: date


@dataclass(slots=True)
class NewHousehold:
    id: UUID
    number: str
    building: UUID
    dwelling: UUID | DwellingKey | None


@dataclass(slots=True)
class NewNeed:
    person: UUID
    need: Need
    from_date: date


@dataclass(slots=True)
class Amend:
    """New values for fields of one existing row, and the row of the file that says so."""

    id: UUID
    row: int
    values: dict[str, Any]
    person: UUID | None = None
    """Under whose key the values are sealed, where any is personal."""
    document_kind: str = ""


@dataclass(slots=True)
class Question:
    """Something that a row leaves open. ``told``: what it says, by field; ``candidates``: buildings that may be meant."""

    matter: Matter
    row: int
    told: dict[str, str]
    person: UUID | None = None
    field: str = ""
    probability: float | None = None
    building: UUID | None = None
    dwelling: UUID | None = None
    said_on: date | None = None
    candidates: tuple[UUID, ...] = ()
    reason: str = ""
    subject: UUID | None = None
    """Under whose key ``told`` is sealed; None: a key is made for it."""


@dataclass
class Renewal:
    """Everything that applying a file would write. Ids of new rows are given already; dwellings not yet known are keys."""

    full: bool = True
    monday: date | None = None
    source: str = ""
    coverage: dict[str, Any] = field(default_factory=dict)
    model: str = ""
    """By which model of likeness links and questions of sameness came about."""
    people: list[NewPerson] = field(default_factory=list)
    residences: list[NewResidence] = field(default_factory=list)
    hukou: list[NewHukou] = field(default_factory=list)
    households: list[NewHousehold] = field(default_factory=list)
    memberships: list[NewMembership] = field(default_factory=list)
    needs: list[NewNeed] = field(default_factory=list)
    amend_people: list[Amend] = field(default_factory=list)
    amend_residences: list[Amend] = field(default_factory=list)
    amend_hukou: list[Amend] = field(default_factory=list)
    amend_memberships: list[Amend] = field(default_factory=list)
    amend_needs: list[Amend] = field(default_factory=list)
    open_lapses: list[tuple[UUID, date]] = field(default_factory=list)
    """Person and the Monday of the last round that showed them."""
    close_lapses: list[tuple[UUID, int]] = field(default_factory=list)
    """Lapse and the row that shows the person again (0: a row that said nothing new)."""
    questions: list[Question] = field(default_factory=list)
    closed: list[Amend] = field(default_factory=list)
    """Open questions that this file settles, with why (``rules.review.Closed``)."""
    links: list[tuple[UUID, int, float]] = field(default_factory=list)
    """Person, row and probability, where likeness alone says that the row speaks of the person."""
    overruled: list[tuple[UUID, str, int]] = field(default_factory=list)
    """Person and field whose earlier voucher no longer counts, and the row that says so."""
    erased: dict[UUID, int] = field(default_factory=dict)
    """Marks of numbers whose bearers were erased because they asked, and the row that names each."""
    seen: int = 0
    named: Ids | None = None
    """Whom the rows of a file that isn't full of everybody speak of; None of one that is."""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def dwellings(self) -> list[DwellingKey]:
        """Dwellings that people live in and the territory does not know yet."""
        keys = {d for r in self.residences if isinstance(d := r.dwelling, tuple)}
        keys |= {d for h in self.households if isinstance(d := h.dwelling, tuple)}
        keys |= {d for a in self.amend_residences if isinstance(d := a.values.get("dwelling_id"), tuple)}
        return sorted(keys, key=str)
