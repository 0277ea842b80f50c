"""Judging reports: more than expected, new, silent, rising, and what stays open past its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from linli.focus.rules import words
from linli.focus.rules.evidence import Evidence, Floats, as_point
from linli.focus.rules.kinds import Draft, FindingKind, GridTotal, Identity, Unjudged
from linli.kernel.words import Words
from linli.methods import counts, discovery, newness, overdue, score, silence, trend

CHART_WEEKS = 26


def _label(module: Any) -> str:
    return f"{module.METHOD}-{module.VERSION}"


def population_by_week(evidence: Evidence) -> Floats:
    """[weeks, grids]: today's population for every week; where nobody is registered, everybody counts alike."""
    people = evidence.population if evidence.population.sum() > 0 else np.ones(len(evidence.grids))
    return np.broadcast_to(people, evidence.counts.shape[:2]).astype(float)


def chart(
    evidence: Evidence, looks: Sequence[counts.Expectation], grid: int, matter: int, offset: int
) -> tuple[Mapping[str, Any], ...]:
    """The weekly series of one cell with what was expected in each week as it was known then."""
    points = []
    for place, look in enumerate(looks):
        week = evidence.week.back(len(looks) - 1 - place)
        points.append(
            as_point(
                week=str(week),
                day=week.first_day.isoformat(),
                observed=int(look.observed[grid, matter]),
                expected=float(look.expected[grid, matter]),
                low=float(look.low[grid, matter]),
                high=float(look.high[grid, matter]),
            )
        )
    return tuple(points[offset:])


