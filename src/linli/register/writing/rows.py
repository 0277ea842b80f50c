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
from linli.kernel.ids import new_hexes, new_id
from linli.register.models import Attestation, CareNeed, Household, Hukou, Lapse, Membership, Person, Residence
from linli.register.opening import chunks, person_keys
from linli.register.rules.renewal import Amend, NewResidence, Renewal
from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, person_columns, sealed
from linli.register.rules.standing import DwellingKey
from linli.register.writing.newcomers import ADDRESS_SIGNS, Newcomers, hukou_columns, residence_columns
from linli.trust import Blinder, SubjectKey, blinder


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

    def insert(self, model: type[models.Model], columns: Mapping[str, Sequence[Any] | bulk.Same], count: int) -> None:
        """New rows: ``columns`` and the common ones (community, batch, known_from)."""
        common = {"community": bulk.Same(self.community), "batch": bulk.Same(self.batch), "known_from": bulk.Same(self.as_of)}
        if count:
            bulk.insert_columns(model, {**columns, **common}, count)

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
    """New people with their homes and hukou, and new homes and hukou of people known before."""
    newcomers = Newcomers(renewal)

    def dwelling(home: NewResidence) -> UUID | None:
        return writing.dwelling(home.dwelling)

    if newcomers.count:
        newcomers.write(writing.community, writing.insert, dwelling)
    homes, hukou = newcomers.residences, newcomers.hukou
    writing.fetch_keys([*(home.person for home in homes), *(one.person for one in hukou)])
    addresses = [writing.seal(home.person, HOME_ADDRESS, home.address_text[:ADDRESS_SIGNS]) for home in homes]
    writing.insert(Residence, residence_columns(homes, dwelling, addresses), len(homes))
    addresses = [writing.seal(one.person, HUKOU_ADDRESS, one.address_text[:ADDRESS_SIGNS]) for one in hukou]
    writing.insert(Hukou, hukou_columns(hukou, addresses), len(hukou))


def _add_relations(writing: Writing, renewal: Renewal) -> None:
    houses, members, needs = renewal.households, renewal.memberships, renewal.needs
    noise = secrets.token_hex(8 * len(houses))
    writing.insert(
        Household,
        {
            "id": [house.id for house in houses],
            "number": [house.number for house in houses],
            "building": [house.building for house in houses],
            "dwelling": [writing.dwelling(house.dwelling) for house in houses],
            "pseudonym": [noise[at : at + 16] for at in range(0, len(noise), 16)],
        },
        len(houses),
    )
    writing.insert(
        Membership,
        {
            "id": new_hexes(len(members)),
            "person": [member.person for member in members],
            "household": [member.household for member in members],
            "relation": [member.relation for member in members],
            "from_date": [member.from_date for member in members],
        },
        len(members),
    )
    writing.insert(
        CareNeed,
        {
            "id": new_hexes(len(needs)),
            "person": [need.person for need in needs],
            "need": [need.need.value for need in needs],
            "from_date": [need.from_date for need in needs],
            "basis": bulk.Same("consent"),
            "law": bulk.Same(""),
            "source": bulk.Same("file"),
            "sealed_helper": bulk.Same(b""),
        },
        len(needs),
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
