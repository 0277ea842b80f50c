"""The list of cases: queues with their counts, filters, one page of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from linli.cases.models import Case
from linli.cases.rules import OPEN, UNSORTED, UNSORTED_NAME, Clock, State, clock, without_flat, without_numbers
from linli.kernel.actor import Actor
from linli.kernel.words import sentence

PAGE = 25


class Queue(StrEnum):
    """The parts of the list that somebody works through."""

    OPEN = "open"
    OVER = "over"
    UNSORTED = "unsorted"
    IN_HAND = "in_hand"
    CHECK = "check"
    NO_PLACE = "no_place"
    CLOSED = "closed"


QUEUE_NAMES = {
    Queue.OPEN: sentence("cases.queue.open", "All open"),
    Queue.OVER: sentence("cases.queue.over", "Past the limit"),
    Queue.UNSORTED: sentence("cases.queue.unsorted", "To be sorted"),
    Queue.IN_HAND: sentence("cases.queue.in_hand", "In hand"),
    Queue.CHECK: sentence("cases.queue.check", "Waiting for a check"),
    Queue.NO_PLACE: sentence("cases.queue.no_place", "Without a place"),
    Queue.CLOSED: sentence("cases.queue.closed", "Closed in seven days"),
}

_OPEN = Q(state__in=[s.value for s in OPEN])


def _of_queue(queue: Queue, now: datetime) -> Q:
    return {
        Queue.OPEN: _OPEN,
        Queue.OVER: _OPEN & Q(due_at__lt=now),
        Queue.UNSORTED: _OPEN & Q(category__isnull=True),
        Queue.IN_HAND: Q(state=State.IN_HAND.value),
        Queue.CHECK: Q(state=State.DONE.value),
        Queue.NO_PLACE: _OPEN & Q(grid__isnull=True),
        Queue.CLOSED: Q(state=State.CLOSED.value, closed_at__gte=now - timedelta(days=7), closed_at__lte=now),
    }[queue]


@dataclass(frozen=True)
class CaseRow:
    """One line of the list.

    ``clock``: None where the case is closed or has no limit. ``title``: where there is none, how the text begins.
    ``address``: down to the building.
    """

    id: UUID
    reference: str
    title: str
    address: str
    matter: str
    matter_name: Mapping[str, str]
    grid: str
    agency: str
    state: State
    reported_at: datetime
    closed_at: datetime | None
    clock: Clock | None

    @classmethod
    def of(cls, case: Case, now: datetime) -> CaseRow:
        """A case (with its category and grid loaded) as it stands at ``now``."""
        return cls(
            id=case.id,
            reference=case.reference,
            title=without_numbers(case.title or case.text)[:120],
            address=without_flat(case.address_text),
            matter=case.category.code if case.category else UNSORTED,
            matter_name=case.category.name if case.category else UNSORTED_NAME,
            grid=case.grid.code if case.grid else "",
            agency=case.agency,
            state=State(case.state),
            reported_at=case.reported_at,
            closed_at=case.closed_at,
            clock=clock(reported_at=case.reported_at, due=case.due_at, now=now) if case.closed_at is None else None,
        )


@dataclass(frozen=True)
class CaseList:
    """One page of a queue. ``counts``: cases in every queue, whatever the filters. ``before``: open ones a week ago."""

    rows: list[CaseRow]
    total: int
    first: int
    counts: Mapping[Queue, int]
    before: int


def scoped(viewer: Actor, community: UUID) -> QuerySet[Case]:
    """The cases within scope: none of another community, and of whoever has grids only those lying in them."""
    if not viewer.sees_community(community):
        return Case.objects.none()
    found = Case.objects.filter(community=community)
    return found if viewer.grids is None else found.filter(grid__in=viewer.grids)


def case_list(
    *,
    viewer: Actor,
    community: UUID,
    now: datetime,
    queue: Queue = Queue.OPEN,
    grid: str = "",
    matter: str = "",
    words: str = "",
    page: int = 1,
) -> CaseList:
    """One page of ``queue`` at ``now``, past the limit first, then the soonest; the closed ones newest first.

    ``grid``: its label. ``matter``: a category's code. ``words``: parts of title, text or address, all of them, or a reference.
    """
    mine = scoped(viewer, community)
    week = now - timedelta(days=7)
    counts = mine.aggregate(
        **{q.value: Count("id", filter=_of_queue(q, now)) for q in Queue},
        before=Count("id", filter=Q(reported_at__lt=week) & (Q(closed_at__isnull=True) | Q(closed_at__gte=week))),
    )
    found = mine.filter(_of_queue(queue, now))
    if grid:
        found = found.filter(grid__code=grid)
    if matter:
        found = found.filter(category__isnull=True) if matter == UNSORTED else found.filter(category__code=matter)
    for word in words.split()[:6]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(text__icontains=word)
            | Q(address_text__icontains=word)
            | Q(reference__iexact=word)
            | Q(key__iexact=word)
        )
    order = ["-closed_at", "-id"] if queue is Queue.CLOSED else [F("due_at").asc(nulls_last=True), "reported_at", "id"]
    narrowed = bool(grid or matter or words.strip())
    total = found.count() if narrowed else counts[queue.value]
    first = max(0, (page - 1) * PAGE)
    rows = found.select_related("category", "grid").order_by(*order)[first : first + PAGE]
    return CaseList(
        [CaseRow.of(case, now) for case in rows], total, first + 1, {q: counts[q.value] for q in Queue}, counts["before"]
    )
