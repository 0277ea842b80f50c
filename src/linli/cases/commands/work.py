"""What people write in a case: a new one at the desk, an event, the closing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from linli.cases.models import Case, CaseEvent
from linli.cases.queries.categories import Versions
from linli.cases.queries.places import Places
from linli.cases.rules import BY_HAND, CHANNELS, NEXT, Event, EventKind, PlaceQuality, State, derive, due_at, may_close
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Actor, Permission, command, record

SAY_WHAT = sentence("cases.say_what", "A report needs a title or a text.")
SAY_WHAT_REMEDY = sentence("cases.say_what_remedy", "Write in a few words what there is to see.")
NO_CATEGORY = sentence("cases.no_category", "There is no category with the code %(code)s.")
SAY_WHERE = sentence("cases.say_where", "Say in which of your grids it is: without one you could not see the report again.")
NO_CHANNEL = sentence("cases.no_channel", "There is no channel called %(channel)s.")
NOT_NOW = sentence("cases.not_now", "That can't be done in the state that the case is in now.")
SAY_WHY = sentence("cases.say_why", "A case is closed with a reason.")
OWN_WORK = sentence("cases.own_work", "Whoever said that it is done may not close it: somebody else has to look.")
ASK_OTHER = sentence("cases.ask_other", "Ask a colleague to check it.")


@command("cases.add_case", may=Permission.CASE_WORK)
def add_case(
    *,
    by: Actor,
    community: UUID,
    title: str,
    text: str = "",
    category: str | None = None,
    channel: str = "counter",
    address: str = "",
    grid: UUID | None = None,
    lon: float | None = None,
    lat: float | None = None,
    reporter_name: str = "",
    reporter_phone: str = "",
    reported_at: datetime | None = None,
) -> UUID:
    """Write down what somebody reports at the desk or in the street. Returns the case's id.

    The grid follows from the point, else from the building in the address, else ``grid`` is taken. NotFound for a grid out of
    scope.
    """
    if not (title.strip() or text.strip()):
        raise BadInput(SAY_WHAT, remedy=SAY_WHAT_REMEDY)
    if channel not in CHANNELS:
        raise BadInput(NO_CHANNEL, channel=channel)
    places = Places(by, community)
    now = timezone.now()
    reported = reported_at or now
    version = Versions(community).of(category, reported.astimezone(places.zone).date()) if category else None
    if category and version is None:
        raise BadInput(NO_CATEGORY, code=category)
    if grid and grid not in places.grids:
        raise NotFound(NOT_FOUND)
    place = places.locate([(lon, lat)], [address])[0]
    where = place.grid or grid
    if where and not by.sees_grid(where):
        raise NotFound(NOT_FOUND)
    if not by.sees_grid(where):
        raise BadInput(SAY_WHERE)
    quality = PlaceQuality.OK if where or place.by_address else PlaceQuality.OUTSIDE if place.outside else PlaceQuality.NONE
    case = Case.objects.create(
        community_id=community,
        source="linli",
        category=version,
        title=title.strip()[:300],
        text=text.strip(),
        address_text=address.strip()[:500],
        grid_id=where,
        building_id=place.building,
        lon=lon,
        lat=lat,
        place_quality=quality.value,
        channel=channel,
        reporter_name=reporter_name.strip()[:100],
        reporter_phone=reporter_phone.strip()[:40],
        reported_at=reported,
        known_from=now,
        due_at=due_at(reported, version.limit_hours if version else None),
    )
    _add(case, EventKind.REPORTED, by, at=reported, now=now)
    record("cases.case", ids=[case.id], fields=["state"])
    return case.id


@command("cases.add_event", may=Permission.CASE_WORK)
def add_event(
    *, by: Actor, community: UUID, case: UUID, kind: EventKind, text: str = "", agency: str = "", at: datetime | None = None
) -> State:
    """Write down what happened: taken in hand, done, sent back, opened again, a note. Returns the state after it.

    Conflict where the state doesn't allow it. Closing is :func:`close_case`.
    """
    found = _case_in_scope(by, community, case)
    state = State(found.state)
    if kind not in BY_HAND or NEXT[state, kind] is None:
        raise Conflict(NOT_NOW)
    _add(found, kind, by, at=at, text=text, agency=agency)
    record("cases.case", ids=[case], fields=["state"] if kind is not EventKind.NOTE else ["note"])
    return State(found.state)


@command("cases.close", may=Permission.CASE_WORK)
def close_case(*, by: Actor, community: UUID, case: UUID, reason: str, at: datetime | None = None) -> None:
    """Close a case that somebody else says is done, after looking.

    Conflict unless it waits for a check; NotAllowed for the account that said it is done; BadInput without a reason.
    """
    found = _case_in_scope(by, community, case)
    if not reason.strip():
        raise BadInput(SAY_WHY)
    if NEXT[State(found.state), EventKind.CLOSED] is None:
        raise Conflict(NOT_NOW)
    if not may_close(done_by=found.done_by, closer=by.account):
        raise NotAllowed(OWN_WORK, remedy=ASK_OTHER)
    _add(found, EventKind.CLOSED, by, at=at, text=reason.strip())
    record("cases.case", ids=[case], fields=["state", "closed_at"])


def _case_in_scope(by: Actor, community: UUID, case: UUID) -> Case:
    found = Case.objects.select_for_update().filter(id=case, community=community).first()
    if found is None or not by.sees_grid(found.grid_id):
        raise NotFound(NOT_FOUND)
    return found


def _add(
    case: Case,
    kind: EventKind,
    by: Actor,
    *,
    at: datetime | None = None,
    now: datetime | None = None,
    text: str = "",
    agency: str = "",
) -> None:
    """Append one event and write the columns that follow from all of them."""
    now = now or timezone.now()
    last = CaseEvent.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    CaseEvent.objects.create(
        community_id=case.community_id,
        case=case,
        number=last + 1,
        kind=kind.value,
        at=at or now,
        known_from=now,
        actor=by.account,
        role=by.role,
        agency=agency.strip()[:150],
        text=text.strip(),
    )
    derived = derive(
        Event(EventKind(e.kind), e.at, e.actor, e.agency) for e in CaseEvent.objects.filter(case=case).order_by("number")
    )
    case.state, case.closed_at = derived.state.value, derived.closed_at
    case.done_by, case.agency, case.batch = derived.done_by, derived.agency, None
    case.save(update_fields=["state", "closed_at", "done_by", "agency", "batch"])
