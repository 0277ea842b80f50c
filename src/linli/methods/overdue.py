"""More unresolved, or more past its limit, than the community's own rate lets expect.

Exact and conditional on the totals: had the community's overdue cases fallen on grids regardless of where, this many or more.
With matters given, each matter is compared only with itself (a grid with many slow matters is not slow). Sources: Fisher 1935;
Mantel & Haenszel, JNCI 1959, here with the exact distribution of the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHOD = "overdue"
VERSION = "1"


@dataclass(frozen=True)
class Excess:
    """Shapes as given ([grids, matters], or [grids] from :func:`excess_by_grid`). Counts of marked cases.

    ``p``: one-sided chance of so many or more; NaN where there is nothing to compare (no cases, or all cases in one grid).
    ``low`` to ``high``: 95 % of what chance gives.
    """

    observed: Floats
    total: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats


def excess(marked: Any, total: Any) -> Excess:
    """``marked``[grids, matters] (past limit, unresolved …) of ``total``[grids, matters] cases, each matter against itself."""
    seen, all_cases = _checked(marked, total)
    seen_matter, all_matter = seen.sum(axis=0), all_cases.sum(axis=0)
    comparable = (all_cases > 0) & (all_cases < all_matter)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.where(comparable, all_cases * seen_matter / all_matter, np.nan)
    frozen = scipy.stats.hypergeom(np.broadcast_to(all_matter, seen.shape), np.broadcast_to(seen_matter, seen.shape), all_cases)
    blank = np.where(comparable, 0.0, np.nan)
    p = np.clip(frozen.sf(seen - 1), 0.0, 1.0)
    return Excess(seen, all_cases, expected, frozen.ppf(0.025) + blank, frozen.ppf(0.975) + blank, p + blank)


def excess_by_grid(marked: Any, total: Any) -> Excess:
    """Over all matters together, still comparing like with like: results are [grids]."""
    seen, all_cases = _checked(marked, total)
    seen_matter, all_matter = seen.sum(axis=0), all_cases.sum(axis=0)
    grids = seen.shape[0]
    expected, low, high, p = (np.full(grids, np.nan) for _ in range(4))
    for grid in range(grids):
        strata = np.flatnonzero((all_cases[grid] > 0) & (all_cases[grid] < all_matter))
        if strata.size == 0:
            continue
        chance = np.ones(1)
        for m in strata:
            k = np.arange(int(min(all_cases[grid, m], seen_matter[m])) + 1)
            chance = np.convolve(chance, scipy.stats.hypergeom.pmf(k, all_matter[m], seen_matter[m], all_cases[grid, m]))
        here = int(seen[grid, strata].sum())
        expected[grid] = float((np.arange(chance.size) * chance).sum())
        low[grid], high[grid] = np.minimum(np.searchsorted(np.cumsum(chance), (0.025, 0.975)), chance.size - 1)
        p[grid] = min(float(chance[here:].sum()), 1.0)
    return Excess(seen.sum(axis=1), all_cases.sum(axis=1), expected, low, high, p)


def _checked(marked: Any, total: Any) -> tuple[Floats, Floats]:
    seen, all_cases = np.asarray(marked, dtype=float), np.asarray(total, dtype=float)
    if seen.ndim != 2 or seen.shape != all_cases.shape:
        raise ValueError("marked and total are both grids × matters")
    if (seen < 0).any() or (seen > all_cases).any() or (seen != np.round(seen)).any() or (all_cases != np.round(all_cases)).any():
        raise ValueError("marked and total are whole numbers, and no more are marked than there are")
    return seen, all_cases
