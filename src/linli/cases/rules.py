"""What a case is allowed to become, when it is due, and what its events add up to. Pure: no database, no clock of its own."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from linli.kernel.words import sentence


class State(StrEnum):
    """Where a case stands. ``DONE``: somebody says it is mended; somebody else has yet to look."""

    REPORTED = "reported"
    IN_HAND = "in_hand"
    DONE = "done"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What can happen in a case. ``SETTLED``: the office that sent us the case closed it in its own books."""

    REPORTED = "reported"
    TAKEN = "taken"
    DONE = "done"
    SENT_BACK = "sent_back"
    CLOSED = "closed"
    SETTLED = "settled"
    REOPENED = "reopened"
    NOTE = "note"


class PlaceQuality(StrEnum):
    """How a case was put on the map.

    ``NONE``: nothing was given. ``UNUSABLE``: 0,0 or out of range. ``OUTSIDE``: in no grid of the community.
    """

    OK = "ok"
    NONE = "none"
    UNUSABLE = "unusable"
    OUTSIDE = "outside"


OPEN = (State.REPORTED, State.IN_HAND, State.DONE)

_S, _E = State, EventKind
NEXT: Mapping[tuple[State | None, EventKind], State | None] = {
    (None, _E.REPORTED): _S.REPORTED,
    (None, _E.TAKEN): None,
    (None, _E.DONE): None,
    (None, _E.SENT_BACK): None,
    (None, _E.CLOSED): None,
    (None, _E.SETTLED): None,
    (None, _E.REOPENED): None,
    (None, _E.NOTE): None,
    (_S.REPORTED, _E.REPORTED): None,
    (_S.REPORTED, _E.TAKEN): _S.IN_HAND,
    (_S.REPORTED, _E.DONE): _S.DONE,
    (_S.REPORTED, _E.SENT_BACK): None,
    (_S.REPORTED, _E.CLOSED): None,
    (_S.REPORTED, _E.SETTLED): _S.CLOSED,
    (_S.REPORTED, _E.REOPENED): None,
    (_S.REPORTED, _E.NOTE): _S.REPORTED,
    (_S.IN_HAND, _E.REPORTED): None,
    (_S.IN_HAND, _E.TAKEN): _S.IN_HAND,
    (_S.IN_HAND, _E.DONE): _S.DONE,
    (_S.IN_HAND, _E.SENT_BACK): None,
    (_S.IN_HAND, _E.CLOSED): None,
    (_S.IN_HAND, _E.SETTLED): _S.CLOSED,
    (_S.IN_HAND, _E.REOPENED): None,
    (_S.IN_HAND, _E.NOTE): _S.IN_HAND,
    (_S.DONE, _E.REPORTED): None,
    (_S.DONE, _E.TAKEN): None,
    (_S.DONE, _E.DONE): None,
    (_S.DONE, _E.SENT_BACK): _S.IN_HAND,
    (_S.DONE, _E.CLOSED): _S.CLOSED,
    (_S.DONE, _E.SETTLED): _S.CLOSED,
    (_S.DONE, _E.REOPENED): None,
    (_S.DONE, _E.NOTE): _S.DONE,
    (_S.CLOSED, _E.REPORTED): None,
    (_S.CLOSED, _E.TAKEN): None,
    (_S.CLOSED, _E.DONE): None,
    (_S.CLOSED, _E.SENT_BACK): None,
    (_S.CLOSED, _E.CLOSED): None,
    (_S.CLOSED, _E.SETTLED): None,
    (_S.CLOSED, _E.REOPENED): _S.IN_HAND,
    (_S.CLOSED, _E.NOTE): _S.CLOSED,
}
"""The whole table: every state (None: no case yet) × every event. None as a result: this cannot happen in that state."""

BY_HAND = frozenset({_E.TAKEN, _E.DONE, _E.SENT_BACK, _E.REOPENED, _E.NOTE})
"""Events that a person writes with ``add_event``. Closing has a command of its own, and only an import settles."""


