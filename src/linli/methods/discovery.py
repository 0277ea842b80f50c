"""How many of the findings on a board may be chance: adjusted p-values (q-values).

A finding with ``q ≤ 0.1`` stands on a board on which at most one finding in ten is expected to be chance.
Sources: Benjamini & Hochberg, JRSS B 1995; Benjamini & Yekutieli, Annals of Statistics 2001 (any dependence); Genovese, Roeder &
Wasserman, Biometrika 2006 (weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The q up to which each family of findings comes on the board: together at most one by chance a month (calibration test). A new
# matter shows so clearly that it can do with less.
LEVELS = {"above": 0.1, "silent": 0.1, "new": 0.02}


def adjusted(p: Any, *, method: Literal["bh", "by"] = "bh", weights: Any | None = None) -> Floats:
    """q-values in the shape of ``p``. NaN is skipped and stays NaN; it does not count as a test.

    ``weights``: positive, in the shape of ``p``; what deserves to be found more readily. They are brought to mean 1 over the
    tests that count and must not depend on what was seen this time (expected counts may, observed counts may not).
    ValueError for p outside 0..1 or weights that are not positive.
    """
    values = np.asarray(p, dtype=float)
    flat = values.ravel()
    counted = ~np.isnan(flat)
    tests = flat[counted]
    if ((tests < 0) | (tests > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    result = np.full(flat.shape, np.nan)
    if tests.size:
        if weights is not None:
            given = np.broadcast_to(np.asarray(weights, dtype=float), values.shape).ravel()[counted]
            if not (np.isfinite(given) & (given > 0)).all():
                raise ValueError("weights are positive")
            tests = tests / (given / given.mean())
        result[counted] = _step_up(tests, _penalty(tests.size, method))
    return result.reshape(values.shape)


def volume_weights(expected: Any, *, reserve: float = 0.2, most: float = 0.25) -> Floats:
    """Weights for :func:`adjusted` that look more readily where more happens: the square of the expected count, mean 1.

    Without weights one busy place among five hundred nearly empty ones pays for five hundred tests that could hardly ever
    speak: a doubled rate at 12 a week is then found in its second week in six of ten cases, with these weights in nine of ten
    (calibration test). ``reserve`` of the weight is shared out evenly, so that a very strong sign is found in an empty place
    too; no test gets more than the share ``most`` of all weight. NaN (not judged) gets weight 1; the p-value beside it is NaN
    and is skipped.
    """
    values = np.asarray(expected, dtype=float)
    judged = np.isfinite(values)
    result = np.ones(values.shape)
    if not judged.any():
        return result
    square = values[judged] ** 2
    scale = square.mean()
    weight = np.minimum(square / scale, most * square.size) if scale > 0 else np.ones_like(square)
    result[judged] = reserve + (1 - reserve) * weight / weight.mean()
    return result


def combined(*p: Any, shares: Sequence[float] | None = None) -> Floats:
    """One p-value from several looks at the same thing (e.g. one week and two weeks), however they depend on each other.

    The smallest of ``p / share`` (Bonferroni with weights). ``shares``: how the error is shared out over the looks, adding up
    to 1; None: evenly. NaN in one look means that it was not taken; its share goes to the others. ValueError for shares that do
    not add up.
    """
    looks = np.stack([np.asarray(each, dtype=float) for each in p])
    share = np.full(len(p), 1 / len(p)) if shares is None else np.asarray(shares, dtype=float)
    if share.shape != (len(p),) or (share <= 0).any() or abs(float(share.sum()) - 1) > 1e-9:
        raise ValueError("shares are positive, one for each look, and add up to 1")
    taken = ~np.isnan(looks)
    column = share.reshape((-1,) + (1,) * (looks.ndim - 1))
    given = np.where(taken, column, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        smallest = np.min(np.where(taken, looks / column, np.inf), axis=0) * given
    return np.where(given > 0, np.minimum(smallest, 1.0), np.nan)


def _penalty(tests: int, method: str) -> float:
    if method == "bh":
        return float(tests)
    if method == "by":
        return float(tests * (1 / np.arange(1, tests + 1)).sum())
    raise ValueError("method is 'bh' or 'by'")


def _step_up(tests: Floats, penalty: float) -> Floats:
    order = np.argsort(tests, kind="stable")
    ranked = tests[order] * penalty / np.arange(1, tests.size + 1)
    lowest = np.minimum.accumulate(ranked[::-1])[::-1]
    result = np.empty_like(tests)
    result[order] = np.minimum(lowest, 1.0)
    return result
