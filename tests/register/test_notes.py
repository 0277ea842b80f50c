"""Sealed notes on the desk: who may write and open them, why, and that each opening is recorded."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel.actor import Actor
from linli.trust import Compartment, notes_about
from linli.trust.models import AuditEvent, SealedNote
from tests.register.ground import Town
from tests.register.hands import register

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
TEXT = "Needs the key of the door at night"


@pytest.fixture
def person(town: Town, actor_for: ActorFor) -> UUID:
    return register(actor_for("desk_clerk", town.community), town).people[0]


def address(person: UUID, page: str = "notes") -> str:
    return reverse(f"register:{page}", kwargs={"code": "999901001001", "person": person})


def test_written_listed_and_opened_for_a_reason(
    town: Town, person: UUID, actor_for: ActorFor, signed_in: Callable[..., Client]
) -> None:
    manager = actor_for("community_manager", town.community)
    desk = signed_in(manager)
    assert address(person) in desk.get(address(person, "person")).content.decode()
    assert desk.post(address(person), {"act": "add", "compartment": "health", "text": " "}).status_code == 422
    assert desk.post(address(person), {"act": "add", "compartment": "health", "text": TEXT}).status_code == 302
    page = desk.get(address(person))
    assert TEXT not in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    note = SealedNote.objects.get()
    assert desk.post(address(person), {"act": "open", "note": note.id, "reason": ""}).status_code == 422
    assert not AuditEvent.objects.filter(kind="trust.compartment.health").exists()
    opened = desk.post(address(person), {"act": "open", "note": note.id, "reason": "her son can't be reached"})
    assert TEXT in opened.content.decode()
    event = AuditEvent.objects.get(kind="trust.compartment.health")
    assert event.reason == "her son can't be reached"
    assert TEXT not in desk.get(address(person)).content.decode()


def test_nobody_else_comes_near(town: Town, person: UUID, actor_for: ActorFor, signed_in: Callable[..., Client]) -> None:
    for role, zone in (("desk_clerk", town.community), ("grid_worker", town.grids[0])):
        desk = signed_in(actor_for(role, zone))
        assert desk.get(address(person)).status_code == 403
        assert address(person) not in desk.get(address(person, "person")).content.decode()
    assert signed_in(actor_for("privacy_officer", town.community)).get(address(person)).status_code == 403


def test_a_strange_note_does_not_exist(town: Town, person: UUID, actor_for: ActorFor, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(actor_for("community_manager", town.community))
    assert desk.post(address(person), {"act": "open", "note": town.community, "reason": "x"}).status_code == 404
    assert desk.get(address(town.community)).status_code == 404


def test_only_compartments_that_may_be_opened_are_listed(town: Town, person: UUID, actor_for: ActorFor) -> None:
    clerk = actor_for("desk_clerk", town.community)
    assert notes_about(viewer=clerk, community=town.community, subject=person) == []
    assert len(Compartment) == 3
