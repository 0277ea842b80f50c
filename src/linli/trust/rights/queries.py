"""The requests of a community, within the viewer's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.trust.door import NOT_FOUND
from linli.trust.models import Account, RightsEvent, RightsRequest
from linli.trust.rights.rules import CLOSED, Act, Asker, Channel, Proof, Right, State, restricted
from linli.trust.rights.texts import CONTACT, NOTE, WISH, opened
from linli.trust.rules import Permission

_OPEN = [state.value for state in State if state not in CLOSED]


@dataclass(frozen=True)
class RequestRow:
    """One line of the list. ``left``: days until the answer is due, negative once it is late; None when closed."""

    id: UUID
    reference: str
    right: Right
    channel: Channel
    asker: Asker
    state: State
    received_at: datetime
    due_on: date
    left: int | None
    closed_at: datetime | None

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0


@dataclass(frozen=True)
class RequestEvent:
    """What happened to a request, and the note in clear."""

    at: datetime
    act: Act
    by: str
    role: str
    code: str
    note: str


@dataclass(frozen=True)
class RequestDetail:
    """One request whole. ``subject`` None: erased meanwhile."""

    row: RequestRow
    proof: Proof | None
    subject: UUID | None
    guest: bool
    extended: bool
    refusal: str
    wish: str
    contact: str
    events: list[RequestEvent]
    restricted: bool


def _reached(viewer: Actor, community: UUID) -> QuerySet[RightsRequest]:
    """All of them for the desk; a resident's own for a resident."""
    rows = RightsRequest.objects.filter(community=community)
    if not viewer.sees_community(community):
        return rows.none()
    if viewer.may(Permission.RIGHTS_RECEIVE) and viewer.grids is None:
        return rows
    return rows.filter(subject=viewer.subject) if viewer.subject else rows.none()


def _row(found: RightsRequest, today: date) -> RequestRow:
    state = State(found.state)
    return RequestRow(
        found.id,
        found.reference,
        Right(found.right),
        Channel(found.channel),
        Asker(found.asker),
        state,
        found.received_at,
        found.due_on,
        None if state in CLOSED else (found.due_on - today).days,
        found.closed_at,
    )


def rights_requests(*, viewer: Actor, community: UUID, today: date, closed: bool = False, limit: int = 200) -> list[RequestRow]:
    """Open requests, the soonest due first; or closed ones, the last closed first."""
    rows = _reached(viewer, community)
    if closed:
        rows = rows.exclude(state__in=_OPEN).order_by("-closed_at", "-id")
    else:
        rows = rows.filter(state__in=_OPEN).order_by("due_on", "id")
    return [_row(found, today) for found in rows[:limit]]


def request_counts(*, viewer: Actor, community: UUID) -> dict[str, int]:
    """How many are open and closed."""
    rows = _reached(viewer, community)
    return {"open": rows.filter(state__in=_OPEN).count(), "closed": rows.exclude(state__in=_OPEN).count()}


def request_detail(*, viewer: Actor, community: UUID, request: UUID, today: date) -> RequestDetail:
    """One request with what happened. NotFound out of the viewer's scope."""
    found = _reached(viewer, community).filter(id=request).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    events = list(RightsEvent.objects.filter(request=found).order_by("at", "id"))
    names = {a.id: a.name or a.username for a in Account.objects.filter(id__in={e.actor for e in events if e.actor})}

    def text(place: str, value: bytes | memoryview | None) -> str:
        return opened(community, found.subject_id, place, value)

    return RequestDetail(
        _row(found, today),
        Proof(found.proof) if found.proof else None,
        found.subject_id,
        found.guest,
        found.extended,
        found.refusal,
        text(WISH, found.sealed_wish),
        text(CONTACT, found.sealed_contact),
        [
            RequestEvent(
                e.at, Act(e.act), names.get(e.actor, "Linli") if e.actor else "Linli", e.role, e.code, text(NOTE, e.sealed_note)
            )
            for e in events
        ],
        restricted((Right(found.right), Act(e.act)) for e in events if e.act in (Act.ANSWER.value, Act.LIFT.value)),
    )


def is_restricted(*, viewer: Actor, community: UUID, subject: UUID) -> bool:
    """Whether processing of this person's data stands restricted: they are stored and nothing else until it is lifted."""
    if not viewer.sees_community(community):
        return False
    events = RightsEvent.objects.filter(
        request__community=community,
        request__subject=subject,
        request__right=Right.RESTRICT.value,
        act__in=[Act.ANSWER.value, Act.LIFT.value],
    ).order_by("at", "id")
    latest: dict[UUID, Act] = {event.request_id: Act(event.act) for event in events}
    return any(act is Act.ANSWER for act in latest.values())


def restricted_subjects(*, viewer: Actor, community: UUID) -> frozenset[UUID]:
    """Everybody of a community whose data are stored and nothing else (see :func:`is_restricted`)."""
    if not viewer.sees_community(community):
        return frozenset()
    events = RightsEvent.objects.filter(
        community=community, request__right=Right.RESTRICT.value, act__in=[Act.ANSWER.value, Act.LIFT.value]
    ).order_by("at", "id")
    latest: dict[UUID, tuple[UUID | None, Act]] = {}
    for request, subject, act in events.values_list("request_id", "request__subject_id", "act"):
        latest[request] = (subject, Act(act))
    return frozenset(subject for subject, act in latest.values() if subject is not None and act is Act.ANSWER)


def subject_of_request(*, viewer: Actor, community: UUID, reference: str) -> UUID | None:
    """Whom the request of that reference is about; None where there is none within scope."""
    found = _reached(viewer, community).filter(reference=reference.strip().upper()).values_list("subject", flat=True).first()
    return found
