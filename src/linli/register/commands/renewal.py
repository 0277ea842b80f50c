"""Applying a population file, and undoing one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from linli.intake import Plan, Undone, note_changes, restore
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict
from linli.kernel.weeks import Week
from linli.kernel.words import sentence
from linli.register.models import CareNeed, Household, Hukou, Lapse, Membership, Person, RegisterRound, Residence
from linli.register.queries.sealed import person_keys
from linli.register.rules.amending import PERSON_FIELDS
from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, person_columns, sealed
from linli.register.rules.standing import Amend, DwellingKey, Entry, Renewal
from linli.territory.commands import NewDwelling, add_dwellings, drop_dwellings
from linli.trust import Blinder, Permission, SubjectKey, blinder, command, drop_subjects, new_subjects, record

LATER_FILE = sentence("register.undo.later_file", "A later population file, of %(week)s, stands on this one.")
LATER_FIRST = sentence("register.undo.later_first", "Undo the later file first, or correct the person's record by hand.")

SIZE = 1000
# Those that refer to others come first.
_IN_ORDER: tuple[type[models.Model], ...] = (Membership, CareNeed, Hukou, Residence, Lapse, Household, Person, RegisterRound)
MODELS = {model._meta.label: model for model in _IN_ORDER}


@command("register.renew", may=Permission.REGISTER_RENEW)
def apply_population(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: datetime) -> None:
    """Write what a plan of ``imports.plan_population`` decided. Rows of people who did not change are not touched."""
    renewal: Renewal = plan.work
    writing = _Writing(community, batch, as_of)
    dwellings: Mapping[DwellingKey, UUID] = {}
    if renewal.dwellings:
        rows = [NewDwelling(building, unit, room) for building, unit, room in renewal.dwellings]
        dwellings = add_dwellings(by=by, community=community, rows=rows, batch=batch)
    _amend(writing, renewal, dwellings)
    _add_people(writing, renewal)
    _add_relations(writing, renewal, dwellings)
    _lapses(writing, renewal)
    assert renewal.monday is not None
    RegisterRound.objects.create(
        community_id=community,
        monday=renewal.monday,
        batch=batch,
        full=renewal.full,
        seen=renewal.seen,
        counts=plan.counts,
        known_from=as_of,
    )
    record("register.round", ids=[batch], counts={"seen": renewal.seen, **plan.counts})


@command("register.undo", may=Permission.IMPORT_UNDO)
def undo_population(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """Put back exactly what stood before the file. Files are undone newest first: Conflict names the week of a later one."""
    mine = RegisterRound.objects.filter(community=community, batch=batch).first()
    if mine is not None:
        later = RegisterRound.objects.filter(community=community, id__gt=mine.id).order_by("-id").first()
        if later is not None:
            raise Conflict(LATER_FILE, remedy=LATER_FIRST, week=str(Week(later.monday)))
    subjects = set(Person.objects.filter(community=community, batch=batch).values_list("subject_id", flat=True))
    undone = restore(batch, MODELS)
    drop_subjects(community, subjects - set(Person.objects.filter(community=community).values_list("subject_id", flat=True)))
    drop_dwellings(by=by, community=community, batch=batch)
    record("register.round", ids=[batch], counts={"restored": undone.restored, "kept": len(undone.kept)})
    return undone


class _Writing:
    """Where and by what a row is written, and since when it is known."""

    def __init__(self, community: UUID, batch: UUID, as_of: datetime) -> None:
        self.community, self.batch, self.as_of = community, batch, as_of

        self.keys: dict[UUID, SubjectKey] = {}
        """Keys of the people made by this file, by person."""

    @cached_property
    def blind(self) -> Blinder:
        return blinder(self.community)

    def columns(self) -> dict[str, Any]:
        return {"community_id": self.community, "batch": self.batch, "known_from": self.as_of}

    def amend(self, model: type[models.Model], amends: Iterable[Amend]) -> None:
        """Write new values into existing rows, and note with intake what stood there."""
        by_id: dict[UUID, tuple[int, dict[str, Any]]] = {}
        for change in amends:
            row, values = by_id.setdefault(change.id, (change.row, {}))
            values.update(change.values)
        if not by_id:
            return
        rows: list[Any] = []
        ids = list(by_id)
        for start in range(0, len(ids), SIZE):
            rows += model._default_manager.filter(pk__in=ids[start : start + SIZE])
        names = {"batch"}
        before: list[tuple[UUID, int | None, dict[str, Any]]] = []
        for stored in rows:
            row, values = by_id[stored.pk]
            if values.get("to_date") is not None and hasattr(stored, "ended_known"):
                values["ended_known"] = self.as_of
            before.append((stored.pk, row, {"batch": stored.batch, **{name: getattr(stored, name) for name in values}}))
            for name, value in values.items():
                setattr(stored, name, value)
            stored.batch = self.batch
            names |= {name.removesuffix("_id") for name in values}
        note_changes(self.batch, model._meta.label, before)
        model._default_manager.bulk_update(rows, sorted(names), batch_size=200)


def _amend(writing: _Writing, renewal: Renewal, dwellings: Mapping[DwellingKey, UUID]) -> None:
    for change in renewal.amend_residences:
        if isinstance(key := change.values.get("dwelling_id"), tuple):
            change.values["dwelling_id"] = dwellings[key]
    keys = person_keys(writing.community, (change.person for change in (*renewal.amend_people, *renewal.amend_hukou)))
    for change in renewal.amend_people:
        if change.person in keys:
            change.values = person_columns(keys[change.person], writing.blind, change.values, document_kind=change.document_kind)
    for change in renewal.amend_hukou:
        if "address_text" in change.values and change.person in keys:
            change.values["sealed_address"] = sealed(keys[change.person], HUKOU_ADDRESS, change.values.pop("address_text"))
    writing.amend(Person, renewal.amend_people)
    writing.amend(Residence, renewal.amend_residences)
    writing.amend(Hukou, renewal.amend_hukou)
    writing.amend(Membership, renewal.amend_memberships)
    writing.amend(CareNeed, renewal.amend_needs)


def _add_people(writing: _Writing, renewal: Renewal) -> None:
    if not renewal.people:
        return
    common = writing.columns()
    subjects = new_subjects(writing.community, len(renewal.people))
    _insert(
        Person,
        [
            Person(id=new.id, subject_id=subject.id, **_columns_of(new.entry, subject.key, writing.blind), **common)
            for new, subject in zip(renewal.people, subjects, strict=True)
        ],
    )
    writing.keys = {new.id: subject.key for new, subject in zip(renewal.people, subjects, strict=True)}


def _columns_of(entry: Entry, key: SubjectKey, blind: Blinder) -> dict[str, Any]:
    return person_columns(key, blind, {name: getattr(entry, name) for name in PERSON_FIELDS})


def _add_relations(writing: _Writing, renewal: Renewal, dwellings: Mapping[DwellingKey, UUID]) -> None:
    common = writing.columns()
    others = ({row.person for row in renewal.residences} | {row.person for row in renewal.hukou}) - set(writing.keys)
    keys = writing.keys | person_keys(writing.community, others)

    def address(person: UUID, place: str, text: str) -> bytes:
        return sealed(keys[person], place, text[:200]) if person in keys else b""

    def dwelling(place: UUID | DwellingKey | None) -> UUID | None:
        return dwellings[place] if isinstance(place, tuple) else place

    _insert(
        Household,
        [
            Household(
                id=h.id,
                number=h.number,
                building_id=h.building,
                dwelling_id=dwelling(h.dwelling),
                pseudonym=secrets.token_hex(8),
                **common,
            )
            for h in renewal.households
        ],
    )
    _insert(
        Residence,
        [
            Residence(
                person_id=r.person, building_id=r.building, dwelling_id=dwelling(r.dwelling),
                sealed_address=address(r.person, HOME_ADDRESS, r.address_text),
                said=r.said, came=r.came, from_date=r.from_date, **common,
            )
            for r in renewal.residences
        ],
    )  # fmt: skip
    _insert(
        Hukou,
        [
            Hukou(
                person_id=h.person, region=h.region, sealed_address=address(h.person, HUKOU_ADDRESS, h.address_text), here=h.here,
                from_date=h.from_date, **common,
            )
            for h in renewal.hukou
        ],
    )  # fmt: skip
    _insert(
        Membership,
        [
            Membership(person_id=m.person, household_id=m.household, relation=m.relation, from_date=m.from_date, **common)
            for m in renewal.memberships
        ],
    )
    _insert(CareNeed, [CareNeed(person_id=n.person, need=n.need.value, from_date=n.from_date, **common) for n in renewal.needs])


def _lapses(writing: _Writing, renewal: Renewal) -> None:
    monday = renewal.monday
    assert monday is not None
    writing.amend(Lapse, [Amend(lapse, row, {"to_monday": monday}) for lapse, row in renewal.close_lapses])
    _insert(
        Lapse,
        [
            Lapse(community_id=writing.community, batch=writing.batch, person_id=person, from_monday=monday, verified=verified)
            for person, verified in renewal.open_lapses
        ],
    )


def _insert(model: type[models.Model], rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=SIZE)
