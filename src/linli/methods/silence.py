"""Grids from which far less is heard than their population and their history let expect.

Two questions, kept apart because they call for different action: has a grid *fallen* silent (against its own past, over the
last one to four weeks), and has it *always* been silent (against the other grids, per head, over its whole history)?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods import baseline, discovery, predictive
from linli.methods import counts as weekly

Floats = NDArray[np.float64]

METHOD = "silence"
VERSION = "1"


@dataclass(frozen=True)
class Silence:
    """Arrays [grids]. ``observed``, ``expected``, ``low``, ``high``: of the ``span``[grids] weeks in which the silence shows
    most.

    ``p``: chance of so few or fewer (mid-p), paid for looking at several spans; NaN where it cannot be judged (``reason``).
    ``p_population``: chance of so few reports per head over all of ``weeks_used``, were the grid like the others;
    ``usual_ratio``: its reports per head over those weeks against the others' (1 = like the others).
    """

    observed: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    span: NDArray[np.int64]
    p_population: Floats
    usual_ratio: Floats
    weeks_used: int
    reason: str | None = None


def silence(
    counts: Any,
    population: Any,
    *,
    spans: tuple[int, ...] = (1, 2, 3, 4),
    shares: tuple[float, ...] | None = (0.2, 0.7, 0.05, 0.05),
    guard: int = 3,
    window: int = 52,
    usable: Any | None = None,
) -> Silence:
    """Silent grids at the end of ``counts``[weeks, grids, matters] or [weeks, grids]; other arguments as in ``counts.expect``.

    ``shares`` of the error over the ``spans`` (None: evenly): two weeks weigh most, since one seldom suffices and a silence of
    three or four weeks needs little help to be seen.
    """
    given = np.asarray(counts, dtype=float)
    totals = given.sum(axis=2, keepdims=True) if given.ndim == 3 else given[:, :, None]
    seen, people, known = weekly.checked(totals, population, usable)
    looks = weekly.expect_spans(seen, people, spans=spans, guard=guard, window=window, usable=known)
    reasons = [look.reason for look in looks]
    # The middle of the tail (Lancaster, JASA 1961): with few tests the whole tail would leave half of the error unused.
    p = np.stack(
        [(look.p_low[:, 0] + predictive.at_most(look.observed - 1, look.expected, look.spread)[:, 0]) / 2 for look in looks]
    )
    best = np.argmin(np.where(np.isnan(p), np.inf, p), axis=0)

    def chosen(values: list[Floats]) -> Floats:
        return np.asarray(np.take_along_axis(np.stack([value[:, 0] for value in values]), best[None], axis=0)[0], dtype=float)

    rows = np.flatnonzero(known)[-window:]
    against_others, ratio = _against_others(seen[rows, :, 0].sum(axis=0), people[rows].sum(axis=0))
    enough = rows.size >= weekly.LEAST_WEEKS
    return Silence(
        observed=chosen([look.observed for look in looks]),
        expected=chosen([look.expected for look in looks]),
        low=chosen([look.low for look in looks]),
        high=chosen([look.high for look in looks]),
        p=discovery.combined(*p, shares=shares),
        span=np.asarray(spans)[best],
        p_population=against_others if enough else np.full(seen.shape[1], np.nan),
        usual_ratio=ratio if enough else np.full(seen.shape[1], np.nan),
        weeks_used=max(look.weeks_used for look in looks),
        reason=reasons[0] if all(reasons) else None,
    )


def _against_others(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Lower-tail p of each grid's total were its rate drawn from the gamma that the other grids show, and its ratio to theirs."""
    p = np.full(events.shape, np.nan)
    ratio = np.full(events.shape, np.nan)
    for grid in np.flatnonzero(exposure > 0):
        others = np.ones(events.size, dtype=bool)
        others[grid] = False
        others &= exposure > 0
        if others.sum() < 3:
            continue
        _, shape = baseline.shrunk_rates(events[others, None], exposure[others, None])
        rate = (events[others].sum() + 0.5) / exposure[others].sum()
        # Few other grids know their own spread only roughly.
        spread = (1 + 2 / others.sum()) / shape[0]
        p[grid] = predictive.at_most(events[grid], rate * exposure[grid], spread)
        ratio[grid] = events[grid] / exposure[grid] / rate
    return p, ratio
