"""Towns to divide: streets in a warped lattice, rows of houses between them; and worlds of things that don't fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity

from linli.methods.division.ground.shapes import Shapes, as_shapes

BLOCK_M = 110.0


@dataclass(frozen=True)
class Town:
    """Houses stand on neither street nor edge; the boundary lies 30 m beyond the outer streets."""

    houses: Shapes
    streets: Shapes
    boundary: shapely.Polygon


def town(blocks: int, *, each: int = 8, missing: float = 0.0, seed: int = 0) -> Town:
    """``blocks`` × ``blocks`` blocks with two rows of ``each`` / 2 houses; some wall to wall, others apart."""
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(blocks + 1) * BLOCK_M, np.arange(blocks + 1) * BLOCK_M, indexing="ij")
    corner = np.stack([x + random.normal(0, 5, x.shape) + 20 * np.sin(y / 400), y + random.normal(0, 5, y.shape)], axis=-1)
    streets = [
        shapely.linestrings([corner[i, j], corner[i + di, j + dj]])
        for i in range(blocks + 1)
        for j in range(blocks + 1)
        for di, dj in ((1, 0), (0, 1))
        if i + di <= blocks and j + dj <= blocks and random.random() >= missing
    ]
    houses = []
    for i in range(blocks):
        for j in range(blocks):
            quad = corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]
            wide = 0.8 / (each // 2)
            for column in range(each // 2):
                for row in (0.14, 0.59):
                    left = 0.1 + column * wide
                    right = left + wide * (1.0 if random.random() < 0.4 else 0.8)
                    top = row + 0.22 + 0.08 * random.random()
                    houses.append(_patch(quad, left, row, right, top))
    outline = np.concatenate([corner[:, 0], corner[-1, 1:], corner[::-1, -1][1:], corner[0, ::-1][1:-1]])
    return Town(as_shapes(houses), as_shapes(streets), shapely.buffer(shapely.polygons(outline), 30, join_style="mitre"))


def _patch(quad: tuple[np.ndarray, ...], left: float, low: float, right: float, top: float) -> shapely.Polygon:
    def at(u: float, v: float) -> np.ndarray:
        return (1 - u) * (1 - v) * quad[0] + u * (1 - v) * quad[1] + u * v * quad[2] + (1 - u) * v * quad[3]

    return shapely.Polygon([at(left, low), at(right, low), at(right, top), at(left, top)])


@dataclass(frozen=True)
class World:
    """Anything that a file may hold: buildings in parts, with yards, on each other, crossed, empty, none; streets anywhere."""

    buildings: list[shapely.Geometry | None]
    streets: list[shapely.Geometry]
    boundary: shapely.Geometry | None
    plots: list[shapely.Geometry] | None


def world(seed: int) -> World:
    random = np.random.default_rng(seed)
    wide = float(random.choice([60, 150, 400]))
    streets = []
    for _ in range(int(random.integers(0, 14))):
        kind, at = random.random(), random.uniform(0, wide)
        if kind < 0.6:
            streets.append(shapely.linestrings(random.uniform(-0.2 * wide, 1.2 * wide, (int(random.integers(2, 6)), 2))))
        else:
            ends = [(at, -20.0), (at, wide + 20)] if kind < 0.8 else [(-20.0, at), (wide + 20, at)]
            streets.append(shapely.linestrings(ends))
    boundaries = [
        shapely.box(-5, -5, wide + 5, wide + 5),
        shapely.buffer(shapely.points(wide / 2, wide / 2), wide / 2),
        shapely.union(shapely.box(-5, -5, wide * 0.4, wide + 5), shapely.box(wide * 0.6, 0, wide, wide)),
        shapely.difference(shapely.box(-5, -5, wide + 5, wide + 5), shapely.box(wide * 0.3, wide * 0.3, wide * 0.6, wide * 0.6)),
        None,
        None,
    ]
    plots = [_turned(random, wide / 3, wide) for _ in range(20)] if random.random() < 0.5 else None
    buildings = [shape for _ in range(int(random.integers(1, 40))) for shape in _buildings(random, wide)]
    return World(buildings, streets, boundaries[int(random.integers(len(boundaries)))], plots)


def _turned(random: np.random.Generator, size: float, wide: float) -> shapely.Polygon:
    x, y = random.uniform(0, wide, 2)
    across, along = random.uniform(0.05, 1, 2) * size + 1
    return affinity.rotate(shapely.box(x, y, x + across, y + along), random.choice([0.0, 0.0, 30.0, 71.0]))


def _buildings(random: np.random.Generator, wide: float) -> list[shapely.Geometry | None]:
    house = _turned(random, float(random.choice([5, 15, 40])), wide)
    west, south, east, north = house.bounds
    kind = random.random()
    if kind < 0.1:
        return [shapely.union(house, affinity.translate(house, (east - west) * random.uniform(0.5, 4), 0))]
    if kind < 0.15:
        return [shapely.difference(house, shapely.buffer(house.centroid, min(east - west, north - south) / 4))]
    if kind < 0.2:
        return [shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])]
    if kind < 0.25:
        return [shapely.Polygon(), None]
    if kind < 0.5:
        return [house, affinity.translate(house, east - west, 0)]
    return [house]
