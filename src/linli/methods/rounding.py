"""Controlled rounding: a table of counts rounded to a base so that it still adds up.

Every cell, every row total, every column total and the grand total becomes one of the two multiples of ``base`` that lie around
it; what is a multiple already stays. Such a rounding of a two-way table always exists; of all of them the one nearest to the true
counts is taken (least sum of absolute errors over cells and totals), the same for the same table.
Source: L. H. Cox (1987), A constructive procedure for unbiased controlled rounding, JASA 82; solved as a network flow by HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Rounded:
    """``cells`` (rows, columns), ``rows`` and ``columns`` (their totals) and ``total``: multiples of the base that add up."""

    cells: Counts
    rows: Counts
    columns: Counts
    total: int


class CannotRound(ValueError):
    """There is no rounding with the row totals that were asked for."""


def controlled(counts: ArrayLike, base: int, *, rows: Sequence[int] | None = None) -> Rounded:
    """Round a table of counts (rows, columns; integers not below 0), additively, with each error below ``base``.

    ``rows``: row totals that must come out, rounded elsewhere; CannotRound where that can't be. ValueError for no table.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer) or (table.size and table.min() < 0) or base < 1:
        raise ValueError("a table of whole numbers and a base of 1 or more are needed")
    table = table.astype(np.int64)
    many, wide = table.shape
    asked = None if rows is None else np.asarray(rows, np.int64)
    if asked is not None and asked.shape != (many,):
        raise ValueError("a total for every row is needed")
    if not table.size:
        return Rounded(table, np.zeros(many, np.int64), np.zeros(wide, np.int64), 0)
    exact = [table.ravel(), table.sum(axis=1), table.sum(axis=0), np.array([table.sum()])]
    floors, rests = (np.concatenate(parts) for parts in zip(*((e // base, e % base) for e in exact), strict=True))
    low, high = np.zeros(len(rests)), (rests > 0).astype(float)
    at = slice(many * wide, many * wide + many)
    if asked is not None:
        low[at] = high[at] = asked / base - floors[at]
    matrix = _sums(many, wide)
    found = scipy.optimize.milp(
        (base - 2 * rests).astype(float),
        integrality=np.ones(len(rests)),
        bounds=scipy.optimize.Bounds(low, high),
        constraints=scipy.optimize.LinearConstraint(matrix, *([-(matrix @ floors)] * 2)),
    )
    if found.x is None:
        raise CannotRound("no rounding has these row totals")
    up = base * (floors + np.rint(found.x).astype(np.int64))
    end = many * wide
    return Rounded(up[:end].reshape(many, wide), up[end : end + many], up[end + many : -1], int(up[-1]))


def _sums(many: int, wide: int) -> Any:
    """What must be 0: the cells of a row less its total, of a column less its total, all row totals less the grand total."""
    cells = np.arange(many * wide)
    row, column = np.divmod(cells, wide)
    end = many * wide
    ways = [
        (row, cells, 1.0),
        (np.arange(many), end + np.arange(many), -1.0),
        (many + column, cells, 1.0),
        (many + np.arange(wide), end + many + np.arange(wide), -1.0),
        (np.full(many, many + wide), end + np.arange(many), 1.0),
        (np.array([many + wide]), np.array([end + many + wide]), -1.0),
    ]
    lines, places = (np.concatenate([way[at] for way in ways]) for at in (0, 1))
    signs = np.concatenate([np.full(len(way[0]), way[2]) for way in ways])
    return scipy.sparse.coo_array((signs, (lines, places)), shape=(many + wide + 1, end + many + wide + 1))
