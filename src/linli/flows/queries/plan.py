"""What a file of readings would do: every row judged, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.flows.models import Counter, Reading
from linli.flows.queries.counters import counters_to_adopt
from linli.flows.rules import code_of, is_code, usable_value
from linli.intake.kinds import Outcome, Plan, Row, Verdict
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import Words, sentence
from linli.territory import queries as territory
from linli.trust import NOT_FOUND

UNKNOWN_COUNTER = sentence("flows.unknown_counter", "There is no counter “%(text)s” in this community.")
ADD_COUNTER = sentence("flows.add_counter", "Add it, say in the mapping which counter it is, or set unknown_counter to create.")
NO_COUNTER = sentence("flows.no_counter", "The file doesn't say which counter the readings come from.")
SAY_COUNTER = sentence("flows.say_counter", "Map the column that names it, or say it in the mapping (options, counter).")
BAD_CODE = sentence("flows.bad_code", "“%(text)s” can't be a counter's code: lower-case letters, digits and _ only.")
NEGATIVE = sentence("flows.negative", "A count is never negative.")
CHECK_COUNTER = sentence("flows.check_counter", "Ask whoever runs the counter; leave the row out until then.")
OTHER_VALUE = sentence("flows.other_value", "For this time %(known)s is known already; two values can't both be right.")
TWICE = sentence("flows.twice", "The same row stands in this file before.")
FUTURE = sentence("flows.future", "The time lies in the future.")
CHECK_TIME = sentence("flows.check_time", "Check the date, and the time zone declared in the mapping.")

PATIENCE = timedelta(days=1)


@dataclass
class Work:
    """What applying would write."""

    counters: list[Counter] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def plan_readings(*, viewer: Actor, community: UUID, rows: Sequence[Row], options: Mapping[str, Any], as_of: datetime) -> Plan:
    """Decide what becomes of every row. Options: ``counter`` (code, where no column says it), ``unknown_counter`` (``refuse`` or
    ``create``), ``interval_minutes`` and ``unit`` of counters made by the file.
    """
    if not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    return _Planner(viewer, community, options, as_of).plan(rows)


class _Planner:
    """One file on its way through."""

    def __init__(self, viewer: Actor, community: UUID, options: Mapping[str, Any], as_of: datetime) -> None:
        self.community = community
        self.as_of = as_of
        self.latest = max(as_of, datetime.now(UTC)) + PATIENCE
        self.options = options
        self.fixed = str(options["counter"]) if options.get("counter") else None
        if self.fixed is not None and not is_code(self.fixed):
            raise BadInput(BAD_CODE, text=self.fixed)
        self.create = options.get("unknown_counter") == "create"
        # An archive's readings were known to its source as they were taken, not only since they reached us.
        self.archive = bool(options.get("archive"))
        self.zone = ZoneInfo(str(options.get("zone") or territory.community(viewer=viewer, community=community).time_zone))
        self.by_word: dict[str, Counter] = {}
        self.adopted: set[UUID] = set()
        for counter in Counter.objects.filter(community=community):
            for name in (*counter.name.values(), counter.code):
                self.by_word[name.strip().lower()] = counter
        for counter in counters_to_adopt(viewer, community, known={c.code for c in self.by_word.values()}):
            for name in (*counter.name.values(), counter.code):
                self.by_word.setdefault(name.strip().lower(), counter)
        self.work = Work()

    def plan(self, rows: Sequence[Row]) -> Plan:
        named = [(row, self._counter(row)) for row in rows]
        known = self._known(named)
        mine: set[tuple[UUID, datetime]] = set()
        outcomes = [self._judge(row, counter, known, mine) for row, counter in named]
        return Plan(outcomes, self.work, {"counters": len(self.work.counters)})

    def _counter(self, row: Row) -> Counter | Outcome:
        text = row.values.get("counter") or self.fixed
        if text is None:
            return Outcome(row.number, Verdict.REFUSED, Words(NO_COUNTER), Words(SAY_COUNTER), "counter")
        found = self.by_word.get(text.strip().lower())
        if found:
            if found._state.adding and found.id not in self.adopted:
                self.adopted.add(found.id)
                self.work.counters.append(found)
            return found
        if not self.create:
            return Outcome(
                row.number, Verdict.REFUSED, Words(UNKNOWN_COUNTER, {"text": text}), Words(ADD_COUNTER), "counter", text
            )
        made = Counter(
            community_id=self.community,
            code=code_of(text),
            name={"en": text, "zh-Hans": text},
            interval_minutes=int(self.options.get("interval_minutes", 60)),
            unit=str(self.options.get("unit", "passages"))[:16],
        )
        self.by_word[text.strip().lower()] = made
        self.adopted.add(made.id)
        self.work.counters.append(made)
        return made

    def _known(self, named: Sequence[tuple[Row, Counter | Outcome]]) -> dict[tuple[UUID, datetime], float]:
        """Readings that stand already, between the first and the last time of the file."""
        times = [row.values["at"] for row, counter in named if isinstance(counter, Counter)]
        if not times:
            return {}
        ids = {counter.id for _, counter in named if isinstance(counter, Counter)}
        found = Reading.objects.filter(counter__in=ids, at__gte=min(times), at__lte=max(times) + timedelta(hours=2))
        return {(counter, at): value for counter, at, value in found.values_list("counter_id", "at", "value")}

    def _judge(
        self, row: Row, counter: Counter | Outcome, known: dict[tuple[UUID, datetime], float], mine: set[tuple[UUID, datetime]]
    ) -> Outcome:
        if isinstance(counter, Outcome):
            return counter
        at, value = row.values["at"], row.values["value"] + (row.values.get("value_out") or 0.0)
        if not usable_value(value) or row.values["value"] < 0:
            return Outcome(row.number, Verdict.REFUSED, Words(NEGATIVE), Words(CHECK_COUNTER), "value", str(row.values["value"]))
        if at > self.latest:
            return Outcome(row.number, Verdict.REFUSED, Words(FUTURE), Words(CHECK_TIME), "at", f"{at:%Y-%m-%d %H:%M}")
        if (counter.id, at) in mine and known[counter.id, at] != value:
            at = self._second(at)
        before = known.get((counter.id, at))
        if before is None:
            known[counter.id, at] = value
            mine.add((counter.id, at))
            self.work.readings.append(
                Reading(
                    community_id=self.community,
                    counter=counter,
                    at=at,
                    value=value,
                    known_from=at if self.archive else max(self.as_of, at),
                )
            )
            return Outcome(row.number, Verdict.NEW)
        if before == value:
            return Outcome(row.number, Verdict.SAME, Words(TWICE) if (counter.id, at) in mine else None)
        return Outcome(
            row.number, Verdict.REFUSED, Words(OTHER_VALUE, {"known": before}), Words(CHECK_COUNTER), "value", str(value)
        )

    def _second(self, at: datetime) -> datetime:
        """In the hour that comes twice when clocks are put back, the second coming; any other time stays."""
        return at.astimezone(self.zone).replace(fold=1).astimezone(UTC)
