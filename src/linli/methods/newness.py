"""A matter in a place where there was none.

The chance of seeing this many or more is taken from what the same matter does elsewhere, drawn to this place's own silence
(gamma-Poisson, :mod:`linli.methods.baseline`), so the first two reports of something common elsewhere are no news.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods import counts as weekly
from linli.methods import discovery

Floats = NDArray[np.float64]

METHOD = "newness"
VERSION = "1"


@dataclass(frozen=True)
class Newness:
    """Arrays [grids, matters]. ``new``: something now, nothing in the ``quiet_weeks`` before; ``p`` is NaN everywhere else.

    ``observed``, ``expected``, ``high``: of the span in which it shows most clearly (``span``[grids, matters], weeks; 0 where
    not new).
    ``p`` is already paid for looking at several spans. ``tested``: cells that were quiet and so could have been new.
    """

    new: NDArray[np.bool_]
    tested: NDArray[np.bool_]
    observed: Floats
    expected: Floats
    high: Floats
    p: Floats
    span: NDArray[np.int64]
    quiet_weeks: int
    reason: str | None = None


def newness(
    counts: Any,
    population: Any,
    *,
    spans: tuple[int, ...] = (1, 2),
    quiet_weeks: int = 8,
    least: int = 2,
    guard: int = 2,
    window: int = 52,
    usable: Any | None = None,
) -> Newness:
    """New matters at the end of ``counts``[weeks, grids, matters] (arguments as in ``counts.expect``).

    ``quiet_weeks``: weeks without any before the span (all there are, at least four, where history is shorter). ``least``:
    fewer reports than this are never called new. A cell that was quiet before any of the spans and has had something since is
    new.
    """
    seen, people, known = weekly.checked(counts, population, usable)
    looks = weekly.expect_spans(seen, people, spans=spans, guard=guard, window=window, usable=known)
    shape = seen.shape[1:]
    p = np.full((len(spans), *shape), np.nan)
    tested = np.zeros(shape, dtype=bool)
    reasons = [look.reason for look in looks]
    for index, (span, look) in enumerate(zip(spans, looks, strict=True)):
        if look.reason is not None:
            continue
        end = seen.shape[0] - span
        before = seen[max(0, end - quiet_weeks) : end][known[max(0, end - quiet_weeks) : end]]
        quiet = (before.sum(axis=0) == 0) & np.isfinite(look.expected)
        tested |= quiet
        p[index] = np.where(quiet, np.where(look.observed >= least, look.p_high, 1.0), np.nan)
    best = np.argmin(np.where(np.isnan(p), np.inf, p), axis=0)
    combined = discovery.combined(*p)
    new = tested & (np.take_along_axis(np.nan_to_num(p, nan=1.0), best[None], axis=0)[0] < 1.0)

    def chosen(values: list[Floats]) -> Floats:
        picked = np.take_along_axis(np.stack(values), best[None], axis=0)[0]
        return np.where(new, picked, np.nan)

    return Newness(
        new=new,
        tested=tested,
        observed=chosen([look.observed for look in looks]),
        expected=chosen([look.expected for look in looks]),
        high=chosen([look.high for look in looks]),
        p=np.where(new, combined, np.where(tested, 1.0, np.nan)),
        span=np.where(new, np.asarray(spans)[best], 0),
        quiet_weeks=quiet_weeks,
        reason=reasons[0] if all(reasons) else None,
    )
