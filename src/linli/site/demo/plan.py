"""What a surveyor knows of the territory: grids, streets, water, plots, buildings, dwellings, counters. Metres throughout."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

DECIMALS = 8
"""Degrees are rounded to about a millimetre; a vertex shared by two grids stays shared."""


@dataclass
class Building:
    """One building. ``shape`` in the plan's metres; ``units`` are the stair wells (单元), 0 where there are none."""

    name: str
    estate: str
    number: int
    street: str
    house_number: str
    units: int
    storeys: int
    use: str
    grid: int
    shape: Polygon
    lane_house: bool = False
    per_floor: int = 2


@dataclass(frozen=True)
class Dwelling:
    """One dwelling: index of its building, stair well (may be empty) and room as people write them."""

    building: int
    unit: str
    room: str
    area_m2: int


@dataclass
class Grid:
    """One people grid. ``homes``: the households it is planned for; ``kind``: slab, tower, lane, park, school or market."""

    label: str
    name_zh: str
    name_en: str
    kind: str
    shape: Polygon
    homes: int = 0


@dataclass
class Site:
    """Where passers-by are counted, and how many a day pass there in an ordinary week."""

    code: str
    name_zh: str
    name_en: str
    pattern: str
    daily: int
    point: Point
    grid: int


@dataclass(frozen=True)
class Street:
    """The middle line of a street, and how far from it the plots begin."""

    name_zh: str
    name_en: str
    line: LineString
    half_width_m: float


@dataclass
class Plan:
    """The whole territory of one community. ``crs``: a PROJ string of the metric system the shapes are in."""

    crs: str
    boundary: Polygon
    grids: list[Grid]
    streets: list[Street] = field(default_factory=list)
    plots: list[tuple[str, str, Polygon]] = field(default_factory=list)
    water: list[tuple[str, Polygon]] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)

    def lonlat(self, shape: BaseGeometry) -> BaseGeometry:
        """``shape`` in degrees, CGCS2000 (EPSG:4490), longitude first."""
        turn = _transformer(self.crs).transform

        def degrees(points: np.ndarray) -> np.ndarray:
            lon, lat = turn(points[:, 0], points[:, 1])
            return np.round(np.column_stack([lon, lat]), DECIMALS)

        return shapely.transform(shape, degrees)

    def add_dwellings(self) -> None:
        """Write out the dwellings of every residential building, stair well by stair well, from the ground floor up."""
        for index, building in enumerate(self.buildings):
            if building.use != "residential":
                continue
            share = building.shape.area * building.storeys * 0.8
            area = int(min(140, max(28, share / max(1, capacity(building)))))
            for unit in [str(u + 1) for u in range(building.units)] or [""]:
                for floor in range(1, building.storeys + 1):
                    for door in range(1, building.per_floor + 1):
                        self.dwellings.append(Dwelling(index, unit, f"{floor}{door:02d}", area + (door * 7 + floor) % 9))


@lru_cache(maxsize=8)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4490", always_xy=True)


def capacity(building: Building) -> int:
    """How many dwellings the building has."""
    return max(1, building.units) * building.storeys * building.per_floor
