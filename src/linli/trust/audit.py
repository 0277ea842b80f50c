"""The audit trail of the command that is running: what it touched, never what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
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
    outliving: list[dict[str, object]] = field(default_factory=list)
    """What is kept although the command fails: that somebody was looked for, and told of."""


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
    outlives: bool = False,
) -> None:
    """Note one audit event of the running command: opaque ids, field names, counts. RuntimeError outside a command.

    ``community``: whose trail it belongs to, where the command itself takes none. ``outlives``: kept although the command is
    refused or only rehearsed, since the answer itself has told something.
    """
    trail = _running.get()
    if trail is None:
        raise RuntimeError("audit events are recorded inside a command only")
    events = trail.outliving if outlives else trail.events
    events.append(
        {
            "actor_id": trail.by.account,
            "role": trail.by.role,
            "command": trail.command,
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
    """Collect the events of one command; write them at its end, in the transaction that is open.

    What outlives it goes to the outermost command, which writes it whether it fails or not (:func:`keep_outliving`).
    """
    collected, outer = Trail(command, by, community), _running.get()
    token = _running.set(collected)
    try:
        yield collected
    finally:
        _running.reset(token)
        if outer is not None:
            outer.outliving += collected.outliving
            collected.outliving = []
    if not collected.events:
        raise RuntimeError(f"{command} recorded no audit event")
    _write(collected.events + collected.outliving)


def keep_outliving(failed: Trail) -> None:
    """Write what outlives a command that failed; called outside of its transaction, in one of its own."""
    if failed.outliving:
        with transaction.atomic():
            _write(failed.outliving)


def _write(noted: Sequence[Mapping[str, Any]]) -> None:
    from linli.trust.models import AuditEvent, AuditPending, AuditTouch

    now = timezone.now()
    events = [AuditEvent(at=now, **event) for event in noted]
    AuditEvent.objects.bulk_create(events)
    AuditPending.objects.bulk_create(AuditPending(event_id=e.id, community_id=e.community_id) for e in events)
    AuditTouch.objects.bulk_create(
        AuditTouch(object_id=UUID(touched), event_id=event.id, community_id=event.community_id)
        for event in events
        if len(event.ids) <= MOST_TOUCHED
        for touched in dict.fromkeys(event.ids)
    )
