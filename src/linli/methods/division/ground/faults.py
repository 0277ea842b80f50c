"""Why there is no ground to divide, and what of the input was left out, mended, or taken together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """What the input has that no ground can be made of."""

    NO_BUILDINGS = "no_buildings"
    """No building has an area, or all lie outside the boundary."""
    OPEN_BOUNDARY = "open_boundary"
    """The boundary's lines enclose nothing."""
    NO_BOUNDARY = "no_boundary"
    """The boundary holds neither areas nor lines."""


class NoGround(ValueError):
    """No cells can be made. ``flaw`` says why; ``gap_m`` and ``place`` (x, y) where an open boundary's ends lie apart."""

    def __init__(self, flaw: Flaw, message: str, *, gap_m: float | None = None, place: tuple[float, float] | None = None) -> None:
        super().__init__(message)
        self.flaw = flaw
        self.gap_m = gap_m
        self.place = place


@dataclass(frozen=True)
class Overlap:
    """Two buildings (positions) that lie on each other, by how much. They are kept in one cell."""

    one: int
    other: int
    area_m2: float


@dataclass(frozen=True)
class Remarks:
    """What was not taken as it came; numbers are positions in what was given.

    ``empty``: buildings without an area, left out. ``mended``: buildings whose outline crossed itself. ``outside``: buildings of
    which more than half lies beyond the boundary, left out. ``rim``: buildings that the boundary cuts; what lies beyond is no
    part of the ground. ``overlaps``: buildings on each other. ``closed_m``: by how much the boundary's ends had to be joined.
    ``boundary_mended``: whether it crossed itself. ``streets``: how many street lines lie in the territory at all.
    """

    empty: tuple[int, ...] = ()
    mended: tuple[int, ...] = ()
    outside: tuple[int, ...] = ()
    rim: tuple[int, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    closed_m: float = 0.0
    boundary_mended: bool = False
    streets: int = 0
