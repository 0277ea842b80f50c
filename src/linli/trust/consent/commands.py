"""Writing down what somebody agreed to, refused or took back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.trust.audit import record
from linli.trust.consent.hooks import Ended, tell_ended
from linli.trust.consent.people import birth_of, decides_for, reaches_subject
from linli.trust.consent.rules import (
    ASKED_BEFORE,
    NOT_BY_CONSENT,
    NOTHING_TO_WITHDRAW,
    OLD_TEXT,
    Act,
    Channel,
    Event,
    Mandate,
    Relation,
    Standing,
    check_guardian,
    is_guarded,
    may_ask,
    standing,
)
from linli.trust.door import NOT_ALLOWED, NOT_FOUND, command
from linli.trust.models import ConsentEvent, Subject
from linli.trust.purposes.rules import texts_on
from linli.trust.rules import Permission


def _own_or_recorded(by: Actor, community: UUID, subject: UUID, *, guardian: bool = False) -> None:
    """A resident decides for themselves, staff write down what somebody said; NotFound out of scope. ``guardian``: so may who has
    custody of a child.

    Two decisions about one person wait for each other: the row of the subject is the lock.
    """
    if not reaches_subject(by, community, subject):
        raise NotFound(NOT_FOUND)
    if by.subject != subject and not by.may(Permission.CONSENT_RECORD) and not guardian:
        raise NotAllowed(NOT_ALLOWED)
    if not Subject.objects.select_for_update().filter(id=subject, community=community).exists():
        raise NotFound(NOT_FOUND)


def _said(community: UUID, subject: UUID, purpose: str) -> list[Event]:
    rows = ConsentEvent.objects.filter(community=community, subject=subject, purpose=purpose).order_by("at", "id")
    return [Event(Act(row.act), row.version) for row in rows]


def _append(
    by: Actor,
    community: UUID,
    subject: UUID,
    purpose: str,
    act: Act,
    *,
    version: int,
    channel: Channel,
    guardian: UUID | None = None,
    relation: Relation | None = None,
    mandate: Mandate | None = None,
) -> UUID:
    event = ConsentEvent.objects.create(
        community_id=community,
        subject_id=subject,
        purpose=purpose,
        version=version,
        act=act.value,
        at=timezone.now(),
        channel=channel.value,
        by=by.account,
        role=by.role,
        guardian_id=guardian,
        relation=relation.value if relation else "",
        mandate=mandate.value if mandate else "",
    )
    record("trust.consent", ids=[event.id, subject], fields=[purpose, act.value])
    return event.id


@command("trust.answer_consent", may=Permission.PORTAL_READ)
def answer_consent(
    *,
    by: Actor,
    community: UUID,
    subject: UUID,
    purpose: str,
    agrees: bool,
    version: int,
    channel: Channel,
    guardian: UUID | None = None,
    relation: Relation | None = None,
    mandate: Mandate | None = None,
    born: date | None = None,
    own_accord: bool = False,
) -> UUID:
    """Keep whether somebody agrees to the text of that version. Returns the event's id.

    ``own_accord``: nobody asked them, they came by themselves. ``born``: where the caller knows it and no flat does. For a child
    under 14 a guardian with relation and paper is needed.
    BadInput for a purpose that rests on the law, an old text, a missing guardian; Conflict where a no stands against this text.
    """
    _own_or_recorded(by, community, subject)
    today = timezone.localdate()
    texts = [text.text for text in texts_on(purpose, today)]
    if not texts:
        raise BadInput(NOT_BY_CONSENT)
    if version != texts[-1].version:
        raise BadInput(OLD_TEXT)
    if guardian is not None and not Subject.objects.filter(id=guardian, community=community).exists():
        raise NotFound(NOT_FOUND)
    check_guardian(
        guarded=is_guarded(birth_of(community, subject) or born, today), relation=relation or "", mandate=mandate or ""
    )
    said = _said(community, subject, purpose)
    asked = by.subject != subject and not own_accord
    if asked and not may_ask(said, texts) and standing(said, texts) is not Standing.GIVEN:
        # Whoever comes of their own accord may change their mind; staff may not ask again about the same text.
        raise Conflict(ASKED_BEFORE)
    act = Act.GIVE if agrees else Act.REFUSE
    # A consent that an important change of the text has outdated ends for good with a no to the new one.
    stood = bool(said) and said[-1].act is Act.GIVE
    event = _append(
        by,
        community,
        subject,
        purpose,
        act,
        version=version,
        channel=channel,
        guardian=guardian,
        relation=relation,
        mandate=mandate,
    )
    if not agrees and stood:
        tell_ended(Ended(by, community, subject, purpose, timezone.now()))
    return event


@command("trust.withdraw_consent", may=Permission.PORTAL_READ)
def withdraw_consent(*, by: Actor, community: UUID, subject: UUID, purpose: str, channel: Channel) -> UUID:
    """Take a consent back, without being asked why; what rests on it ends at once. Returns the event's id.

    For a child so may whoever agreed as its guardian, and who has custody of it. Conflict where nothing stands that could be
    taken back. What was done before stays lawful (PIPL 15).
    """
    last = ConsentEvent.objects.filter(community=community, subject=subject, purpose=purpose).order_by("at", "id").last()
    agreed = last is not None and by.subject is not None and last.guardian_id == by.subject
    guardian = agreed or decides_for(by, community, subject)
    _own_or_recorded(by, community, subject, guardian=guardian)
    said = _said(community, subject, purpose)
    if not said or said[-1].act is not Act.GIVE:
        raise Conflict(NOTHING_TO_WITHDRAW)
    event = _append(
        by, community, subject, purpose, Act.WITHDRAW, version=said[-1].version, channel=channel,
        guardian=by.subject if guardian and by.subject != subject else None,
    )  # fmt: skip
    told = tell_ended(Ended(by, community, subject, purpose, timezone.now()))
    record("trust.consent_ended", ids=[subject], fields=[purpose], counts={"told": told})
    return event
