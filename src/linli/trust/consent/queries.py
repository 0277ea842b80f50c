"""Where consents stand, within the viewer's scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.trust.consent.people import reaches_subject
from linli.trust.consent.rules import Act, Event, Standing, may_ask, standing
from linli.trust.door import NOT_FOUND
from linli.trust.models import ConsentEvent
from linli.trust.purposes.rules import Basis, ConsentText, Purpose, purposes, texts_on

_CHUNK = 500


@dataclass(frozen=True)
class ConsentRow:
    """One purpose that rests on consent, and where this person stands on it. ``since``: of the last thing they said."""

    purpose: Purpose
    text: ConsentText
    standing: Standing
    since: datetime | None
    relation: str
    may_ask: bool

    @property
    def stands(self) -> bool:
        return self.standing is Standing.GIVEN


@dataclass(frozen=True)
class ConsentLine:
    """One thing that was said, for the history."""

    at: datetime
    purpose: str
    act: Act
    version: int
    channel: str
    relation: str
    mandate: str
    role: str


def _events(rows: Iterable[ConsentEvent]) -> list[Event]:
    return [Event(Act(row.act), row.version) for row in rows]


def has_consent(*, viewer: Actor, community: UUID, subject: UUID, purpose: str) -> bool:
    """Whether the person agrees to ``purpose`` now. False out of the viewer's scope."""
    return subject in consenting(viewer=viewer, community=community, subjects=[subject], purpose=purpose)


def consenting(*, viewer: Actor, community: UUID, subjects: Collection[UUID], purpose: str) -> set[UUID]:
    """Those of ``subjects`` who agree to ``purpose`` now; set-based for those whose scope is the whole community."""
    if not viewer.sees_community(community):
        return set()
    wanted = list(subjects)
    if viewer.grids is not None:
        wanted = [subject for subject in wanted if reaches_subject(viewer, community, subject)]
    texts = [text.text for text in texts_on(purpose, timezone.localdate())]
    agreed: set[UUID] = set()
    for start in range(0, len(wanted), _CHUNK):
        rows = ConsentEvent.objects.filter(
            community=community, purpose=purpose, subject__in=wanted[start : start + _CHUNK]
        ).order_by("subject_id", "at", "id")
        for subject, said in groupby(rows, key=lambda row: row.subject_id):
            if standing(_events(said), texts) is Standing.GIVEN:
                agreed.add(subject)
    return agreed


def consents_of(*, viewer: Actor, community: UUID, subject: UUID) -> list[ConsentRow]:
    """Every purpose that rests on consent, and where the person stands. NotFound out of the viewer's scope."""
    if not reaches_subject(viewer, community, subject):
        raise NotFound(NOT_FOUND)
    said = list(ConsentEvent.objects.filter(community=community, subject=subject).order_by("at", "id"))
    rows = []
    for purpose in purposes().values():
        texts = texts_on(purpose.key, timezone.localdate())
        if purpose.basis is not Basis.CONSENT or not texts:
            continue
        mine = [row for row in said if row.purpose == purpose.key]
        events, bare = _events(mine), [text.text for text in texts]
        # What they said yes to is what is shown to those who agree; the present text to everybody else.
        now = standing(events, bare)
        shown = next((t for t in texts if now is Standing.GIVEN and t.version == mine[-1].version), texts[-1])
        rows.append(
            ConsentRow(
                purpose,
                shown,
                now,
                mine[-1].at if mine else None,
                mine[-1].relation if mine else "",
                may_ask(events, bare),
            )
        )
    return rows


def consent_history(*, viewer: Actor, community: UUID, subject: UUID) -> list[ConsentLine]:
    """Everything that was ever said, oldest first. NotFound out of the viewer's scope."""
    if not reaches_subject(viewer, community, subject):
        raise NotFound(NOT_FOUND)
    rows = ConsentEvent.objects.filter(community=community, subject=subject).order_by("at", "id")
    return [
        ConsentLine(row.at, row.purpose, Act(row.act), row.version, row.channel, row.relation, row.mandate, row.role)
        for row in rows
    ]


__all__ = ["ConsentLine", "ConsentRow", "consent_history", "consenting", "consents_of", "has_consent"]
