"""Who looked at a person: what the audit trail tells the person it is about.

Which acts are shown, in which words and after how many days stands in ``lookers.csv`` (the first row whose kind fits counts,
``*`` at
the end stands for anything). An act is held back where telling it at once would warn somebody from whom a child or a victim must
be protected; who reads the trail by office sees it at once.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.trust.models import AuditEvent, AuditTouch, Grant
from linli.trust.rules import Permission


@dataclass(frozen=True)
class Look:
    """A kind of act as the person it touched is told of it. ``words``: ``{"en": …, "zh-Hans": …}``."""

    kind: str
    words: Mapping[str, str]
    withheld_days: int

    def fits(self, kind: str) -> bool:
        return kind.startswith(self.kind[:-1]) if self.kind.endswith("*") else kind == self.kind


@dataclass(frozen=True)
class Looker:
    """Somebody touched a person's record. ``unit``: the name of the zone in which they held the role that day, in both languages;
    empty where that is not known any more. ``reason``: what they gave as their purpose, as they wrote it."""

    event: UUID
    at: datetime
    role: str
    unit: Mapping[str, str]
    act: Mapping[str, str]
    kind: str
    reason: str


@cache
def looks() -> tuple[Look, ...]:
    """The committed table, first fitting row first."""
    text = files("linli.trust").joinpath("lookers.csv").read_text("utf-8")
    return tuple(
        Look(row["kind"], {"en": row["English"], "zh-Hans": row["中文"]}, int(row["withheld_days"]))
        for row in csv.DictReader(text.splitlines())
    )


def look_of(kind: str) -> Look:
    """How an act of that kind is told."""
    return next(look for look in looks() if look.fits(kind))


def lookers(
    *,
    viewer: Actor,
    community: UUID,
    subject: UUID,
    objects: Iterable[UUID] = (),
    now: datetime | None = None,
    before: UUID | None = None,
    limit: int = 200,
    in_scope: bool = False,
) -> list[Looker]:
    """Acts that touched a data subject or one of its ``objects`` (the person's own record, say), newest first, older than
    ``before``.

    The person sees them when their time has come; with ``in_scope`` (the caller has found the person within the viewer's scope)
    so does who may see what is masked; who holds ``audit.read`` over the whole community sees all at once; nobody else sees any.
    A guardian asks as the child: the flat that knows of guardians sets ``viewer.subject``. Acts of the system's own, such as a
    weekly renewal, are about files and lists and name nobody.
    """
    officer = viewer.may(Permission.AUDIT_READ) and viewer.grids is None and viewer.sees_community(community)
    own = viewer.subject is not None and viewer.subject == subject
    keeper = in_scope and viewer.may(Permission.PERSON_REVEAL) and viewer.sees_community(community)
    if not (officer or own or keeper):
        return []
    touches = AuditTouch.objects.filter(object_id__in={subject, *objects}, community_id=community).order_by("-event_id")
    now, rows, older = now or timezone.now(), list[AuditEvent](), before
    while len(rows) < limit:
        some = touches.filter(event_id__lt=older) if older else touches
        ids = list(some.values_list("event_id", flat=True).distinct()[:limit])
        if not ids:
            break
        found = AuditEvent.objects.filter(id__in=ids, actor_id__isnull=False).order_by("-id")
        rows.extend(event for event in found if officer or _is_told(event, now))
        older = ids[-1]
    units = _units(rows[:limit], community)
    return [
        Looker(
            event=event.id,
            at=event.at,
            role=event.role,
            unit=units.get(event.id, {}),
            act=look_of(event.kind).words,
            kind=event.kind,
            reason=event.reason,
        )
        for event in rows[:limit]
    ]


who_looked = lookers
"""The public name: a package cannot offer a function by the name of one of its rooms."""


def _is_told(event: AuditEvent, now: datetime) -> bool:
    return event.at + timedelta(days=look_of(event.kind).withheld_days) <= now


def _units(events: list[AuditEvent], community: UUID) -> dict[UUID, dict[str, str]]:
    """Where the actor of each event held the role in use: the community, one of its grids, or what lies above."""
    accounts = {event.actor_id for event in events}
    held = Grant.objects.filter(account__in=accounts).select_related("zone").order_by("-zone__path")
    own = held.filter(Q(zone=community) | Q(zone__parent=community) | ~Q(zone__kind__in=("community", "grid")))
    grants: dict[tuple[UUID, str], list[Grant]] = {}
    for grant in own:
        grants.setdefault((grant.account_id, grant.role), []).append(grant)
    units = {}
    for event in events:
        day = timezone.localdate(event.at)
        for grant in grants.get((event.actor_id, event.role), []) if event.actor_id else []:
            if _runs(grant, day):
                units[event.id] = dict(grant.zone.name)
                break
    return units


def _runs(grant: Grant, day: date) -> bool:
    return grant.from_date <= day and (grant.to_date is None or day < grant.to_date)