@dataclass(frozen=True)
class Event:
    """One event as the rules need it; ``by`` is the account that acted, None for a file."""

    kind: EventKind
    at: datetime
    by: UUID | None = None
    agency: str = ""


@dataclass(frozen=True)
class Derived:
    """What events add up to: the state, when it was closed (None while open), who said "done", which office has it."""

    state: State
    closed_at: datetime | None
    done_by: UUID | None
    agency: str


def derive(events: Iterable[Event]) -> Derived:
    """The events of one case, in their order, to its state. ValueError for a sequence that the table does not allow."""
    state: State | None = None
    closed_at: datetime | None = None
    done_by: UUID | None = None
    agency = ""
    for event in events:
        following = NEXT[state, event.kind]
        if following is None:
            raise ValueError(f"{event.kind} cannot follow in state {state}")
        state = following
        agency = event.agency or agency
        if event.kind is EventKind.DONE:
            done_by = event.by
        elif event.kind in (EventKind.SENT_BACK, EventKind.REOPENED):
            done_by = None
        if event.kind in (EventKind.CLOSED, EventKind.SETTLED):
            closed_at = event.at
        elif state is not State.CLOSED:
            closed_at = None
    if state is None:
        raise ValueError("a case begins with its report")
    return Derived(state, closed_at, done_by, agency)


def may_close(*, done_by: UUID | None, closer: UUID | None) -> bool:
    """Who fixes may not close."""
    return done_by is None or done_by != closer


_STEPS: Mapping[tuple[State | None, State], tuple[EventKind, ...]] = {
    (None, _S.REPORTED): (_E.REPORTED,),
    (None, _S.IN_HAND): (_E.REPORTED, _E.TAKEN),
    (None, _S.DONE): (_E.REPORTED, _E.DONE),
    (None, _S.CLOSED): (_E.REPORTED, _E.SETTLED),
    (_S.REPORTED, _S.IN_HAND): (_E.TAKEN,),
    (_S.REPORTED, _S.DONE): (_E.DONE,),
    (_S.REPORTED, _S.CLOSED): (_E.SETTLED,),
    (_S.IN_HAND, _S.DONE): (_E.DONE,),
    (_S.IN_HAND, _S.CLOSED): (_E.SETTLED,),
    (_S.DONE, _S.IN_HAND): (_E.SENT_BACK,),
    (_S.DONE, _S.CLOSED): (_E.SETTLED,),
    (_S.CLOSED, _S.IN_HAND): (_E.REOPENED,),
    (_S.CLOSED, _S.DONE): (_E.REOPENED, _E.DONE),
}


def steps(before: State | None, told: State) -> tuple[EventKind, ...]:
    """The events that bring a case from ``before`` to the state a file tells.

    A file that is behind what we know ("reported", while it is in hand here) moves nothing; one that tells of a closed case as
    open again reopens it.
    """
    if before is _S.CLOSED and told is _S.REPORTED:
        told = _S.IN_HAND
    return _STEPS.get((before, told), ())


def due_at(reported_at: datetime, limit_hours: int | None) -> datetime | None:
    """When the limit runs out, in clock hours; None for a category without a limit."""
    return None if limit_hours is None else reported_at + timedelta(hours=limit_hours)


@dataclass(frozen=True)
class Clock:
    """How far a case is: ``share`` of its time used (0 to 1), and hours left (negative: over)."""

    share: float
    hours_left: float

    @property
    def over(self) -> bool:
        return self.hours_left < 0


def clock(*, reported_at: datetime, due: datetime | None, now: datetime) -> Clock | None:
    """The clock of an open case at ``now``; None where there is no limit."""
    if due is None:
        return None
    whole = max((due - reported_at).total_seconds(), 1.0)
    used = (now - reported_at).total_seconds() / whole
    return Clock(min(1.0, max(0.0, used)), (due - now).total_seconds() / 3600)


