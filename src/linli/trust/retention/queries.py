"""What is announced, what is held, and what would be due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.trust.models import Account, Announcement, LegalHold
from linli.trust.purposes.rules import keep_days, purposes
from linli.trust.retention.registry import Cut, retained_for, retained_purposes
from linli.trust.retention.rules import ANNOUNCED_DAYS, Hold, cut_off, is_held
from linli.trust.rules import Permission


@dataclass(frozen=True)
class HoldRow:
    """One hold, for the page."""

    id: UUID
    subject: UUID | None
    purpose: str
    purpose_name: dict[str, str] | None
    reason: str
    by: str
    from_date: date
    to_date: date | None


@dataclass(frozen=True)
class AnnouncementRow:
    """One list of things that go, or have gone. ``goes_on``: the first day on which they may be deleted."""

    id: UUID
    purpose: str
    name: dict[str, str]
    before: datetime
    count: int
    announced_at: datetime
    goes_on: date
    deleted: int
    held: bool
    closed_at: datetime | None


@dataclass(frozen=True)
class KeepingRow:
    """One purpose under which things are kept here: how long, and how many have had their time now."""

    purpose: str
    name: dict[str, str]
    days: int
    keep_from: str
    due: int


def _may(viewer: Actor, community: UUID) -> bool:
    return viewer.sees_community(community) and viewer.grids is None and viewer.may(Permission.RETENTION_MANAGE)


def holds_of(community: UUID, on: date) -> list[Hold]:
    """The holds of a community in force on a day, as the rules need them. For the house's own decisions."""
    rows = LegalHold.objects.filter(community=community, from_date__lte=on).filter(Q(to_date__isnull=True) | Q(to_date__gt=on))
    return [Hold(row.subject, row.purpose, row.from_date, row.to_date) for row in rows]


def held_by_law(*, viewer: Actor, community: UUID, subject: UUID, purpose: str | None = None) -> bool:
    """Whether the law holds data of this subject today: under ``purpose``, or (None) under any. False out of scope."""
    if not viewer.sees_community(community):
        return False
    today = timezone.localdate()
    return is_held(holds_of(community, today), subject, purpose, today)


def legal_holds(*, viewer: Actor, community: UUID) -> list[HoldRow]:
    """The holds that are in force or begin later."""
    if not _may(viewer, community):
        return []
    today = timezone.localdate()
    rows = list(LegalHold.objects.filter(community=community).filter(Q(to_date__isnull=True) | Q(to_date__gt=today)))
    names = {a.id: a.name or a.username for a in Account.objects.filter(id__in={row.by for row in rows if row.by})}
    return [
        HoldRow(
            row.id,
            row.subject,
            row.purpose,
            purposes()[row.purpose].name if row.purpose in purposes() else None,
            row.reason,
            names.get(row.by, "Linli") if row.by else "Linli",
            row.from_date,
            row.to_date,
        )
        for row in rows
    ]


def announcements(*, viewer: Actor, community: UUID, limit: int = 60) -> list[AnnouncementRow]:
    """What is announced and what has gone, newest first."""
    if not _may(viewer, community):
        return []
    return [
        AnnouncementRow(
            row.id,
            row.purpose,
            purposes()[row.purpose].name if row.purpose in purposes() else {"en": row.purpose},
            row.before,
            row.count,
            row.announced_at,
            timezone.localtime(row.announced_at).date() + timedelta(days=ANNOUNCED_DAYS),
            row.deleted,
            row.held,
            row.closed_at,
        )
        for row in Announcement.objects.filter(community=community).order_by("-announced_at", "-id")[:limit]
    ]


def keeping(*, viewer: Actor, community: UUID, now: datetime) -> list[KeepingRow]:
    """Every purpose under which things are kept here, and how many of them have had their time by ``now``."""
    if not _may(viewer, community):
        return []
    return [
        KeepingRow(
            purpose,
            purposes()[purpose].name,
            keep_days(purpose),
            purposes()[purpose].keep_from.value,
            sum(one.due(community, Cut(cut_off(purpose, now), now)) for one in retained_for(purpose)),
        )
        for purpose in retained_purposes()
    ]


def open_announcements(*, viewer: Actor, community: UUID) -> list[tuple[UUID, str, datetime]]:
    """The lists that still stand, oldest first: id, purpose, when announced."""
    if not _may(viewer, community):
        return []
    rows = Announcement.objects.filter(community=community, closed_at__isnull=True).order_by("announced_at", "id")
    return [(row.id, row.purpose, row.announced_at) for row in rows]
