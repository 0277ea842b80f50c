"""What can be wrong with a territory: each fault with its words, its place and its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import shapely

from linli.kernel.words import Words, sentence


class FaultKind(StrEnum):
    """The kinds of fault; ``BLOCKING`` ones keep a later version of the grids from being published."""

    INVALID_RING = "invalid_ring"
    REPAIRED = "repaired"
    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"
    GAP = "gap"
    OVERLAP = "overlap"
    OUTSIDE = "outside"
    SPLIT = "split"
    NO_GRID = "no_grid"
    DUPLICATE = "duplicate"
    NO_NUMBER = "no_number"
    ROUGH = "rough"
    SHIFT = "shift"
    PIECES = "pieces"
    LEFT_OUT = "left_out"
    SIZE = "size"
    LOAD = "load"
    ORDER = "order"
    NO_BUILDING = "no_building"
    LABEL_TWICE = "label_twice"


BLOCKING = frozenset(
    {
        FaultKind.GAP,
        FaultKind.OVERLAP,
        FaultKind.OUTSIDE,
        FaultKind.SPLIT,
        FaultKind.PIECES,
        FaultKind.LEFT_OUT,
        FaultKind.SIZE,
        FaultKind.LABEL_TWICE,
    }
)
REFUSING = frozenset({FaultKind.INVALID_RING, FaultKind.EMPTY, FaultKind.WRONG_TYPE, FaultKind.DUPLICATE, FaultKind.NO_NUMBER})
"""The feature itself was not taken."""


@dataclass(frozen=True)
class Fault:
    """One fault. ``feature``: layer and number or name of what is at fault; ``place``: longitude and latitude;
    ``shape``: in degrees."""

    kind: FaultKind
    words: Words
    feature: str = ""
    place: tuple[float, float] | None = None
    area_m2: float | None = None
    shape: Any = field(default=None, compare=False, repr=False)

    @property
    def blocking(self) -> bool:
        return self.kind in BLOCKING

    @property
    def refusing(self) -> bool:
        return self.kind in REFUSING

    @property
    def remedy(self) -> Words | None:
        """What to do about it; None where the sentence says that it was done."""
        key = REMEDIES.get(self.kind)
        return Words(key, self.words.params) if key else None

    @property
    def key(self) -> str:
        """By this it is told again after the next step: a reason for which it may stand is kept under it."""
        place = place_text(self.place) if self.kind in _PLACED and self.place else ""
        return f"{self.kind.value}|{self.feature}|{place}"

    def as_json(self) -> dict[str, Any]:
        """For storing and for the command line; the shape as WKT."""
        return {
            "kind": self.kind.value,
            "words": self.words.as_json(),
            "remedy": self.remedy.as_json() if self.remedy else None,
            "feature": self.feature,
            "place": list(self.place) if self.place else None,
            "area_m2": self.area_m2,
            "shape": shapely.to_wkt(self.shape, rounding_precision=7) if self.shape is not None else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """What was stored by :meth:`as_json`, without its shape."""
        place = value.get("place")
        return cls(
            FaultKind(value["kind"]),
            Words.from_json(value["words"]),
            value.get("feature", ""),
            (place[0], place[1]) if place else None,
            value.get("area_m2"),
        )


CROSSES = sentence("territory.crosses", "%(feature)s crosses itself at %(place)s and was not taken.")
TOO_FEW = sentence("territory.too_few", "%(feature)s has too few points for an outline at %(place)s and was not taken.")
BROKEN = sentence("territory.broken", "%(feature)s has rings that don't fit each other at %(place)s and was not taken.")
REPAIRED = sentence("territory.repaired", "%(feature)s had a fault in its outline at %(place)s; it was mended and taken.")
EMPTY = sentence("territory.empty_shape", "%(feature)s has no shape and was not taken.")
WRONG_TYPE = sentence("territory.wrong_type", "%(feature)s is of type %(found)s, which this layer can't hold, and was not taken.")
NO_NUMBER = sentence("territory.feature_no_number", "%(feature)s has no usable grid number and was not taken.")
DUPLICATE = sentence(
    "territory.duplicate", "%(feature)s has the number %(label)s, which another grid already has, and was not taken."
)
GAP = sentence("territory.gap", "%(area_m2)s m² at %(place)s belong to no grid; next to them: %(grids)s.")
OVERLAP = sentence("territory.overlap", "Grids %(one)s and %(other)s overlap by %(area_m2)s m² at %(place)s.")
OUTSIDE = sentence("territory.outside", "Grid %(label)s reaches %(area_m2)s m² beyond the boundary at %(place)s.")
SPLIT = sentence(
    "territory.split", "%(building)s is cut by the border of grids %(grids)s at %(place)s; %(percent)s%% of it lie in %(main)s."
)
NO_GRID = sentence("territory.no_grid", "%(building)s at %(place)s lies in no grid.")
PIECES = sentence(
    "territory.check.pieces", "Grid %(label)s lies in %(pieces)s pieces that don't touch; the smallest is at %(place)s."
)
LEFT_OUT = sentence("territory.check.left_out", "%(building)s at %(place)s is in no grid of the draft.")
LARGE = sentence("territory.check.size_above", "Grid %(label)s is %(percent)s%% above what was wanted; %(allowed)s%% is allowed.")
SMALL = sentence("territory.check.size_below", "Grid %(label)s is %(percent)s%% below what was wanted; %(allowed)s%% is allowed.")
HEAVY = sentence(
    "territory.check.load_above",
    "Grid %(label)s asks for %(hours)s hours of work a month, %(percent)s%% more than the mean grid.",
)
LIGHT = sentence(
    "territory.check.load_below",
    "Grid %(label)s asks for %(hours)s hours of work a month, %(percent)s%% less than the mean grid.",
)
ORDER = sentence(
    "territory.check.order",
    "Grid %(label)s at %(place)s is out of order: numbers go from west to east, row by row from the north.",
)
NO_BUILDING = sentence("territory.check.no_building", "Grid %(label)s at %(place)s has no building.")
LABEL_TWICE = sentence("territory.check.label_twice", "Two grids have the number %(label)s; one is at %(place)s.")

NUMBER_AGAIN = sentence("territory.remedy.number_again", "Give each grid a number of its own.")
REMEDIES: Mapping[FaultKind, str] = {
    FaultKind.INVALID_RING: sentence(
        "territory.remedy.ring", "Draw its outline again without crossings, and give the file again."
    ),
    FaultKind.EMPTY: sentence("territory.remedy.empty", "Delete the row without a shape, or draw its shape."),
    FaultKind.WRONG_TYPE: sentence("territory.remedy.type", "Put it into a layer of its own kind."),
    FaultKind.DUPLICATE: NUMBER_AGAIN,
    FaultKind.LABEL_TWICE: NUMBER_AGAIN,
    FaultKind.NO_NUMBER: sentence("territory.remedy.number", "Number the grid with up to four digits, such as 07."),
    FaultKind.GAP: sentence("territory.remedy.gap", "Give the place to the grid beside it."),
    FaultKind.OVERLAP: sentence(
        "territory.remedy.overlap", "Decide which of the two the place belongs to, and take it off the other."
    ),
    FaultKind.OUTSIDE: sentence(
        "territory.remedy.outside", "Cut the grid at the community's boundary, or have the boundary mended."
    ),
    FaultKind.SPLIT: sentence("territory.remedy.split", "Move the border so that it goes around the building."),
    FaultKind.NO_GRID: sentence(
        "territory.remedy.no_grid", "Give it to the grid beside it, or take in the grid that it belongs to."
    ),
    FaultKind.LEFT_OUT: sentence("territory.remedy.left_out", "Give the building to a grid."),
    FaultKind.PIECES: sentence(
        "territory.remedy.pieces", "Give the pieces to the grids around them, or what lies between to this one."
    ),
    FaultKind.SIZE: sentence("territory.remedy.size", "Move buildings from or to the grids beside it, or say why it may be so."),
    FaultKind.LOAD: sentence("territory.remedy.load", "Move buildings to a grid beside it, or give it a second worker."),
    FaultKind.ORDER: sentence(
        "territory.remedy.order", "A grid keeps its number as long as it lives; only a first division is numbered anew."
    ),
    FaultKind.NO_BUILDING: sentence("territory.remedy.no_building", "Merge it with a grid beside it, if it was not meant so."),
}
_PLACED = frozenset({FaultKind.GAP, FaultKind.OVERLAP, FaultKind.OUTSIDE, FaultKind.LEFT_OUT, FaultKind.NO_GRID, FaultKind.SPLIT})
"""Of these there may be several about one thing; the place tells them apart."""
ROUGH = sentence(
    "territory.rough_crs",
    "No exact way from %(crs)s to WGS84 is known here: places may be tens of metres off. Ask for CGCS2000 or WGS84.",
)


def place_of(shape: Any) -> tuple[float, float]:
    """A point on the shape: longitude, latitude."""
    point = shapely.point_on_surface(shape)
    if point is None or point.is_empty:
        return (0.0, 0.0)
    return (round(float(point.x), 6), round(float(point.y), 6))


def place_text(place: tuple[float, float]) -> str:
    """A place as people copy it into a map: latitude, longitude."""
    return f"{place[1]:.5f}, {place[0]:.5f}"


def area_number(area_m2: float) -> int | float:
    """Whole square metres, with one decimal below ten."""
    return round(area_m2, 1) if area_m2 < 10 else round(area_m2)