def usable_point(lon: float | None, lat: float | None, *, degrees: bool = True) -> PlaceQuality:
    """``OK`` for a point on earth; 0,0 and everything out of range is what a machine writes that does not know.

    ``degrees``: False where the coordinates are metres of a projected system, which have no such range.
    """
    if lon is None and lat is None:
        return PlaceQuality.NONE
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        return PlaceQuality.UNUSABLE
    if (lon == 0 and lat == 0) or (degrees and (lon == 0 or lat == 0 or abs(lon) > 180 or abs(lat) > 90)):
        return PlaceQuality.UNUSABLE
    return PlaceQuality.OK


_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z0-9_]{1,32})?")


_FLAT = re.compile(
    r"[\s,，]*(?:\d+\s*单元.*|[A-Za-z]?\d+\s*室.*|(?<=[号楼幢栋])\s*[-－]?\d{1,4}[-－]\d{2,4}.*|\b(?:apt|apartment|flat|unit|room|#)\.?\s*\w+.*)$",
    re.IGNORECASE,
)


def without_flat(address: str) -> str:
    """An address down to its building: unit, flat and room are cut off. Lists show a place, never a home."""
    return _FLAT.sub("", address)


_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ \-\u2013]?\d){6,}[Xx]?(?!\d)")


def without_numbers(text: str) -> str:
    """A text in which every number as long as a telephone's or an identity's shows its last two signs only."""
    return _LONG_NUMBER.sub(lambda found: "*" * 6 + found[0][-2:], text)


def is_code(text: str) -> bool:
    """Whether ``text`` can be the code of a category, a channel or a counter: ``waste`` or ``waste.beside_bins``."""
    return bool(_CODE.fullmatch(text))


def slug(name: str, *, prefix: str = "matter") -> str:
    """A code made from a name, the same every time. Names without Latin letters get ``prefix`` and eight hexadecimal digits."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if plain and not plain[0].isalpha():
        plain = f"n{plain}"
    if is_code(plain):
        return plain
    return f"{plain[:23].strip('_') or prefix}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class CategoryData:
    """One category as data: its limit in clock hours (None: no limit), severity 0 to 1, grave or not, and its class."""

    code: str
    name: Mapping[str, str]
    limit_hours: int | None = None
    severity: float = 0.3
    grave: bool = False
    klass: str = ""


def parse_category(entry: Mapping[str, Any]) -> CategoryData:
    """One entry of ``categories.json``; ValueError says what is wrong with it."""
    code, name = entry.get("code"), entry.get("name")
    if not isinstance(code, str) or not is_code(code):
        raise ValueError(f"{code!r} is no code: lower-case letters, digits and _, with one point at most")
    if not isinstance(name, Mapping) or not {"en", "zh-Hans"} <= set(name):
        raise ValueError(f"{code}: the name is missing in English or Chinese")
    limit = entry.get("limit_hours")
    if limit is not None and (not isinstance(limit, int) or limit <= 0):
        raise ValueError(f"{code}: the limit is a whole number of hours")
    grave = bool(entry.get("grave", False))
    severity = float(entry.get("severity", 0.8 if grave else 0.3))
    if not 0 <= severity <= 1:
        raise ValueError(f"{code}: the severity lies between 0 and 1")
    return CategoryData(code, {k: str(v) for k, v in name.items()}, limit, severity, grave, str(entry.get("class", "")))


@cache
def shipped_categories() -> Mapping[str, CategoryData]:
    """The categories that come with Linli; a community's own stand over them."""
    text = files("linli.cases").joinpath("categories.json").read_text("utf-8")
    return {c.code: c for c in map(parse_category, json.loads(text))}


UNSORTED = "unsorted"
"""The matter of a case without a category, in facts."""

UNSORTED_NAME = {"en": "Not sorted yet", "zh-Hans": "尚未分类"}

CHANNELS = ("phone", "web", "app", "counter", "worker", "wechat", "social", "mail", "office", "other")

