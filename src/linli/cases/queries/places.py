"""Where a reported matter lies: the way from coordinates and addresses of a file to grids and buildings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from linli.kernel.actor import Actor
from linli.territory import queries as territory
from linli.territory.rules.crs import SAME_AS_STORED, parse_crs, points_to_stored


@dataclass(frozen=True)
class Place:
    """The grid and building found; ``outside``: there are grids, and the point is in none of them."""

    grid: UUID | None = None
    building: UUID | None = None
    outside: bool = False
    by_address: bool = False


class Places:
    """One community's territory, asked many times."""

    def __init__(self, viewer: Actor, community: UUID, crs: str = "EPSG:4326") -> None:
        self._viewer = viewer
        self._community = community
        self._crs = parse_crs(crs)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return ZoneInfo(territory.community(viewer=self._viewer, community=self._community).time_zone)

    @cached_property
    def grids(self) -> frozenset[UUID]:
        """The grid zones of the community."""
        return frozenset(row.id for row in territory.grids(viewer=self._viewer, community=self._community))

    @property
    def in_degrees(self) -> bool:
        return self._crs in SAME_AS_STORED or self._crs in ("GCJ-02", "BD-09")

    def to_stored(self, lons: Sequence[float], lats: Sequence[float]) -> list[tuple[float, float]]:
        """Points of the declared system in EPSG:4326; ValueError where the lengths differ."""
        x, y = points_to_stored(np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64), self._crs)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    @cached_property
    def _buildings(self) -> list[tuple[str, UUID, UUID | None]]:
        """(name without spaces, building, its grid), longest names first so that 12号楼 is never taken for 2号楼."""
        rows = territory.buildings(viewer=self._viewer, community=self._community)
        named = [(_plain(row.name), row.id, row.grid) for row in rows if row.name]
        return sorted((b for b in named if len(b[0]) > 2), key=lambda b: (-len(b[0]), b[0]))

    def locate(self, points: Sequence[tuple[float | None, float | None]], addresses: Sequence[str]) -> list[Place]:
        """The place of each: by its point, else by the building that its address names."""
        if not points:
            return []
        with_point = [i for i, (lon, _) in enumerate(points) if lon is not None]
        found = [Place()] * len(points)
        if with_point and self.grids:
            lons = np.array([points[i][0] for i in with_point], dtype=np.float64)
            lats = np.array([points[i][1] for i in with_point], dtype=np.float64)
            grids = territory.grid_of_points(viewer=self._viewer, community=self._community, lon=lons, lat=lats)
            for i, grid in zip(with_point, grids, strict=True):
                found[i] = Place(grid=grid, outside=grid is None)
        for i, address in enumerate(addresses):
            if address and points[i][0] is None:
                found[i] = self._by_address(address)
        return found

    def _by_address(self, address: str) -> Place:
        plain = _plain(address)
        for name, building, grid in self._buildings:
            if name in plain:
                return Place(grid=grid, building=building, by_address=True)
        return Place()


def _plain(text: str) -> str:
    """Without spaces, full-width signs made narrow, so that the same name is the same text."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"\s+", "", narrow).lower()
