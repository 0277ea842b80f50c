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


BLOCKING = frozenset({FaultKind.GAP, FaultKind.OVERLAP, FaultKind.OUTSIDE, FaultKind.SPLIT})
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

    def as_json(self) -> dict[str, Any]:
        """For storing and for the command line; the shape as WKT."""
        return {
            "kind": self.kind.value,
            "words": self.words.as_json(),
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
