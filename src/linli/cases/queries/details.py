"""One case, and the cases behind a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.cases.models import Case, CaseEvent
from linli.cases.queries.lists import CaseRow, scoped
from linli.cases.rules import UNSORTED, EventKind, PlaceQuality, without_numbers
from linli.faces.masks import masked_digits, masked_name
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.weeks import Week
from linli.territory import queries as territory
from linli.trust import NOT_FOUND, account_names


@dataclass(frozen=True)
class EventRow:
    """One event. ``who``: a colleague's name, empty where a file told it."""

    kind: EventKind
    at: datetime
    known_from: datetime
    who: str
    role: str
    agency: str
    text: str


@dataclass(frozen=True)
class CaseDetail:
    """A case with everything that a page shows; the reporter is masked. ``may_close``: False for whoever said it is done."""

    row: CaseRow
    address: str
    text: str
    channel: str
    source: str
    key: str
    neighbourhood: str
    place: PlaceQuality
    reporter: str
    phone: str
    due_at: datetime | None
    limit_hours: int | None
    grave: bool
    known_from: datetime
    done_by: UUID | None
    events: list[EventRow]
    same_place: int


@dataclass(frozen=True)
class EvidenceRow:
    """One report behind a finding: no name, no telephone number."""

    row: CaseRow
    text: str
    channel: str
    reporter: str


def case_detail(*, viewer: Actor, community: UUID, case: UUID, now: datetime) -> CaseDetail:
    """One case with its events, oldest first. NotFound outside the viewer's scope."""
    found = scoped(viewer, community).select_related("category", "grid").filter(id=case).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    events = list(CaseEvent.objects.filter(case=found).order_by("number"))
    names = account_names(viewer=viewer, accounts=[e.actor for e in events if e.actor])
    return CaseDetail(
        row=CaseRow.of(found, now),
        address=found.address_text,
        text=without_numbers(found.text),
        channel=found.channel,
        source=found.source,
        key=found.key,
        neighbourhood=found.neighbourhood,
        place=PlaceQuality(found.place_quality),
        reporter=masked_name(found.reporter_name),
        phone=masked_digits(found.reporter_phone),
        due_at=found.due_at,
        limit_hours=found.category.limit_hours if found.category else None,
        grave=bool(found.category and found.category.grave),
        known_from=found.known_from,
        done_by=found.done_by,
        events=[
            EventRow(
                EventKind(e.kind),
                e.at,
                e.known_from,
                names.get(e.actor, "") if e.actor else "",
                e.role,
                e.agency,
                without_numbers(e.text),
            )
            for e in events
        ],
        same_place=_same_place(viewer, community, found),
    )


def _same_place(viewer: Actor, community: UUID, case: Case) -> int:
    """Other open reports of the same matter in the same building, or at the same address."""
    found = scoped(viewer, community).filter(closed_at__isnull=True, category=case.category_id).exclude(id=case.id)
    if case.building_id:
        return found.filter(building=case.building_id).count()
    return found.filter(address_text=case.address_text).count() if case.address_text else 0


def cases_of(
    *, viewer: Actor, community: UUID, grid: str, matter: str | None, week: Week, weeks: int = 1, now: datetime, limit: int = 200
) -> list[EvidenceRow]:
    """The reports behind a finding, newest first: grid label, matter's code (None: all) in the seven days the round looks at.

    ``weeks``: how many rounds back to look, this one included.
    """
    zone = territory.community(viewer=viewer, community=community).time_zone
    start, end = week.back(weeks).starts_at(zone), week.starts_at(zone)
    found = scoped(viewer, community).filter(grid__code=grid, reported_at__gte=start, reported_at__lt=end)
    if matter:
        found = found.filter(category__isnull=True) if matter == UNSORTED else found.filter(category__code=matter)
    rows = found.select_related("category", "grid").order_by("-reported_at", "-id")[:limit]
    return [EvidenceRow(CaseRow.of(c, now), without_numbers(c.text), c.channel, masked_name(c.reporter_name)) for c in rows]


def case_points(*, viewer: Actor, community: UUID) -> list[tuple[float, float]]:
    """Longitude and latitude of every case that has a point: what squares can be laid over where no grids exist."""
    found = scoped(viewer, community).filter(lon__isnull=False).order_by("id")
    return [(lon, lat) for lon, lat in found.values_list("lon", "lat") if lon is not None and lat is not None]
