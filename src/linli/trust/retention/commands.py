"""Holding data back for the law, announcing what goes, and letting it go."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.trust.audit import record
from linli.trust.door import NOT_FOUND, command
from linli.trust.models import Announcement, LegalHold, Subject
from linli.trust.retention.queries import holds_of
from linli.trust.retention.registry import Cut, retained_for
from linli.trust.retention.rules import (
    HOLD_ENDS_EARLY,
    HOLD_NEEDS_REASON,
    HOLD_OF_NOTHING,
    NO_PURPOSE,
    agreed_cut,
    cut_off,
    holding,
    known,
    may_delete,
)
from linli.trust.rules import Permission

AT_ONCE = 2000
"""So many things go in one transaction: short enough to let others write in between."""


def _whole(by: Actor) -> None:
    if by.grids is not None:
        raise NotFound(NOT_FOUND)


@command("trust.place_hold", may=Permission.RETENTION_MANAGE)
def place_hold(
    *,
    by: Actor,
    community: UUID,
    reason: str,
    from_date: date,
    subject: UUID | None = None,
    purpose: str = "",
    to_date: date | None = None,
) -> UUID:
    """Hold data of a subject, of a purpose, or of both at once; nothing of them is deleted or erased meanwhile. Returns its id.

    BadInput without subject and purpose, without reason, or for an end before the beginning; NotFound for a strange subject.
    """
    _whole(by)
    if subject is None and not purpose:
        raise BadInput(HOLD_OF_NOTHING)
    if purpose and not known(purpose):
        raise BadInput(NO_PURPOSE, purpose=purpose)
    if not reason.strip():
        raise BadInput(HOLD_NEEDS_REASON)
    if to_date is not None and to_date <= from_date:
        raise BadInput(HOLD_ENDS_EARLY)
    if subject is not None and not Subject.objects.select_for_update().filter(id=subject, community=community).exists():
        raise NotFound(NOT_FOUND)
    hold = LegalHold.objects.create(
        community_id=community,
        subject=subject,
        purpose=purpose,
        reason=reason.strip()[:500],
        by=by.account,
        placed_at=timezone.now(),
        from_date=from_date,
        to_date=to_date,
    )
    record("trust.legal_hold", ids=[hold.id, *([subject] if subject else [])], fields=[purpose] if purpose else [], reason=reason)
    return hold.id


@command("trust.lift_hold", may=Permission.RETENTION_MANAGE)
def lift_hold(*, by: Actor, community: UUID, hold: UUID, on: date, reason: str) -> None:
    """End a hold on a date (half-open). What has had its time is announced again first, and goes a week later."""
    _whole(by)
    found = LegalHold.objects.select_for_update().filter(id=hold, community=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    if not reason.strip():
        raise BadInput(HOLD_NEEDS_REASON)
    LegalHold.objects.filter(id=hold).update(to_date=max(on, found.from_date))
    record("trust.legal_hold", ids=[hold], fields=["to_date"], reason=reason)


@command("trust.announce_deletion", may=Permission.RETENTION_MANAGE)
def announce_deletion(*, by: Actor, community: UUID, purpose: str, now: datetime) -> int:
    """Announce what has had its time under a purpose, unless a list of it stands already. Returns how many things are on it."""
    _whole(by)
    cut = Cut(cut_off(purpose, now), now)
    count = sum(one.due(community, cut) for one in retained_for(purpose))
    standing = Announcement.objects.filter(community=community, purpose=purpose, closed_at__isnull=True).exists()
    if count and not standing:
        made = Announcement.objects.create(
            community_id=community, purpose=purpose, before=cut.before, count=count, announced_at=now
        )
        record("trust.retention", ids=[made.id], fields=[purpose], counts={"announced": count})
        return count
    record("trust.retention", fields=[purpose], counts={"announced": 0})
    return 0


@command("trust.delete_announced", may=Permission.RETENTION_MANAGE)
def delete_announced(*, by: Actor, community: UUID, announcement: UUID, now: datetime) -> tuple[int, bool]:
    """Delete some of what was announced a week ago and is still due; ``(how many went, whether the list is through)``.

    Call it until it is through; each call is a transaction of its own, so a run cut short goes on where it stood. What the law
    holds stays, and the list says so. Nothing happens before the week is over.
    """
    _whole(by)
    found = Announcement.objects.select_for_update().filter(id=announcement, community=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    today = timezone.localtime(now).date()
    if found.closed_at is not None or not may_delete(timezone.localtime(found.announced_at).date(), today):
        record("trust.retention", ids=[announcement], fields=[found.purpose], counts={"deleted": 0})
        return 0, True
    held = holding(holds_of(community, today), found.purpose, today)
    cut = Cut(agreed_cut(found.before, found.purpose, now), found.announced_at)
    gone, stopped = 0, held.everything or bool(held.subjects)
    for one in [] if held.everything else retained_for(found.purpose):
        if held.subjects and not one.by_subject:
            continue
        gone += one.delete(community, cut, held.subjects, AT_ONCE - gone)
        if gone >= AT_ONCE:
            break
    found.deleted += gone
    found.held = found.held or stopped
    if not gone:
        found.closed_at = now
    found.save(update_fields=["deleted", "held", "closed_at"])
    record("trust.retention", ids=[announcement], fields=[found.purpose], counts={"deleted": gone})
    return gone, not gone
