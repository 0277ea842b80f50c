"""Writing what a plan decided: bulk rows under one batch, sealed as they go, what stood there before noted with intake."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from linli.intake import bulk, note_changes
from linli.kernel.ids import new_id
from linli.register.models import Attestation, CareNeed, Household, Hukou, Lapse, Membership, Person, Residence
from linli.register.opening import chunks, person_keys
from linli.register.rules.amending import PERSON_FIELDS
from linli.register.rules.entries import Entry
from linli.register.rules.renewal import Amend, Renewal
from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, person_columns, sealed
from linli.register.rules.standing import DwellingKey
from linli.trust import Blinder, SubjectKey, blinder, new_subjects

_EMPTY = {
    "sealed_name": b"", "sealed_number": b"", "sealed_phone": b"", "sealed_birth": b"", "number_index": None, "name_token": None,
    "given_token": None, "pinyin_token": None, "initials_token": None, "phone_token": None, "birth_month": None, "sex": "0",
    "document_kind": "", "register_no": "", "ethnicity": "", "education": "", "marital": "",
}  # fmt: skip


class Writing:
    """Where and by what rows are written, and since when they are known. ``batch`` None: by hand, nothing to undo by file."""

    def __init__(self, community: UUID, batch: UUID | None, as_of: datetime, dwellings: Mapping[DwellingKey, UUID]) -> None:
        self.community, self.batch, self.as_of, self.dwellings = community, batch, as_of, dwellings
        self.keys: dict[UUID, SubjectKey] = {}
        """Keys of the people whom this writing has had to do with, by person."""

    @cached_property
    def blind(self) -> Blinder:
        return blinder(self.community)

    def dwelling(self, place: UUID | DwellingKey | None) -> UUID | None:
        """The dwelling's id, also of one that was unknown until now."""
        return self.dwellings[place] if isinstance(place, tuple) else place

    def fetch_keys(self, people: Iterable[UUID | None]) -> None:
        """Make ready the keys of people who are on the register already."""
        self.keys |= person_keys(self.community, {person for person in people if person is not None} - set(self.keys))

    def seal(self, person: UUID, place: str, text: str) -> bytes:
        """Sealed under the person's key; nothing where it was destroyed."""
        return sealed(self.keys[person], place, text) if person in self.keys else b""

    def insert(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """New rows: ``columns`` and the common ones (id, community, batch, known_from)."""
        common = (self.community, self.batch, self.as_of)
        bulk.insert(model, (*columns, "community", "batch", "known_from"), ((*row, *common) for row in rows))

    def amend(self, model: type[models.Model], amends: Iterable[Amend]) -> None:
        """Write new values into existing rows, and note with intake what stood there."""
        by_id: dict[UUID, tuple[int, dict[str, Any]]] = {}
        for change in amends:
            by_id.setdefault(change.id, (change.row, {}))[1].update(change.values)
        groups: dict[tuple[str, ...], list[UUID]] = {}
        dated = any(field.name == "ended_known" for field in model._meta.fields)
        for pk, (_row, values) in by_id.items():
            if dated and values.get("to_date") is not None:
                values["ended_known"] = self.as_of
            groups.setdefault(tuple(sorted(values)), []).append(pk)
        for names, ids in groups.items():
            before: list[tuple[UUID, int | None, dict[str, Any]]] = []
            for part in chunks(ids):
                stored = model._default_manager.filter(pk__in=part).values_list("pk", "batch", *names)
                for pk, batch, *old in stored:
                    before.append((pk, by_id[pk][0], {"batch": batch, **dict(zip(names, old, strict=True))}))
            if self.batch is not None:
                note_changes(self.batch, model._meta.label, before)
            rows = ((pk, *(by_id[pk][1][name] for name in names), self.batch) for pk in ids)
            bulk.update(model, (*names, "batch"), rows)


def write(writing: Writing, renewal: Renewal) -> None:
    """Everything that a reconciliation decided but its questions and links."""
    _amend(writing, renewal)
    _add_people(writing, renewal)
    _add_relations(writing, renewal)
    _lapses(writing, renewal)
    _overrule(writing, renewal)


def _amend(writing: Writing, renewal: Renewal) -> None:
    for change in renewal.amend_residences:
        if isinstance(key := change.values.get("dwelling_id"), tuple):
            change.values["dwelling_id"] = writing.dwellings[key]
    writing.fetch_keys(change.person for change in (*renewal.amend_people, *renewal.amend_hukou))
    for change in renewal.amend_people:
        if change.person in writing.keys:
            key = writing.keys[change.person]
            change.values = person_columns(key, writing.blind, change.values, document_kind=change.document_kind)
    for change in renewal.amend_hukou:
        if change.person in writing.keys and "address_text" in change.values:
            change.values["sealed_address"] = writing.seal(change.person, HUKOU_ADDRESS, change.values.pop("address_text"))
    writing.amend(Person, renewal.amend_people)
    writing.amend(Residence, renewal.amend_residences)
    writing.amend(Hukou, renewal.amend_hukou)
    writing.amend(Membership, renewal.amend_memberships)
    writing.amend(CareNeed, renewal.amend_needs)


def _add_people(writing: Writing, renewal: Renewal) -> None:
    if not renewal.people:
        return
    subjects = new_subjects(writing.community, len(renewal.people))
    writing.keys |= {new.id: subject.key for new, subject in zip(renewal.people, subjects, strict=True)}

    def rows() -> Iterable[tuple[Any, ...]]:
        for new, subject in zip(renewal.people, subjects, strict=True):
            columns = _EMPTY | _columns_of(new.entry, subject.key, writing.blind)
            yield (new.id, subject.id, *(columns[name] for name in _EMPTY))

    writing.insert(Person, ("id", "subject", *_EMPTY), rows())


def _columns_of(entry: Entry, key: SubjectKey, blind: Blinder) -> dict[str, Any]:
    return person_columns(key, blind, {name: getattr(entry, name) for name in PERSON_FIELDS})


def _add_relations(writing: Writing, renewal: Renewal) -> None:
    writing.fetch_keys(row.person for row in renewal.residences)
    writing.fetch_keys(row.person for row in renewal.hukou)
    writing.insert(
        Household,
        ("id", "number", "building", "dwelling", "pseudonym"),
        ((h.id, h.number, h.building, writing.dwelling(h.dwelling), secrets.token_hex(8)) for h in renewal.households),
    )
    writing.insert(
        Residence,
        ("id", "person", "building", "dwelling", "sealed_address", "said", "came", "from_date", "ending", "reason", "housing"),
        (
            (
                new_id(), r.person, r.building, writing.dwelling(r.dwelling),
                writing.seal(r.person, HOME_ADDRESS, r.address_text[:200]), r.said, r.came, r.from_date, "", "", "",
            )
            for r in renewal.residences
        ),
    )  # fmt: skip
    writing.insert(
        Hukou,
        ("id", "person", "region", "sealed_address", "here", "from_date"),
        (
            (new_id(), h.person, h.region, writing.seal(h.person, HUKOU_ADDRESS, h.address_text[:200]), h.here, h.from_date)
            for h in renewal.hukou
        ),
    )
    writing.insert(
        Membership,
        ("id", "person", "household", "relation", "from_date"),
        ((new_id(), m.person, m.household, m.relation, m.from_date) for m in renewal.memberships),
    )
    writing.insert(
        CareNeed,
        ("id", "person", "need", "from_date", "basis", "law", "source", "sealed_helper"),
        ((new_id(), n.person, n.need.value, n.from_date, "consent", "", "file", b"") for n in renewal.needs),
    )


def _lapses(writing: Writing, renewal: Renewal) -> None:
    monday = renewal.monday
    assert monday is not None
    writing.amend(Lapse, [Amend(lapse, row, {"to_monday": monday}) for lapse, row in renewal.close_lapses])
    columns = ("id", "community", "batch", "person", "from_monday", "verified")
    rows = ((new_id(), writing.community, writing.batch, person, monday, verified) for person, verified in renewal.open_lapses)
    bulk.insert(Lapse, columns, rows)


def _overrule(writing: Writing, renewal: Renewal) -> None:
    """A file that is believed against a voucher takes its place."""
    taken: dict[tuple[UUID, str], int] = {(person, field): row for person, field, row in renewal.overruled}
    amends: list[Amend] = []
    for people in chunks({person for person, _field in taken}):
        for pk, person, field in Attestation.objects.filter(person__in=people).values_list("id", "person_id", "field"):
            if (person, field) in taken:
                amends.append(Amend(pk, taken[person, field], {"source": renewal.source, "on": renewal.monday}))
    writing.amend(Attestation, amends)
