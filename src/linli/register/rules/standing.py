"""The register as it stands, and what a file would do to it: plain values, so that deciding needs no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from linli.register.rules.addresses import Found
from linli.register.rules.codes import Change
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status

DwellingKey = tuple[UUID, str, str]
"""Building, stair well, room."""


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
    needs: dict[str, tuple[UUID, date]] = field(default_factory=dict)


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


@dataclass
class Standing:
    """The people whom a file's rows may mean, past residents too, and ways to find them.

    ``living``: everybody who lives here, by id; ``lapses``: by person.
    """

    people: dict[UUID, Known]
    houses: dict[UUID, House]
    latest_round: date | None = None
    latest_full: date | None = None
    living: set[UUID] = field(default_factory=set)
    lapses: dict[UUID, OpenLapse] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_number = _group((p.number, p) for p in self.people.values() if p.number)
        self.by_document = _group(((p.document_kind, p.document_number), p) for p in self.people.values() if p.document_number)
        self.by_register_no = _group((p.register_no, p) for p in self.people.values() if p.register_no)
        self.by_trait = _group(((p.name, p.birth_date), p) for p in self.people.values())
        self.house_by_number = {(h.number, h.building): h.id for h in self.houses.values() if h.number}


def _group(pairs: Iterable[tuple[Any, Known]]) -> dict[Any, list[Known]]:
    groups: dict[Any, list[Known]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


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
    found: Found | None = None
    known: Known | None = None


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


@dataclass
class Renewal:
    """Everything that applying a file would write. Ids of new rows are given already; dwellings not yet known are keys."""

    full: bool = True
    monday: date | None = None
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
    """Lapse and the row that shows the person again."""
    seen: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def dwellings(self) -> list[DwellingKey]:
        """Dwellings that people live in and the territory does not know yet."""
        keys = {d for r in self.residences if isinstance(d := r.dwelling, tuple)}
        keys |= {d for h in self.households if isinstance(d := h.dwelling, tuple)}
        keys |= {d for a in self.amend_residences if isinstance(d := a.values.get("dwelling_id"), tuple)}
        return sorted(keys, key=str)
