"""What compiled code shares: how it is compiled, and chance.

``state`` (1,) uint64 is the whole of the chance, so that a seed gives the same division on every machine and in every thread.
What is compiled is kept beside ``trees.py`` and ``moves.py``, or in the user's cache folder, and made anew when these change: not
when this file does. Who changes this one touches those.
"""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np


def compiled(function: Callable[..., Any]) -> Any:
    """To machine code, kept for the next process; other threads run meanwhile."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def inner(function: Callable[..., Any]) -> Any:
    """To machine code that only compiled code calls: without a door for Python, which takes as long to compile as the rest."""
    options: Any = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(**options)(function)


@inner
def _next(state):
    """Xorshift (Marsaglia 2003, Journal of Statistical Software 8): 64 bits."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@inner
def drawn(state, n):
    """A whole number from 0 to below n."""
    return np.int64(_next(state) >> np.uint64(33)) % n


@inner
def chance(state):
    """A number from 0 to below 1."""
    return np.float64(_next(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
