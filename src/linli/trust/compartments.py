"""Sealed compartments: notes on minors, Party membership and health, each with a key and a permission of its own.

A note is sealed with the person's key, and around it with the compartment's: erasing the person ends it, and who holds one
compartment's key and every record still reads nothing of another. Each opening stands in the trail, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.door import NOT_FOUND, command
from linli.trust.keyring import Ring, ring
from linli.trust.models import SealedNote
from linli.trust.rules import Permission
from linli.trust.sealing.keys import Tampered, subject_keys
from linli.trust.suites import SUITES, seal, unseal

NO_REASON = sentence("trust.note.no_reason", "Opening a sealed note needs a reason.")
EMPTY = sentence("trust.note.empty", "A note needs text.")
TOO_LONG = sentence("trust.note.too_long", "A note has at most %(most)s characters.")
LONGEST = 10_000


class Compartment(StrEnum):
    """What is kept apart from everything else about a person."""

    MINORS = "minors"
    PARTY = "party"
    HEALTH = "health"


PERMISSIONS = {
    Compartment.MINORS: Permission.COMPARTMENT_MINORS,
    Compartment.PARTY: Permission.COMPARTMENT_PARTY,
    Compartment.HEALTH: Permission.COMPARTMENT_HEALTH,
}


@dataclass(frozen=True)
class NoteHead:
    """That there is a note, not what it says."""

    id: UUID
    compartment: Compartment
    written_at: datetime


def compartment_ring(community: UUID, compartment: Compartment) -> Ring:
    """The key ring of one compartment of a community, made at first use."""
    rests = SealedNote.objects.filter(community=community, compartment=compartment.value).exists
    return ring(f"{community}.{compartment.value}", expected=rests)


def bound(compartment: str, note: UUID) -> bytes:
    """What the outer seal of a note is bound to."""
    return b"linli note\0" + compartment.encode() + b"\0" + note.bytes


def notes_about(*, viewer: Actor, community: UUID, subject: UUID) -> list[NoteHead]:
    """Which notes there are about a person, newest first, in those compartments that the viewer may open."""
    if not viewer.sees_community(community):
        return []
    mine = [c.value for c, permission in PERMISSIONS.items() if viewer.may(permission)]
    rows = SealedNote.objects.filter(community=community, subject=subject, compartment__in=mine)
    return [NoteHead(n.id, Compartment(n.compartment), n.written_at) for n in rows.defer("sealed")]


def seal_note(*, by: Actor, community: UUID, subject: UUID, compartment: Compartment, text: str) -> UUID:
    """Write a note about a person into a compartment. Returns its id; NotFound where the person's key is gone."""
    return _SEAL[compartment](by=by, community=community, subject=subject, text=text)


def open_note(*, by: Actor, community: UUID, note: UUID, compartment: Compartment, reason: str) -> str:
    """What a note says. The opening is recorded with its reason; NotFound where there is none in this compartment."""
    return _OPEN[compartment](by=by, community=community, note=note, reason=reason)


def _sealing(compartment: Compartment) -> Callable[..., UUID]:
    @command(f"trust.seal_note_{compartment.value}", may=PERMISSIONS[compartment])
    def write(*, by: Actor, community: UUID, subject: UUID, text: str) -> UUID:
        if not text.strip():
            raise BadInput(EMPTY)
        if len(text) > LONGEST:
            raise BadInput(TOO_LONG, most=LONGEST)
        key = subject_keys(community, [subject]).get(subject)
        if key is None:
            raise NotFound(NOT_FOUND)
        held, note = compartment_ring(community, compartment), new_id()
        inner = key.seal(f"trust.note.{compartment.value}", text)
        SealedNote.objects.create(
            id=note,
            community_id=community,
            subject_id=subject,
            compartment=compartment.value,
            version=held.current,
            sealed=seal(SUITES[held.suite], held.secret, inner, bound(compartment.value, note)),
            written_at=timezone.now(),
        )
        record(f"trust.compartment.{compartment.value}.written", ids=[note, subject])
        return note

    return write


def _opening(compartment: Compartment) -> Callable[..., str]:
    @command(f"trust.open_note_{compartment.value}", may=PERMISSIONS[compartment])
    def read(*, by: Actor, community: UUID, note: UUID, reason: str) -> str:
        if not reason.strip():
            raise BadInput(NO_REASON)
        found = SealedNote.objects.filter(id=note, community=community, compartment=compartment.value).first()
        key = subject_keys(community, [found.subject_id]).get(found.subject_id) if found else None
        if found is None or key is None:
            raise NotFound(NOT_FOUND)
        version = compartment_ring(community, compartment).versions.get(found.version)
        inner = unseal(version.secret, bytes(found.sealed), bound(compartment.value, note)) if version else None
        if inner is None:
            raise Tampered
        record(f"trust.compartment.{compartment.value}", ids=[note, found.subject_id], reason=reason)
        return key.open(f"trust.note.{compartment.value}", inner)

    return read


_SEAL = {compartment: _sealing(compartment) for compartment in Compartment}
_OPEN = {compartment: _opening(compartment) for compartment in Compartment}
