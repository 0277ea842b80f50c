"""What is written in a request, sealed under the key of the person it is about."""

from __future__ import annotations

from uuid import UUID

from linli.trust.models import RightsRequest
from linli.trust.sealing.keys import subject_keys

WISH, CONTACT, NOTE = "trust.rights.wish", "trust.rights.contact", "trust.rights.note"


def sealed(community: UUID, subject: UUID | None, place: str, text: str) -> bytes | None:
    """The text sealed; None where there is none, or no key to seal it with (somebody erased)."""
    if not text or subject is None:
        return None
    key = subject_keys(community, [subject]).get(subject)
    return key.seal(place, text) if key else None


def opened(community: UUID, subject: UUID | None, place: str, value: bytes | memoryview | None) -> str:
    """The text in clear; empty where there is none, or its key was destroyed."""
    if value is None or subject is None:
        return ""
    key = subject_keys(community, [subject]).get(subject)
    return key.open(place, value) if key else ""


def moved(request: RightsRequest, subject: UUID) -> None:
    """Hand a request's texts over to the subject as whom the register knows the asker. Saves the events, not the request."""
    community, before = request.community_id, request.subject_id
    for event in request.events.exclude(sealed_note=None):
        event.sealed_note = sealed(community, subject, NOTE, opened(community, before, NOTE, event.sealed_note))
        event.save(update_fields=["sealed_note"])
    request.sealed_wish = sealed(community, subject, WISH, opened(community, before, WISH, request.sealed_wish))
    request.sealed_contact = sealed(community, subject, CONTACT, opened(community, before, CONTACT, request.sealed_contact))
    request.subject_id = subject