class Reports:
    """One look at the reports of a week. The expectation is worked out once and serves every kind of finding."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.people = population_by_week(evidence)
        self.spans = counts.expect_spans(evidence.counts, self.people, spans=(1, 2), usable=evidence.usable)
        self.now = self.spans[0]
        self.judged = self.now.reason is None
        self.totals = counts.expect(evidence.counts.sum(axis=2, keepdims=True), self.people, usable=evidence.usable)
        self._weeks: list[counts.Expectation] | None = None
        self._total_weeks: list[counts.Expectation] | None = None

    @property
    def weeks(self) -> list[counts.Expectation]:
        if self._weeks is None:
            e = self.evidence
            self._weeks = counts.expect_every_week(e.counts, self.people, usable=e.usable)
        return self._weeks

    @property
    def total_weeks(self) -> list[counts.Expectation]:
        if self._total_weeks is None:
            e = self.evidence
            self._total_weeks = counts.expect_every_week(e.counts.sum(axis=2, keepdims=True), self.people, usable=e.usable)
        return self._total_weeks

    def series(self, grid: int, matter: int) -> tuple[Mapping[str, Any], ...]:
        return chart(self.evidence, self.weeks, grid, matter, max(0, len(self.weeks) - CHART_WEEKS))

    def total_series(self, grid: int) -> tuple[Mapping[str, Any], ...]:
        return chart(self.evidence, self.total_weeks, grid, 0, max(0, len(self.total_weeks) - CHART_WEEKS))

    def parts(
        self, grid: int, matter: int | None, *, observed: float, expected: float, p: float, growth: float = 1.0
    ) -> dict[str, float]:
        """The unweighted parts of a finding's score."""
        e = self.evidence
        level = e.severity.get(e.matters[matter], 0.3) * 4 if matter is not None else 1.0
        here, usual = e.need(e.grids[grid])
        waiting = e.unresolved.get((e.grids[grid], e.matters[matter])) if matter is not None else None
        return {
            "severity": score.severity(level),
            "need": score.need(here, usual),
            "volume": score.volume(observed, expected),
            "surprise": score.surprise(p),
            "trend": score.trend(growth),
            "unresolved": score.unresolved(waiting.overdue, waiting.open) if waiting else 0.0,
        }

    def growth(self) -> Floats:
        """Weekly growth of every cell over the last weeks; 1 where it can't be told."""
        if self.evidence.counts.shape[0] < trend.LEAST_WEEKS:
            return np.ones(self.evidence.counts.shape[1:])
        found = trend.trend(self.evidence.counts, weeks=8, dispersion=np.nan_to_num(self.now.dispersion))
        return np.nan_to_num(found.growth, nan=1.0)

    def above(self) -> tuple[list[Draft], list[float]]:
        """More than expected, over one or two weeks; with the p-values of every cell that was tested."""
        if not self.judged:
            return [], []
        e = self.evidence
        looks = [look for look in self.spans if look.reason is None]
        ps = np.stack([look.p_high for look in looks])
        combined = discovery.combined(*ps, shares=counts.SHARES) if len(looks) > 1 else ps[0]
        weights = discovery.volume_weights(self.now.expected)
        q = discovery.adjusted(combined, weights=weights)
        best = np.argmin(np.where(np.isnan(ps), np.inf, ps), axis=0)
        growth = self.growth()
        drafts, qs = [], []
        for grid, matter in zip(*np.nonzero(np.nan_to_num(combined, nan=1.0) < 0.05), strict=True):
            look = looks[best[grid, matter]]
            seen, usual = float(look.observed[grid, matter]), float(look.expected[grid, matter])
            low, high = float(look.low[grid, matter]), float(look.high[grid, matter])
            if seen < 3 or seen <= high:
                continue
            params = {"seen": int(seen), "low": int(low), "high": int(high), "weeks": look.span}
            p = float(combined[grid, matter])
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.ABOVE, e.grids[grid], e.matters[matter]),
                    observed=seen,
                    expected=usual,
                    low=low,
                    high=high,
                    p=p,
                    parts=self.parts(
                        grid, matter, observed=seen, expected=usual, p=float(q[grid, matter]), growth=growth[grid, matter]
                    ),
                    title=Words(words.MATTER, {"matter": dict(e.matter_name(e.matters[matter]))}),
                    reason=Words(words.ABOVE_REASON if look.span == 1 else words.ABOVE_SPAN_REASON, params),
                    method=_label(counts),
                    series=self.series(grid, matter),
                    facts={"span": look.span, "weeks_used": look.weeks_used},
                )
            )
            qs.append(float(q[grid, matter]))
        return drafts, qs

    def new(self) -> tuple[list[Draft], list[float]]:
        """A matter in a grid where there was none."""
        if not self.judged:
            return [], []
        e = self.evidence
        found = newness.newness(e.counts, self.people, usable=e.usable)
        q = discovery.adjusted(found.p)
        drafts, qs = [], []
        for grid, matter in zip(*np.nonzero(found.new & (np.nan_to_num(found.p, nan=1.0) < 0.05)), strict=True):
            seen, usual = float(found.observed[grid, matter]), float(found.expected[grid, matter])
            if seen < 3:
                continue
            span = int(found.span[grid, matter])
            quiet = self._quiet_weeks(grid, matter, span)
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.NEW, e.grids[grid], e.matters[matter]),
                    observed=seen,
                    expected=usual,
                    low=0.0,
                    high=float(found.high[grid, matter]),
                    p=float(found.p[grid, matter]),
                    parts=self.parts(grid, matter, observed=seen, expected=usual, p=float(q[grid, matter])),
                    title=Words(words.MATTER, {"matter": dict(e.matter_name(e.matters[matter]))}),
                    reason=Words(
                        words.NEW_REASON if span == 1 else words.NEW_SPAN_REASON,
                        {"seen": int(seen), "quiet": quiet, "weeks": span},
                    ),
                    method=_label(newness),
                    series=self.series(grid, matter),
                    facts={"span": span, "quiet_weeks": quiet},
                )
            )
            qs.append(float(q[grid, matter]))
        return drafts, qs

    def _quiet_weeks(self, grid: int, matter: int, span: int) -> int:
        """In how many recorded weeks before the span there was nothing."""
        end = self.evidence.counts.shape[0] - span
        before = self.evidence.counts[:end, grid, matter][self.evidence.usable[:end]][::-1]
        some = np.flatnonzero(before)
        return int(some[0]) if some.size else int(before.size)

    def silent(self) -> tuple[list[Draft], list[float]]:
        """Grids from which far less is heard than their people and their past let expect."""
        if not self.judged:
            return [], []
        e = self.evidence
        found = silence.silence(e.counts, self.people, usable=e.usable)
        q = discovery.adjusted(found.p)
        drafts, qs = [], []
        for grid in np.flatnonzero(np.nan_to_num(found.p, nan=1.0) < 0.05).tolist():
            seen, usual = float(found.observed[grid]), float(found.expected[grid])
            if seen >= usual or e.population[grid] == 0:
                continue
            span = int(found.span[grid])
            params = {"seen": int(seen), "low": int(found.low[grid]), "high": int(found.high[grid]), "weeks": span}
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.SILENT, e.grids[grid]),
                    observed=seen,
                    expected=usual,
                    low=float(found.low[grid]),
                    high=float(found.high[grid]),
                    p=float(found.p[grid]),
                    parts=self.parts(grid, None, observed=seen, expected=usual, p=float(q[grid])),
                    title=Words(words.QUIET),
                    reason=Words(words.QUIET_REASON if span == 1 else words.QUIET_SPAN_REASON, params),
                    method=_label(silence),
                    series=self.total_series(grid),
                    facts={"span": span, "old_share": _share(e.old[grid], e.population[grid])},
                )
            )
            qs.append(float(q[grid]))
        return drafts, qs

    def rising(self) -> tuple[list[Draft], list[float]]:
        """More each week for several weeks, though no single week stands out."""
        if not self.judged or self.evidence.counts.shape[0] < 8:
            return [], []
        e = self.evidence
        usual = np.stack([look.expected for look in self.weeks[-8:]])
        alpha = np.nan_to_num(self.now.dispersion)
        found = trend.trend(e.counts[-8:], np.where(np.isfinite(usual), usual, 1.0), weeks=8, dispersion=alpha)
        q = discovery.adjusted(found.p_up)
        drafts, qs = [], []
        for grid, matter in zip(*np.nonzero(np.nan_to_num(found.p_up, nan=1.0) < 0.01), strict=True):
            seen, expected = float(self.now.observed[grid, matter]), float(self.now.expected[grid, matter])
            first, last = float(found.fitted_first[grid, matter]), float(found.fitted_last[grid, matter])
            if last < 4 or last < 1.5 * first:
                continue
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.TREND, e.grids[grid], e.matters[matter]),
                    observed=seen,
                    expected=expected,
                    low=float(self.now.low[grid, matter]),
                    high=float(self.now.high[grid, matter]),
                    p=float(found.p_up[grid, matter]),
                    parts=self.parts(
                        grid,
                        matter,
                        observed=seen,
                        expected=expected,
                        p=float(q[grid, matter]),
                        growth=float(found.growth[grid, matter]),
                    ),
                    title=Words(words.RISING, {"matter": dict(e.matter_name(e.matters[matter]))}),
                    reason=Words(
                        words.RISING_REASON, {"first": round(first), "last": round(last), "weeks": found.weeks, "seen": int(seen)}
                    ),
                    method=_label(trend),
                    series=self.series(grid, matter),
                )
            )
            qs.append(float(q[grid, matter]))
        return drafts, qs

    def overdue(self) -> tuple[list[Draft], list[float]]:
        """Cases open past their limit, more than the same matter elsewhere lets expect."""
        e = self.evidence
        if not e.unresolved:
            return [], []
        total = np.zeros(e.counts.shape[1:])
        late = np.zeros(e.counts.shape[1:])
        for (grid, matter), row in e.unresolved.items():
            if grid in e.grids and matter in e.matters:
                place = e.grids.index(grid), e.matters.index(matter)
                total[place], late[place] = row.open, row.overdue
        found = overdue.excess(late, total)
        q = discovery.adjusted(found.p)
        drafts, qs = [], []
        for grid, matter in zip(*np.nonzero(np.nan_to_num(found.p, nan=1.0) < 0.05), strict=True):
            row = e.unresolved[e.grids[grid], e.matters[matter]]
            if row.overdue < 3:
                continue
            drafts.append(
                Draft(
                    identity=Identity(FindingKind.OVERDUE, e.grids[grid], e.matters[matter]),
                    observed=float(row.overdue),
                    expected=float(found.expected[grid, matter]),
                    low=float(found.low[grid, matter]),
                    high=float(found.high[grid, matter]),
                    p=float(found.p[grid, matter]),
                    parts=self.parts(
                        grid, matter, observed=row.overdue, expected=float(found.expected[grid, matter]), p=float(q[grid, matter])
                    ),
                    title=Words(words.OVERDUE, {"matter": dict(e.matter_name(e.matters[matter]))}),
                    reason=Words(
                        words.OVERDUE_REASON,
                        {"overdue": row.overdue, "before": row.overdue_before, "longest": round(row.longest_hours / 24)},
                    ),
                    method=_label(overdue),
                    series=self.series(grid, matter) if self.judged else (),
                )
            )
            qs.append(float(q[grid, matter]))
        return drafts, qs

    def grid_totals(self) -> Iterator[GridTotal]:
        """Every grid's reports of the week against its expectation, with the map's class."""
        for grid, label in enumerate(self.evidence.grids):
            seen, usual = float(self.totals.observed[grid, 0]), float(self.totals.expected[grid, 0])
            if (
                self.totals.reason
                or not np.isfinite(usual)
                or (self.evidence.population.sum() > 0 and self.evidence.population[grid] == 0)
            ):
                yield GridTotal(label, int(seen), None, None, None, None, *self._who(grid))
                continue
            low, high = float(self.totals.low[grid, 0]), float(self.totals.high[grid, 0])
            yield GridTotal(label, int(seen), round(usual, 1), low, high, map_step(seen, usual, low, high), *self._who(grid))

    def _who(self, grid: int) -> tuple[int | None, int | None, int | None]:
        """How many live in a grid, and the percentages of the old and of those with a care need, as far as the register says."""
        e = self.evidence
        people = int(e.population[grid])
        if not people:
            return None, None, None
        old, care = (round(100 * float(part[grid]) / people) if part.sum() else None for part in (e.old, e.care))
        return people, old, care

    def unjudged(self) -> Iterator[Unjudged]:
        """What about the reports could not be told."""
        e = self.evidence
        if self.now.reason == counts.NOT_RECORDED:
            yield Unjudged(Words(words.SUBJECT_ALL), Words(words.NOT_RECORDED))
        elif self.now.reason:
            known = int(e.usable.sum())
            yield Unjudged(Words(words.SUBJECT_ALL), Words(words.TOO_LITTLE_HISTORY, {"weeks": known}))
        if e.population.sum() > 0:
            for grid, people in zip(e.grids, e.population, strict=True):
                if people == 0:
                    yield Unjudged(Words(words.SUBJECT_POPULATION, {"grid": grid}), Words(words.NO_POPULATION), grid)
        if e.without_place:
            yield Unjudged(Words(words.SUBJECT_PLACELESS), Words(words.PLACELESS, {"seen": e.without_place}))


def map_step(seen: float, expected: float, low: float, high: float) -> int:
    """The map's diverging class: 4 as expected, 3 and 5 leaning, 2 and 6 near the edge of the range, 1 and 7 outside it."""
    if seen > high:
        return 7
    if seen < low:
        return 1
    reach = (seen - expected) / ((high - expected) if seen >= expected else (expected - low)) if high > expected > low else 0.0
    if seen >= expected:
        return 6 if reach > 0.85 else 5 if reach > 0.6 else 4
    return 2 if reach < -0.85 else 3 if reach < -0.6 else 4


def _share(part: float, whole: float) -> float:
    return round(float(part) / float(whole), 3) if whole else 0.0
