"""What a file of cases would do: every row judged against what is known, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from linli.cases.fields import FIELDS
from linli.cases.models import Case, CaseEvent, Category
from linli.cases.queries.categories import Versions
from linli.cases.queries.places import Place, Places
from linli.cases.rules import (
    NEXT,
    STATE_NAMES,
    CategoryData,
    EventKind,
    PlaceQuality,
    State,
    due_at,
    is_code,
    shipped_categories,
    slug,
    steps,
    usable_point,
)
from linli.intake.kinds import Outcome, Plan, Row, Verdict
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.trust import NOT_FOUND

OTHER_BODY = sentence(
    "cases.other_body", "Number %(key)s is known with other contents: %(fields)s differ. What was reported is not overwritten."
)
ASK_SOURCE = sentence("cases.ask_source", "Ask the source which is right; a correction comes as a new number or as a note.")
UNKNOWN_CATEGORY = sentence("cases.unknown_category", "“%(text)s” is not a category of this community.")
MAP_CATEGORY = sentence(
    "cases.map_category", "Say in the mapping which category it is, add it to the categories, or set unknown_category to create."
)
FUTURE = sentence("cases.future", "The time lies in the future.")
CHECK_TIME = sentence("cases.check_time", "Check the date, and the time zone declared in the mapping.")
TWICE = sentence("cases.twice", "The same row stands in this file before.")
MOVED = sentence("cases.moved_on", "Now: %(state)s.")

DERIVED = ("state", "closed_at", "agency", "done_by", "batch")
"""The columns that an import may rewrite."""

_LABELS = {field.name: field.label for field in FIELDS}

KEYS_AT_ONCE = 5000
PATIENCE = timedelta(days=1)


@dataclass
class Work:
    """What applying would write. ``updates``: (case with its new columns, row, what stood there before)."""

    categories: list[Category] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    updates: dict[UUID, tuple[Case, int, dict[str, Any]]] = field(default_factory=dict)


@dataclass
class _Known:
    """A case of the source, in the database or made by an earlier row of the file."""

    case: Case
    code: str | None
    events: int
    new: bool


def plan_reports(*, viewer: Actor, community: UUID, rows: Sequence[Row], options: Mapping[str, Any], as_of: datetime) -> Plan:
    """Decide what becomes of every row. Options: ``source``, ``crs``, ``unknown_category`` (``refuse`` or ``create``)."""
    if not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    return _Planner(viewer, community, options, as_of).plan(rows)


class _Planner:
    """One file on its way through."""

    def __init__(self, viewer: Actor, community: UUID, options: Mapping[str, Any], as_of: datetime) -> None:
        self.community = community
        self.as_of = as_of
        self.source = str(options.get("source", "file"))[:64]
        self.create = options.get("unknown_category") == "create"
        # An archive was kept by its source as things happened: what it says was known then, not only since it reached us.
        self.archive = bool(options.get("archive"))
        self.versions = Versions(community)
        self.places = Places(viewer, community, str(options.get("crs", "EPSG:4326")))
        self.work = Work(categories=self.versions.made)
        self.outcomes: list[Outcome] = []
        self.counts = {"no_point": 0, "outside": 0, "by_address": 0, "closed_before_reported": 0}
        self.known: dict[str, _Known] = {}
        self.fresh: dict[UUID, Row] = {}

    def plan(self, rows: Sequence[Row]) -> Plan:
        self._load(row.values["key"] for row in rows)
        self._points(rows)
        for row in rows:
            self.outcomes.append(self._judge(row))
        self._place()
        return Plan(self.outcomes, self.work, self.counts)

    def _load(self, keys: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), KEYS_AT_ONCE):
            found = Case.objects.filter(
                community=self.community, source=self.source, key__in=wanted[start : start + KEYS_AT_ONCE]
            )
            for case in found.select_related("category"):
                self.known[case.key] = _Known(case, case.category.code if case.category else None, 0, new=False)

    def _points(self, rows: Sequence[Row]) -> None:
        """Longitude and latitude of every row in EPSG:4326, None where the file has no usable point."""
        self.quality: dict[int, PlaceQuality] = {}
        self.point: dict[int, tuple[float, float]] = {}
        usable = []
        for row in rows:
            lon, lat = row.values.get("lon"), row.values.get("lat")
            quality = usable_point(lon, lat, degrees=self.places.in_degrees)
            self.quality[row.number] = quality
            if quality is PlaceQuality.OK:
                usable.append((row.number, lon, lat))
        if usable:
            numbers, lons, lats = zip(*usable, strict=True)
            self.point.update(zip(numbers, self.places.to_stored(lons, lats), strict=True))

    def _judge(self, row: Row) -> Outcome:
        values = row.values
        latest = max(self.as_of, datetime.now(self.as_of.tzinfo)) + PATIENCE
        for name in ("reported_at", "closed_at"):
            if values.get(name) and values[name] > latest:
                return Outcome(
                    row.number, Verdict.REFUSED, Words(FUTURE), Words(CHECK_TIME), name, f"{values[name]:%Y-%m-%d %H:%M}"
                )
        category = self._category(row)
        if isinstance(category, Outcome):
            return category
        known = self.known.get(values["key"])
        if known is None:
            return self._new(row, category)
        differing = self._differing(known, row, category)
        if differing:
            words = Words(OTHER_BODY, {"key": values["key"], "fields": [Words(_LABELS[name]).as_json() for name in differing]})
            return Outcome(
                row.number,
                Verdict.REFUSED,
                words,
                Words(ASK_SOURCE),
                differing[0],
                object_id=known.case.id,
                fields=tuple(differing),
            )
        return self._again(row, known)

    def _category(self, row: Row) -> Category | Outcome | None:
        text, name = row.values.get("category") or "", row.values.get("category_name") or ""
        if not text and not name:
            return None
        on = row.values["reported_at"].astimezone(self.places.zone).date()
        code = text if text and is_code(text) else None
        if code is None or self.versions.of(code, on) is None:
            code = self.versions.code_of_name(name or text) or code
        found = self.versions.of(code, on) if code else None
        if found:
            return found
        if code and code in shipped_categories():
            return self.versions.make(shipped_categories()[code], self._first_day())
        if not self.create:
            words = Words(UNKNOWN_CATEGORY, {"text": text or name})
            column = "category" if text else "category_name"
            return Outcome(row.number, Verdict.REFUSED, words, Words(MAP_CATEGORY), column, (text or name)[:100])
        called = name or text
        code = code or slug(text or name)
        return self.versions.of(code, on) or self.versions.make(
            CategoryData(code, {"en": called, "zh-Hans": called}), self._first_day()
        )

    def _first_day(self) -> Any:
        return self.as_of.astimezone(self.places.zone).date()

    def _body(self, row: Row) -> dict[str, Any]:
        values = row.values
        point = self.point.get(row.number, (None, None))
        return {
            "reported_at": values["reported_at"],
            "channel": values.get("channel") or "other",
            "title": values.get("title") or "",
            "text": values.get("text") or "",
            "address_text": values.get("address") or "",
            "lon": point[0],
            "lat": point[1],
        }

    def _differing(self, known: _Known, row: Row, category: Category | None) -> list[str]:
        body, case = self._body(row), known.case
        names = [name for name, value in body.items() if not _equal(getattr(case, name), value)]
        if known.code != (category.code if category else None):
            names.append("category")
        return ["address" if name == "address_text" else name for name in names]

    def _new(self, row: Row, category: Category | None) -> Outcome:
        values = row.values
        reported = values["reported_at"]
        case = Case(
            community_id=self.community,
            source=self.source,
            key=values["key"],
            category=category,
            neighbourhood=values.get("neighbourhood") or "",
            reporter_name=values.get("reporter") or "",
            reporter_phone=values.get("phone") or "",
            known_from=reported if self.archive else max(self.as_of, reported),
            due_at=due_at(reported, category.limit_hours if category else None),
            place_quality=self.quality[row.number].value,
            **self._body(row),
        )
        known = _Known(case, category.code if category else None, 0, new=True)
        self.known[case.key] = known
        self.work.cases.append(case)
        self.fresh[case.id] = row
        closed = values.get("closed_at")
        if closed and closed < reported:
            self.counts["closed_before_reported"] += 1
        self._append(known, row, None, self._told(row))
        return Outcome(row.number, Verdict.NEW, object_id=case.id)

    def _told(self, row: Row) -> State:
        told = row.values.get("status")
        if told is None:
            return State.CLOSED if row.values.get("closed_at") else State.REPORTED
        return State(told)

    def _again(self, row: Row, known: _Known) -> Outcome:
        case = known.case
        before = {name: getattr(case, name) for name in DERIVED}
        kinds = steps(State(case.state), self._told(row))
        agency = row.values.get("agency") or ""
        handed_on = not kinds and case.state == State.IN_HAND and bool(agency) and agency != case.agency
        if not kinds and not handed_on:
            return Outcome(row.number, Verdict.SAME, object_id=case.id, words=Words(TWICE) if case.id in self.fresh else None)
        if not known.new and case.id not in self.work.updates:
            self.work.updates[case.id] = (case, row.number, before)
            known.events = CaseEvent.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
        self._append(known, row, State(case.state), self._told(row), EventKind.TAKEN if handed_on else None)
        words = Words(MOVED, {"state": Words(STATE_NAMES[State(case.state)]).as_json()})
        return Outcome(row.number, Verdict.CHANGED, words, object_id=case.id, fields=tuple(self._changed(case, before)))

    def _changed(self, case: Case, before: Mapping[str, Any]) -> list[str]:
        return [name for name, value in before.items() if getattr(case, name) != value]

    def _append(self, known: _Known, row: Row, state: State | None, told: State, extra: EventKind | None = None) -> None:
        """The events between ``state`` and ``told``, and the columns of the case that follow from them."""
        case, values = known.case, row.values
        learned = max(self.as_of, values["reported_at"])
        agency = values.get("agency") or ""
        for kind in (extra,) if extra else steps(state, told):
            closing = kind is EventKind.SETTLED
            # When a new case was taken in hand isn't told: some time after it was reported.
            at = values["reported_at"] if known.new else learned
            if closing and values.get("closed_at"):
                at = values["closed_at"]
            known.events += 1
            self.work.events.append(
                CaseEvent(
                    community_id=self.community,
                    case=case,
                    number=known.events,
                    kind=kind.value,
                    at=at,
                    known_from=max(at, values["reported_at"]) if self.archive else learned,
                    agency=agency,
                    text=(values.get("outcome") or "") if closing else "",
                )
            )
            state = NEXT[state, kind]
            assert state is not None, "steps() follows the table"
            case.state, case.closed_at, case.agency = state.value, at if closing else None, agency or case.agency
            if kind in (EventKind.DONE, EventKind.SENT_BACK, EventKind.REOPENED):
                case.done_by = None

    def _place(self) -> None:
        """Grid and building of every new case: by its point, else by its address."""
        cases = self.work.cases
        points = [(c.lon, c.lat) for c in cases]
        found: list[Place] = self.places.locate(points, [c.address_text for c in cases])
        for case, place in zip(cases, found, strict=True):
            case.grid_id, case.building_id = place.grid, place.building
            if case.lon is None:
                self.counts["no_point"] += 1
            elif place.outside:
                case.place_quality = PlaceQuality.OUTSIDE.value
                self.counts["outside"] += 1
            if place.by_address:
                case.place_quality = PlaceQuality.OK.value
                self.counts["by_address"] += 1


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) < 1e-9
    return bool(left == right)
