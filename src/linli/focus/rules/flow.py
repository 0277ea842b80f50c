"""Judging counters: whose level has shifted, and who can't be judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from linli.focus.rules import words
from linli.focus.rules.evidence import CounterSeries, Evidence, as_point
from linli.focus.rules.kinds import Draft, FindingKind, Identity, Unjudged
from linli.kernel.words import Words
from linli.methods import counters, discovery, score

CHART_DAYS = 42
LEAST_READ = 0.8
TIMES_FROM = 3
"""From here on "so many times the usual" is easier to grasp than a percentage."""


def _local_seconds(series: CounterSeries, zone: str) -> Any:
    """Seconds on the community's own clock. Zones change their offset a few times a year: it is looked up once an hour."""
    utc = series.at.astype("datetime64[s]").astype(np.int64)
    tz = ZoneInfo(zone)
    days, inverse = np.unique(utc // 3600, return_inverse=True)
    offsets = np.array([_offset(int(hour) * 3600, tz) for hour in days], dtype=np.int64)
    return utc + offsets[inverse]


def _offset(second: int, tz: ZoneInfo) -> int:
    from datetime import UTC, datetime

    delta = datetime.fromtimestamp(second, UTC).astimezone(tz).utcoffset()
    return int(delta.total_seconds()) if delta else 0


class Counters:
    """One look at all counters of a week."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.looks: list[tuple[CounterSeries, counters.CounterWeek, counters.Days, np.ndarray]] = []
        self.missing: list[Unjudged] = []
        for series in evidence.counters:
            self._look(series)

    def _name(self, series: CounterSeries) -> dict[str, str]:
        return dict(self.evidence.counter_name(series.counter))

    def _cannot(self, series: CounterSeries, reason: Words) -> None:
        self.missing.append(Unjudged(Words(words.SUBJECT_COUNTER, {"counter": self._name(series)}), reason, series.grid))

    def _look(self, series: CounterSeries) -> None:
        local = _local_seconds(series, self.evidence.zone)
        last = (self.evidence.week.last_day - date(1970, 1, 1)).days
        recent = local // 86_400 > last - 7
        if not recent.any():
            self._cannot(series, Words(words.NO_READINGS))
            return
        days = counters.into_days(local, series.value, slot_seconds=3600)
        # A slot holds the mean of its readings: of passages, so many times as there are readings in an hour make its sum.
        table = days.values * (60 / min(series.interval_minutes, 60) if series.counted else 1)
        behind = last - (days.first_day + table.shape[0] - 1)
        if behind > 0:
            table = np.vstack([table, np.full((behind, table.shape[1]), np.nan)])
        elif behind < 0:
            table = table[:behind]
        kind = self._day_classes(series, local, days.first_day, table.shape[0])
        found = counters.week(table, kind, days=min(7, table.shape[0]), counted=series.counted)
        if found.reason:
            reason = words.COUNTER_UNKNOWN
            if found.reason == counters.TOO_FEW_READINGS:
                read = np.isfinite(table[-7:]).mean() >= LEAST_READ
                self._cannot(series, Words(words.COUNTER_DAYS) if read else self._gaps(table))
            else:
                self._cannot(series, Words(reason))
            return
        if np.isfinite(table[-7:]).mean() < LEAST_READ:
            self._cannot(series, self._gaps(table))
        self.looks.append((series, found, counters.Days(table, days.first_day, days.slot_seconds), kind))

    def _gaps(self, table: Any) -> Words:
        week = table[-7:]
        return Words(words.COUNTER_GAPS, {"missing": int(np.isnan(week).sum()), "all": int(week.size)})

    def _day_classes(self, series: CounterSeries, local: Any, first_day: int, days: int) -> Any:
        """0 working day, 1 weekend, 2 holiday, from the readings; days without any go by the weekday.

        Holidays stay a class of their own even while too few are known to judge them: some places are closed on them, and taken
        for Sundays they would alarm.
        """
        weekday = (np.arange(days) + first_day + 3) % 7
        kind = np.where(weekday >= 5, 1, 0).astype(np.int64)
        place = local // 86_400 - first_day
        inside = (place >= 0) & (place < days)
        kind[place[inside]] = series.day_class[inside]
        return kind

    def findings(self) -> tuple[list[Draft], list[float]]:
        """Counters whose level has moved out of its range, either way."""
        if not self.looks:
            return [], []
        q = discovery.adjusted([found.p for _, found, _, _ in self.looks])
        drafts, qs = [], []
        for place, (series, found, days, kind) in enumerate(self.looks):
            if not np.isfinite(found.p) or found.p >= 0.05 or not np.isfinite(found.level):
                continue
            out = np.flatnonzero(found.out)
            # What is said is said of the days that are out; a shift spread thinly over the week is said of all its days.
            chosen = out if out.size >= 2 else np.flatnonzero(np.isfinite(found.ratio))
            scale = _scale(series, days)[-len(found.seen) :]
            seen, usual, low, high = (
                float(np.nanmean((figures * scale)[chosen])) for figures in (found.seen, found.expected, found.low, found.high)
            )
            down = seen < usual
            percent = round(100 * abs(seen / usual - 1)) if usual else 0
            if percent < 10:
                continue
            title = Words(words.COUNTER_LOW if down else words.COUNTER_HIGH, {"counter": self._name(series), "percent": percent})
            if seen >= TIMES_FROM * usual > 0:
                title = Words(words.COUNTER_TIMES, {"counter": self._name(series), "times": _plain(seen / usual)})
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.COUNTER, series.grid, counter=series.counter),
                    observed=round(seen, 1),
                    expected=round(usual, 1),
                    low=round(low, 1),
                    high=round(high, 1),
                    p=float(found.p),
                    parts={
                        "severity": score.severity(0.8),
                        "volume": score.volume(percent, 0.0),
                        "surprise": score.surprise(float(q[place])),
                    },
                    title=title,
                    reason=Words(
                        _reason(series, down=down),
                        {"seen": _plain(seen), "low": _plain(low), "high": _plain(high), "days": int(chosen.size)},
                    ),
                    method=f"{counters.METHOD}-{counters.VERSION}",
                    series=self._chart(series, days, kind, found),
                    facts={
                        "ratio": round(seen / usual, 3) if usual else None,
                        "days_out": found.days_out,
                        "days": int(chosen.size),
                    },
                )
            )
            qs.append(float(q[place]))
        return drafts, qs

    def _chart(
        self, series: CounterSeries, days: counters.Days, kind: Any, found: counters.CounterWeek
    ) -> tuple[Mapping[str, Any], ...]:
        """Sums a day, of a level its means; the last seven days with what was expected of them."""
        points = []
        scale = _scale(series, days)
        first = max(0, days.values.shape[0] - CHART_DAYS)
        for row in range(first, days.values.shape[0]):
            day = date(1970, 1, 1) + timedelta(days=days.first_day + row)
            read = days.values[row][np.isfinite(days.values[row])]
            at = row - (days.values.shape[0] - len(found.seen))
            judged = at >= 0
            points.append(
                as_point(
                    day=day.isoformat(),
                    observed=float(read.sum() * scale[row]) if read.size else float("nan"),
                    expected=float(found.expected[at] * scale[row]) if judged else float("nan"),
                    low=float(found.low[at] * scale[row]) if judged else float("nan"),
                    high=float(found.high[at] * scale[row]) if judged else float("nan"),
                    holiday=bool(kind[row] == 2),
                )
            )
        return tuple(points)


def _scale(series: CounterSeries, days: counters.Days) -> Any:
    """[days]: what turns a day's sum into what is said of it: itself for passages, the mean of the hours read for a level."""
    if series.counted:
        return np.ones(days.values.shape[0])
    return 1 / np.maximum(np.isfinite(days.values).sum(axis=1), 1)


def _reason(series: CounterSeries, *, down: bool) -> str:
    if series.counted:
        return words.COUNTER_LOW_REASON if down else words.COUNTER_HIGH_REASON
    return words.LEVEL_REASON


def _plain(value: float) -> float | int:
    """As a person would say it: hundreds for thousands, tens for hundreds, else as it is."""
    if value >= 1000:
        return int(round(value, -2))
    if value >= 100:
        return int(round(value, -1))
    return round(value) if value >= 10 else round(value, 1)
