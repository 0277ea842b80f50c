"""The audit trail of the command that is running: what it touched, never what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor

MOST_TOUCHED = 50
"""An event that touches more objects than these is about a list, and is not looked up by object."""


@dataclass
class Trail:
    """The events of one running command."""

    command: str
    by: Actor
    community: UUID | None
    events: list[dict[str, object]] = field(default_factory=list)


_running: ContextVar[Trail | None] = ContextVar("linli_running_command", default=None)


def record(
    kind: str,
    *,
    ids: Iterable[UUID] = (),
    fields: Iterable[str] = (),
    counts: Mapping[str, int] | None = None,
    digest: str = "",
    reason: str = "",
    community: UUID | None = None,
) -> None:
    """Note one audit event of the running command: opaque ids, field names, counts. RuntimeError outside a command.

    ``community``: whose trail it belongs to, where the command itself takes none.
    """
    trail = _running.get()
    if trail is None:
        raise RuntimeError("audit events are recorded inside a command only")
    trail.events.append(
        {
            "kind": kind,
            "ids": [str(i) for i in ids],
            "fields": list(fields),
            "counts": dict(counts or {}),
            "digest": digest,
            "reason": reason[:500],
            "community_id": community or trail.community,
        }
    )


@contextmanager
def trail(command: str, by: Actor, community: UUID | None) -> Iterator[Trail]:
    """Collect the events of one command; write them at its end, in the transaction that is open."""
    from linli.trust.models import AuditEvent, AuditPending, AuditTouch

    collected = Trail(command, by, community)
    token = _running.set(collected)
    try:
        yield collected
    finally:
        _running.reset(token)
    if not collected.events:
        raise RuntimeError(f"{command} recorded no audit event")
    now = timezone.now()
    events = [AuditEvent(at=now, actor_id=by.account, role=by.role, command=command, **event) for event in collected.events]
    AuditEvent.objects.bulk_create(events)
    AuditPending.objects.bulk_create(AuditPending(event_id=e.id, community_id=e.community_id) for e in events)
    AuditTouch.objects.bulk_create(
        AuditTouch(object_id=UUID(touched), event_id=event.id, community_id=event.community_id)
        for event in events
        if len(event.ids) <= MOST_TOUCHED
        for touched in dict.fromkeys(event.ids)
    )