_CHANNEL_WORDS = {
    "phone": "phone", "telephone": "phone", "hotline": "phone", "电话": "phone", "热线": "phone",
    "web": "web", "website": "web", "网站": "web",
    "app": "app", "mobile": "app", "mobile/open311": "app", "客户端": "app", "手机": "app",
    "counter": "counter", "desk": "counter", "window": "counter", "窗口": "counter",
    "worker": "worker", "grid_worker": "worker", "网格员": "worker",
    "wechat": "wechat", "公众号": "wechat", "微信": "wechat",
    "social": "social", "twitter": "social",
    "mail": "mail", "email": "mail", "letter": "mail", "邮件": "mail", "信件": "mail",
    "office": "office", "integrated agency": "office", "other department": "office", "部门": "office",
}  # fmt: skip


def channel_of(text: str | None) -> str:
    """The channel that a file's word means; ``other`` for every word that is not known."""
    return _CHANNEL_WORDS.get((text or "").strip().lower(), "other")


_STATE_WORDS = {
    "reported": _S.REPORTED, "open": _S.REPORTED, "new": _S.REPORTED, "待处理": _S.REPORTED, "已受理": _S.REPORTED,
    "in_hand": _S.IN_HAND, "in hand": _S.IN_HAND, "in progress": _S.IN_HAND, "处理中": _S.IN_HAND, "办理中": _S.IN_HAND,
    "done": _S.DONE, "待核查": _S.DONE, "已处理": _S.DONE,
    "closed": _S.CLOSED, "已办结": _S.CLOSED, "办结": _S.CLOSED,
}  # fmt: skip


def state_of(text: str) -> State | None:
    """The state that a file's word means; None for a word that is not known."""
    return _STATE_WORDS.get(text.strip().lower())


STATE_NAMES = {
    State.REPORTED: sentence("cases.state.reported", "Reported"),
    State.IN_HAND: sentence("cases.state.in_hand", "In hand"),
    State.DONE: sentence("cases.state.done", "Waiting for a check"),
    State.CLOSED: sentence("cases.state.closed", "Closed"),
}
EVENT_NAMES = {
    EventKind.REPORTED: sentence("cases.event.reported", "Reported"),
    EventKind.TAKEN: sentence("cases.event.taken", "Taken in hand"),
    EventKind.DONE: sentence("cases.event.done", "Said to be done"),
    EventKind.SENT_BACK: sentence("cases.event.sent_back", "Checked, not done"),
    EventKind.CLOSED: sentence("cases.event.closed", "Checked and closed"),
    EventKind.SETTLED: sentence("cases.event.settled", "Closed by the office that sent it"),
    EventKind.REOPENED: sentence("cases.event.reopened", "Opened again"),
    EventKind.NOTE: sentence("cases.event.note", "Note"),
}
CHANNEL_NAMES = {
    "phone": sentence("cases.channel.phone", "Telephone"),
    "web": sentence("cases.channel.web", "Website"),
    "app": sentence("cases.channel.app", "App"),
    "counter": sentence("cases.channel.counter", "At the counter"),
    "worker": sentence("cases.channel.worker", "Grid worker"),
    "wechat": sentence("cases.channel.wechat", "WeChat account"),
    "social": sentence("cases.channel.social", "Social media"),
    "mail": sentence("cases.channel.mail", "Letter or e-mail"),
    "office": sentence("cases.channel.office", "Another office"),
    "other": sentence("cases.channel.other", "Some other way"),
}
PLACE_NAMES = {
    PlaceQuality.OK: sentence("cases.place.ok", "On the map"),
    PlaceQuality.NONE: sentence("cases.place.none", "No place was given"),
    PlaceQuality.UNUSABLE: sentence("cases.place.unusable", "The coordinates given are unusable"),
    PlaceQuality.OUTSIDE: sentence("cases.place.outside", "Outside every grid"),
}
