"""Erasing a person, sealed compartments, and that a backup brings nothing back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.trust import (
    Compartment,
    NewSubject,
    SubjectKey,
    Tampered,
    erase_subject,
    new_subjects,
    notes_about,
    on_erased,
    open_note,
    replay_erasures,
    seal_note,
    sealed,
    subject_keys,
)
from linli.trust.audit import trail
from linli.trust.erasure import ledger, mend_ledger
from linli.trust.models import AuditEvent, Erasure, LegalHold, SealedNote, Subject, WrappedKey
from linli.trust.sealing.columns import COLUMNS, ERASERS

Actors = Callable[..., Actor]
Callbacks = Callable[..., Any]


@pytest.fixture
def resident(community: UUID) -> NewSubject:
    with trail("test", SYSTEM, community):
        return new_subjects(community, 2)[0]


@pytest.fixture
def elsewhere() -> Iterator[list[UUID]]:
    """Whom a flat was told to forget."""
    told: list[UUID] = []

    def eraser(_community: UUID, subject: UUID) -> None:
        told.append(subject)

    on_erased(eraser)
    yield told
    ERASERS.remove(eraser)


def test_an_erased_person_is_gone(
    community: UUID, resident: NewSubject, actor_for: Actors, elsewhere: list[UUID], django_capture_on_commit_callbacks: Callbacks
) -> None:
    officer = actor_for("privacy_officer", community)
    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(by=officer, community=community, subject=resident.id, reason="moved away five years ago")
    assert subject_keys(community, [resident.id]) == {}
    assert not WrappedKey.objects.filter(subject=resident.id).exists()
    assert Subject.objects.get(id=resident.id).pseudonym != resident.pseudonym
    assert elsewhere == [resident.id]
    assert {e["subject"] for e in ledger()} >= {str(resident.id)}
    event = AuditEvent.objects.get(kind="trust.erasure")
    assert (event.ids, event.reason) == ([str(resident.id)], "moved away five years ago")


def test_erasing_twice_is_erasing_once(community: UUID, resident: NewSubject, actor_for: Actors) -> None:
    officer = actor_for("privacy_officer", community)
    for _ in range(2):
        erase_subject(by=officer, community=community, subject=resident.id, reason="asked for it")
    assert Erasure.objects.filter(subject_id=resident.id).count() == 1


def test_who_may_not_erase(community: UUID, other_community: UUID, resident: NewSubject, actor_for: Actors) -> None:
    officer = actor_for("privacy_officer", community)
    with pytest.raises(NotAllowed):
        erase_subject(by=actor_for("desk_clerk", community), community=community, subject=resident.id, reason="x")
    with pytest.raises(NotFound):
        erase_subject(by=actor_for("privacy_officer", other_community), community=community, subject=resident.id, reason="x")
    with pytest.raises(NotFound):
        erase_subject(by=officer, community=community, subject=uuid4(), reason="x")
    with pytest.raises(BadInput):
        erase_subject(by=officer, community=community, subject=resident.id, reason=" ")
    assert subject_keys(community, [resident.id])


@pytest.mark.parametrize(("of_one", "to_date"), [(True, None), (False, None), (True, date(2999, 1, 1))])
def test_a_legal_hold_refuses(
    community: UUID, resident: NewSubject, actor_for: Actors, of_one: bool, to_date: date | None
) -> None:
    purpose = "" if of_one else "register"
    hold = LegalHold.objects.create(
        community_id=community,
        subject=resident.id if of_one else None,
        purpose=purpose,
        reason="court file 7",
        placed_at=timezone.now(),
        from_date=date(2020, 1, 1),
        to_date=to_date,
    )
    officer = actor_for("privacy_officer", community)
    with pytest.raises(Conflict, match="court file 7"):
        erase_subject(by=officer, community=community, subject=resident.id, reason="asked for it")
    assert subject_keys(community, [resident.id])
    LegalHold.objects.filter(id=hold.id).update(to_date=timezone.localdate() - timedelta(days=1))
    erase_subject(by=officer, community=community, subject=resident.id, reason="asked for it")
    assert not subject_keys(community, [resident.id])


def test_a_restored_backup_forgets_again(
    community: UUID, resident: NewSubject, actor_for: Actors, django_capture_on_commit_callbacks: Callbacks
) -> None:
    """The database and its keys of yesterday come back; the ledger's file did not travel with them."""
    text = resident.key.seal("register.person.name", "张三")
    before = list(WrappedKey.objects.filter(subject=resident.id).values())
    with django_capture_on_commit_callbacks(execute=True):
        erase_subject(by=actor_for("privacy_officer", community), community=community, subject=resident.id, reason="asked")
    Subject.objects.filter(id=resident.id).update(pseudonym=resident.pseudonym)
    Erasure.objects.all().delete()
    WrappedKey.objects.create(**before[0])
    assert subject_keys(community, [resident.id])[resident.id].open("register.person.name", text) == "张三"

    assert replay_erasures(by=SYSTEM, community=community) == 1
    assert subject_keys(community, [resident.id]) == {}
    assert Subject.objects.get(id=resident.id).pseudonym != resident.pseudonym
    assert replay_erasures(by=SYSTEM, community=community) == 0


