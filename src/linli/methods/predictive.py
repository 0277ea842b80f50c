"""Predictive distribution of a count whose mean is itself uncertain.

A Poisson count whose mean has expectation ``mean`` and relative variance ``spread`` (gamma distributed) is negative binomial
with size ``1 / spread``. Everything that makes a week vary beyond chance (overdispersion, uncertainty of the base rate and of
the week's factor) adds up in ``spread``. Source: Clayton & Kaldor, Biometrics 1987 (43:671); Hilbe, Negative Binomial
Regression 2011, ch. 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below this relative variance a negative binomial cannot be told from a Poisson, and its size parameter loses digits.
SMALLEST_SPREAD = 1e-7


def at_least(seen: Any, mean: Any, spread: Any) -> Floats:
    """P(Y ≥ seen). Arrays broadcast; NaN mean gives NaN. Conservative: the seen value counts in full."""
    y, mu, size = _broadcast(seen, mean, spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        tail = scipy.special.betainc(np.maximum(y, 0.5), size, mu / (size + mu))
    return _valid(np.where(y <= 0, 1.0, np.where(mu <= 0, 0.0, tail)), mu)


def at_most(seen: Any, mean: Any, spread: Any) -> Floats:
    """P(Y ≤ seen). Arrays broadcast; NaN mean gives NaN."""
    y, mu, size = _broadcast(seen, mean, spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        tail = scipy.special.betaincc(np.maximum(y, 0.0) + 1.0, size, mu / (size + mu))
    return _valid(np.where(y < 0, 0.0, np.where(mu <= 0, 1.0, tail)), mu)


def interval(mean: Any, spread: Any, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Two-sided prediction interval in whole counts: outside it on either side with at most ``(1 - level) / 2`` each."""
    if not 0 < level < 1:
        raise ValueError("level lies between 0 and 1")
    _, mu, size = _broadcast(0.0, mean, spread)
    usable = np.isfinite(mu) & (mu > 0)
    safe = np.where(usable, mu, 1.0)
    share = size / (size + safe)
    low = scipy.stats.nbinom.ppf((1 - level) / 2, size, share)
    high = scipy.stats.nbinom.ppf((1 + level) / 2, size, share)
    zero = np.where(np.isfinite(mu), 0.0, np.nan)
    return np.where(usable, low, zero), np.where(usable, high, zero)


def _broadcast(seen: Any, mean: Any, spread: Any) -> tuple[Floats, Floats, Floats]:
    y, mu, extra = np.broadcast_arrays(np.asarray(seen, float), np.asarray(mean, float), np.asarray(spread, float))
    return y, mu, 1.0 / np.maximum(np.nan_to_num(extra, nan=SMALLEST_SPREAD), SMALLEST_SPREAD)


def _valid(values: Floats, mean: Floats) -> Floats:
    return np.where(np.isfinite(mean), values, np.nan)
