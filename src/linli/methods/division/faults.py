"""Why units can't be divided, and why a division falls short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why units can't be divided as they are."""

    EMPTY = "empty"
    NO_ADJACENCY = "no_adjacency"
    UNKNOWN_UNIT = "unknown_unit"
    DOUBLED = "doubled"
    ISOLATED = "isolated"
    DISCONNECTED = "disconnected"
    NEGATIVE = "negative"
    NOT_A_NUMBER = "not_a_number"
    ALL_ZERO = "all_zero"
    SHAPE = "shape"
    PARTS = "parts"
    TOLERANCE = "tolerance"
    PREVIOUS = "previous"
    FIXED = "fixed"


class Unfit(ValueError):
    """Units, weights or wishes that no division can be made of.

    ``fault`` says why, ``units`` which (at most ten names), ``count`` how many, ``sizes`` the units of each piece, largest
    first.
    """

    def __init__(
        self, fault: Fault, message: str, *, units: Sequence[str] = (), count: int = 0, sizes: Sequence[int] = ()
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.units = tuple(units[:10])
        self.count = count or len(units)
        self.sizes = tuple(sizes)


class Cancelled(Exception):
    """Whoever waited for a division wanted it no more."""


class Cause(StrEnum):
    """Why a division doesn't keep a tolerance."""

    LARGE_UNIT = "large_unit"
    """One unit alone is heavier than a part may be: it stands whole in some part."""
    UNEVEN_REST = "uneven_rest"
    """What such units leave over is too little for the other parts."""
    INDIVISIBLE = "indivisible"
    """No division is better: the weights come in steps too large, and what is left over must be somewhere."""
    FIXED = "fixed"
    """Units that were fixed hold too much, or keep too much away from each other."""
    TIME = "time"
    """The time limit came first."""
    NOT_FOUND = "not_found"
    """No better one was found; there may be one."""


@dataclass(frozen=True)
class Shortfall:
    """One reason why ``weight`` is beyond its tolerance.

    ``deviation``: the largest, as a share of the mean, in ``part``; ``least``: what no division can be below; ``others``: the
    largest of the parts that hold none of ``units`` (at most ten names), which are the cause.
    """

    cause: Cause
    weight: str
    deviation: float
    least: float
    others: float
    part: int
    units: tuple[str, ...] = ()