def test_the_ledger_mends_itself(community: UUID, resident: NewSubject, data: Any) -> None:
    """The process died between the commit and the file; then a line was cut short by a power failure."""
    Erasure.objects.create(community_id=community, subject_id=resident.id, at=timezone.now())
    assert mend_ledger() == 1
    assert mend_ledger() == 0
    path = data / "keys" / "erasures.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("a") as file:
        file.write('{"community": "')
    other = Erasure.objects.create(community_id=community, subject_id=uuid4(), at=timezone.now())
    assert mend_ledger() == 1
    assert [e["subject"] for e in ledger()] == [str(resident.id), str(other.subject_id)]
    assert json.loads(path.read_text().splitlines()[-1])["subject"] == str(other.subject_id)


def test_every_sealed_column_is_declared() -> None:
    """One that isn't would keep its look-up values at an erasure, and its old suite for ever."""
    from django.apps import apps
    from django.db.models import BinaryField

    own_keys = {("trust.WrappedKey", "wrapped"), ("trust.SealedNote", "sealed")}
    declared = set(COLUMNS) | {(c.model, name) for c in COLUMNS.values() for name in c.derived} | own_keys
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            speaks = column.name.startswith(("sealed", "told", "wrapped")) or "index" in column.name
            if isinstance(column, BinaryField) and speaks:
                assert (model._meta.label, column.name) in declared
    for (label, name), column in COLUMNS.items():
        assert apps.get_model(label)._meta.get_field(name)
        assert column.blanked()


def test_sealed_columns_are_declared_whole(community: UUID, resident: NewSubject, actor_for: Actors) -> None:
    """Any model with a way to a subject will do: here the notes of a compartment, whose column is declared for the occasion."""
    columns = dict(COLUMNS)
    try:
        with pytest.raises(TypeError):
            sealed("trust.SealedNote", "sealed", "x", derived=("version",))
        sealed("trust.Erasure", "at", "x", subject="subject_id", blanks={})
        assert COLUMNS["trust.Erasure", "at"].table is Erasure
    finally:
        COLUMNS.clear()
        COLUMNS.update(columns)


class TestCompartments:
    def test_round_trip_leaves_a_trace(self, community: UUID, resident: NewSubject, actor_for: Actors) -> None:
        manager = actor_for("community_manager", community)
        note = seal_note(
            by=manager, community=community, subject=resident.id, compartment=Compartment.HEALTH, text="needs insulin at noon"
        )
        [head] = notes_about(viewer=manager, community=community, subject=resident.id)
        assert (head.id, head.compartment) == (note, Compartment.HEALTH)
        text = open_note(by=manager, community=community, note=note, compartment=Compartment.HEALTH, reason="asked by her doctor")
        assert text == "needs insulin at noon"
        event = AuditEvent.objects.get(kind="trust.compartment.health")
        assert event.reason == "asked by her doctor"
        assert event.ids == [str(note), str(resident.id)]
        assert "insulin" not in json.dumps([e.ids + e.fields + [e.reason] for e in AuditEvent.objects.all()])
        with pytest.raises(BadInput):
            open_note(by=manager, community=community, note=note, compartment=Compartment.HEALTH, reason="")

    def test_each_has_its_own_permission(self, community: UUID, resident: NewSubject, actor_for: Actors) -> None:
        only = Actor(account=None, role="x", permissions=frozenset({"compartment.minors"}), communities=frozenset({community}))
        note = seal_note(by=only, community=community, subject=resident.id, compartment=Compartment.MINORS, text="x")
        seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.PARTY, text="y")
        assert [h.id for h in notes_about(viewer=only, community=community, subject=resident.id)] == [note]
        with pytest.raises(NotAllowed):
            open_note(by=only, community=community, note=note, compartment=Compartment.PARTY, reason="x")
        with pytest.raises(NotFound):
            open_note(by=SYSTEM, community=community, note=note, compartment=Compartment.PARTY, reason="x")
        clerk = actor_for("desk_clerk", community)
        assert notes_about(viewer=clerk, community=community, subject=resident.id) == []

    def test_a_note_moved_to_another_compartment_stays_shut(self, community: UUID, resident: NewSubject) -> None:
        note = seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.MINORS, text="x")
        seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.PARTY, text="y")
        SealedNote.objects.filter(id=note).update(compartment="party")
        with pytest.raises(Tampered):
            open_note(by=SYSTEM, community=community, note=note, compartment=Compartment.PARTY, reason="x")

    def test_the_key_of_the_person_is_not_enough(self, community: UUID, resident: NewSubject) -> None:
        note = seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.PARTY, text="x")
        key: SubjectKey = subject_keys(community, [resident.id])[resident.id]
        with pytest.raises(Tampered):
            key.open("trust.note.party", SealedNote.objects.get(id=note).sealed)

    def test_an_erasure_takes_the_notes(self, community: UUID, resident: NewSubject, actor_for: Actors) -> None:
        note = seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.PARTY, text="x")
        erase_subject(by=SYSTEM, community=community, subject=resident.id, reason="asked")
        with pytest.raises(NotFound):
            open_note(by=SYSTEM, community=community, note=note, compartment=Compartment.PARTY, reason="x")
        with pytest.raises(NotFound):
            seal_note(by=SYSTEM, community=community, subject=resident.id, compartment=Compartment.PARTY, text="x")
