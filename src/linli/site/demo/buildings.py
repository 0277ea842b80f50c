"""What stands on the open ground of each grid: slabs facing south, towers, lane houses, a school, a market, shops, a park."""

from __future__ import annotations

import math

import shapely
from numpy.random import Generator
from shapely.affinity import rotate
from shapely.geometry import Polygon, box

from linli.site.demo.ground import open_ground
from linli.site.demo.plan import Building, Plan, capacity

# Kind of grid: (length and depth of a building, gaps between ends and between fronts, fewest and most storeys), metres.
SHAPES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[int, int]]] = {
    "slab": ((42.0, 11.5), (6.5, 13.0), (3, 7)),
    "tower": ((22.0, 19.0), (20.0, 22.0), (8, 33)),
    "lane": ((15.0, 9.0), (2.5, 3.5), (2, 3)),
    "park": ((36.0, 11.5), (6.5, 12.0), (4, 11)),
    "school": ((36.0, 11.5), (6.5, 12.0), (4, 11)),
    "market": ((30.0, 11.5), (5.0, 11.0), (3, 9)),
}
SPARE = 1.09
"""Dwellings per household: some stand empty, so that people can move in."""


def build(plan: Plan, rng: Generator) -> None:
    """Fill every grid of ``plan`` with buildings for the households it is planned for, then number and address them."""
    for at in range(len(plan.grids)):
        ground = _set_apart(plan, at, open_ground(plan, at), rng)
        _house(plan, at, ground, rng)
    _number(plan)
    plan.add_dwellings()


def fit(plan: Plan, rng: Generator) -> None:
    """Give the buildings that already stand in each grid enough dwellings for its households, then number and address them."""
    for at, grid in enumerate(plan.grids):
        there = [building for building in plan.buildings if building.grid == at]
        need = math.ceil(grid.homes * SPARE) + 2
        while sum(map(capacity, there)) < need:
            chosen = min(there, key=lambda building: (building.storeys * building.per_floor, rng.random()))
            if chosen.storeys < 12:
                chosen.storeys += 1
            else:
                chosen.per_floor += 1
    _number(plan)
    plan.add_dwellings()


def _set_apart(plan: Plan, at: int, ground: Polygon, rng: Generator) -> Polygon:
    """Take park, school yard, market and a row of shops out of the ground; return what is left for homes."""
    grid = plan.grids[at]
    left, bottom, right, top = ground.bounds
    if grid.kind in ("park", "school", "market"):
        share = {"park": 0.55, "school": 0.5, "market": 0.35}[grid.kind]
        lower = box(left - 1, bottom - 1, right + 1, bottom + (top - bottom) * share)
        apart = _largest(ground.intersection(lower))
        ground = _largest(ground.difference(lower.buffer(4.0)))
        plan.plots.append((grid.name_zh + {"park": "公园", "school": "学校", "market": "市场"}[grid.kind], grid.kind, apart))
        if grid.kind != "park":
            core = apart.centroid
            inner = apart.buffer(-8.0)
            name = {"school": "小学教学楼", "market": "菜市场"}[grid.kind]
            hall = box(core.x - 32, core.y - 11, core.x + 32, core.y + 11).intersection(inner)
            storeys = 4 if grid.kind == "school" else 2
            plan.buildings.append(Building(grid.name_zh + name, "", 0, "", "", 0, storeys, grid.kind, at, _largest(hall)))
    elif grid.kind != "lane" and rng.random() < 0.35:
        strip = box(left - 1, bottom - 1, right + 1, bottom + (top - bottom) * 0.11)
        row = _lattice(_largest(ground.intersection(strip)).buffer(1.0), 9.0, 7.5, 1.0, 4.0)
        for number, shape in enumerate(row, 1):
            plan.buildings.append(Building(f"{grid.name_zh}商铺{number}号", "", 0, "", "", 0, 1, "shop", at, shape))
        ground = _largest(ground.difference(strip.buffer(5.0)))
    plan.plots.append((grid.name_zh, "residential", ground))
    return ground


def _house(plan: Plan, at: int, ground: Polygon, rng: Generator) -> None:
    grid = plan.grids[at]
    (length, depth), (ends, fronts), (low, high) = SHAPES[grid.kind]
    angle = float(rng.uniform(-7.0, 7.0))
    middle = ground.centroid
    turned = rotate(ground, -angle, origin=middle)
    shapes = _lattice(turned, length, depth, ends, fronts)
    while not shapes or len(shapes) * high * 4 < grid.homes:
        length, ends, fronts = length * 0.8, ends * 0.8, fronts * 0.85
        shapes = _lattice(turned, length, depth, ends, fronts)
    lane = grid.kind == "lane"
    per_floor = {"tower": 4}.get(grid.kind, 2)
    units = 0 if lane else 1 if grid.kind == "tower" else 2 if length < 45 else 3
    need = math.ceil(grid.homes * SPARE) + 2
    each = max(1, units) * per_floor
    # Too much room even at the least height: leave some places green.
    keep = min(len(shapes), max(3 if grid.kind == "tower" else 5, math.ceil(need / (each * (low + (0 if lane else 1))))))
    shapes = [shapes[k] for k in sorted(rng.permutation(len(shapes))[:keep])]
    storeys = [low] * keep
    while sum(storeys) * each < need:
        if min(storeys) >= high:
            each += max(1, units)
            per_floor += 1
            continue
        shortest = [k for k in range(keep) if storeys[k] == min(storeys)]
        storeys[shortest[int(rng.integers(len(shortest)))]] += 1
    for shape, height in zip(shapes, storeys, strict=True):
        real = rotate(shape, angle, origin=middle)
        plan.buildings.append(Building("", "", 0, "", "", units, height, "residential", at, real, lane, per_floor))


def _lattice(ground: Polygon, length: float, depth: float, ends: float, fronts: float) -> list[Polygon]:
    """Rectangles in rows, from the north-west, as many as lie wholly on the ground; each row is centred."""
    left, bottom, right, top = ground.bounds
    shapes: list[Polygon] = []
    y = top - 1.0
    shapely.prepare(ground)
    while y - depth >= bottom:
        x = left + 1.0
        row = []
        while x + length <= right:
            shape = box(x, y - depth, x + length, y)
            if ground.contains(shape):
                row.append(shape)
                x += length + ends
            else:
                x += 2.0
        shapes += row
        y -= depth + fronts if row else 3.0
    return shapes


def _number(plan: Plan) -> None:
    """Estate, number, street and house number. An estate over two grids is numbered through; each has one lane number (弄)."""
    count: dict[str, int] = {}
    lanes: dict[str, tuple[str, str]] = {}
    given: dict[str, int] = {}
    for building in plan.buildings:
        if building.use != "residential":
            continue
        grid = plan.grids[building.grid]
        estate = grid.name_zh.removesuffix("东区").removesuffix("西区")
        if estate not in lanes:
            street = min(plan.streets, key=lambda street: street.line.distance(grid.shape.centroid))
            given[street.name_zh] = given.get(street.name_zh, 0) + 1
            lanes[estate] = (street.name_zh, f"{given[street.name_zh] * 18}弄")
        count[estate] = count.get(estate, 0) + 1
        building.estate, building.number = estate, count[estate]
        building.street, building.house_number = lanes[estate]
        building.name = f"{estate}{building.number}{'号' if building.lane_house else '号楼'}"


def _largest(shape: shapely.Geometry) -> Polygon:
    return max((part for part in shapely.get_parts(shape) if isinstance(part, Polygon)), key=lambda part: part.area)
