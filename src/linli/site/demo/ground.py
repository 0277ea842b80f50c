"""The invented ground: a wavy lattice of streets with a canal through it, whose faces are the grids."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import LineString, Polygon
from shapely.ops import polygonize, unary_union

from linli.site.demo.gazetteer import Names, Pair, estate_names
from linli.site.demo.plan import Grid, Plan, Street

CELL_M = 152.0
"""Side of a grid of some 430 people: eleven or twelve four-storey slabs, or forty lane houses."""
TOUCH_M = 1e-6
HALF_STREET_M = 7.0
HALF_LANE_M = 4.0
HALF_CANAL_M = 11.0

# Out at sea: whoever draws these on a real map sees at once that nobody lives there.
ORIGIN = (122.62, 31.14)


def lay_out(names: Names, grids: int, rng: Generator, index: int = 0) -> Plan:
    """Grids, streets, canal and boundary for ``grids`` grids, numbered from west to east and from north to south.

    Every face comes from one noded network of lines, so the grids cover the territory with neither gap nor overlap.
    """
    rows = max(2, round(math.sqrt(grids * 0.72)))
    columns = np.full(rows, grids // rows)
    columns[rng.permutation(rows)[: grids - int(columns.sum())]] += 1
    width, height = CELL_M * grids / rows * 1.04, CELL_M * rows
    across = [_wavy_row(row, rows, width, height, rng) for row in range(rows + 1)]
    canal = _canal(width, height, rng)
    sides = [_sides(line, rng) for line in across]
    separators: list[tuple[int, LineString]] = []
    for row in range(rows):
        separators += _separators(int(columns[row]), across[row], across[row + 1], canal, width, rng)
    # A street that ends on another ends in a vertex of it, so that the network has no stubs and no specks of faces.
    across = [
        _with_vertices(
            line, side, [end for _, way in separators for end in way.coords if line.distance(shapely.Point(end)) < TOUCH_M]
        )
        for line, side in zip(across, sides, strict=True)
    ]
    ring = _ring(across)
    lines = [ring.exterior, canal, *across[1:-1], *(line for _, line in separators)]
    faces = [face for face in polygonize(unary_union(lines)) if face.representative_point().within(ring)]
    if len(faces) != grids:
        raise AssertionError(f"{len(faces)} faces for {grids} grids")
    ordered = sorted(faces, key=lambda face: (_row_of(face, across), face.centroid.x))
    lon, lat = ORIGIN[0] + 0.03 * index, ORIGIN[1]
    plan = Plan(
        crs=f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs",
        boundary=shapely.coverage_union_all(np.array(ordered)),
        grids=_named(names, ordered, [_row_of(face, across) for face in ordered], rng),
    )
    inside = ring.buffer(0.01)
    for row, line in enumerate(across):
        plan.streets.append(Street(*names.across[row % len(names.across)], line.intersection(inside), HALF_STREET_M))
    for at, line in separators:
        plan.streets.append(Street(*names.along[at % len(names.along)], line.intersection(inside), HALF_LANE_M))
    plan.water = [(names.canal[0], canal.buffer(HALF_CANAL_M - 4, cap_style="flat").intersection(ring))]
    return plan


def open_ground(plan: Plan, grid: int) -> Polygon:
    """What of a grid can be built on: without its halves of the streets around it and of the canal."""
    shape = plan.grids[grid].shape.buffer(-0.5)
    away = [street.line.buffer(street.half_width_m) for street in plan.streets]
    away += [water.buffer(5.0) for _, water in plan.water]
    left = shape.buffer(-2.0).difference(unary_union([part for part in away if part.intersects(shape)]))
    return left if isinstance(left, Polygon) else max(left.geoms, key=lambda part: part.area)


def _wavy_row(row: int, rows: int, width: float, height: float, rng: Generator) -> LineString:
    knots = np.linspace(-20.0, width + 20.0, 8)
    swing = 17.0 if row in (0, rows) else 8.0
    level = height - row * height / rows
    phase, tilt = rng.uniform(0, math.tau), rng.uniform(-9.0, 9.0)
    y = level + swing * np.sin(phase + knots / width * rng.uniform(2.5, 5.0)) + tilt * (knots / width - 0.5)
    return LineString(np.column_stack([knots, y]))


def _canal(width: float, height: float, rng: Generator) -> LineString:
    y = np.linspace(height + 60.0, -60.0, 9)
    x = width * rng.uniform(0.56, 0.64) + 16.0 * np.sin(rng.uniform(0, math.tau) + y / height * 3.2)
    return LineString(np.column_stack([x, y]))


def _sides(line: LineString, rng: Generator) -> tuple[float, float]:
    """Where the territory begins and ends along a street: its outline has jogs."""
    return float(rng.uniform(-12.0, 22.0)), line.coords[-1][0] - 20.0 + float(rng.uniform(-22.0, 12.0))


def _with_vertices(line: LineString, side: tuple[float, float], ends: list[tuple[float, ...]]) -> LineString:
    """The part of ``line`` between its sides, with a vertex at each of ``ends``, which lie on it."""
    x, y = np.array(line.coords).T
    points = [(float(at), float(up)) for at, up in line.coords if side[0] + 1 < at < side[1] - 1]
    points += [(at, float(np.interp(at, x, y))) for at in side]
    points += [(end[0], end[1]) for end in ends]
    return LineString(sorted(set(points)))


def _ring(across: list[LineString]) -> Polygon:
    """The outline: the northernmost street, the east ends of the others, the southernmost street, the west ends."""
    east = [line.coords[-1] for line in across[1:-1]]
    west = [line.coords[0] for line in across[1:-1]]
    return Polygon([*across[0].coords, *east, *reversed(across[-1].coords), *reversed(west)])


def _separators(
    columns: int, north: LineString, south: LineString, canal: LineString, width: float, rng: Generator
) -> list[tuple[int, LineString]]:
    middle = np.interp(0.5, [0, 1], [np.array(north.coords)[:, 1].mean(), np.array(south.coords)[:, 1].mean()])
    at = float(np.interp(-middle, -np.array(canal.coords)[:, 1], np.array(canal.coords)[:, 0]))
    west = min(columns - 1, max(1, round(columns * at / width))) if columns > 1 else 1
    east = columns - west
    places = [at * k / west for k in range(1, west)] + [at + (width - at) * k / east for k in range(1, east)]
    lines = []
    for place in places:
        top, foot = place + rng.uniform(-9, 9), place + rng.uniform(-9, 9)
        y_top, y_foot = (float(np.interp(x, *np.array(line.coords).T)) for x, line in ((top, north), (foot, south)))
        lines.append((round(place / CELL_M), LineString([(top, y_top), (foot, y_foot)])))
    return lines


def _row_of(face: Polygon, across: list[LineString]) -> int:
    point = face.centroid
    return sum(float(np.interp(point.x, *np.array(line.coords).T)) > point.y for line in across[1:-1])


def _named(names: Names, faces: list[Polygon], rows: list[int], rng: Generator) -> list[Grid]:
    """Kinds and names. Neighbouring slab estates are sometimes one estate of two grids, east and west."""
    kinds = _kinds(len(faces), rng)
    shared = [False] * len(faces)
    for at in range(1, len(faces)):
        pair = kinds[at] == kinds[at - 1] == "slab" and rows[at] == rows[at - 1] and not shared[at - 1]
        shared[at] = pair and rng.random() < 0.3
    owners = [at for at in range(len(faces)) if not shared[at]]
    called: dict[int, Pair] = dict(zip(owners, estate_names(names, [kinds[at] for at in owners]), strict=True))
    grids = []
    for at, face in enumerate(faces):
        zh, en = called[at - 1] if shared[at] else called[at]
        if shared[at]:
            zh, en = f"{zh}东区", f"{en} East"
        elif at + 1 < len(faces) and shared[at + 1]:
            zh, en = f"{zh}西区", f"{en} West"
        grids.append(Grid(label=f"{at + 1:02d}", name_zh=zh, name_en=en, kind=kinds[at], shape=face))
    return grids


def _kinds(count: int, rng: Generator) -> list[str]:
    special = ["park", "school", "market"][: max(1, min(3, count // 4))]
    towers, lanes = max(1, round(count * 0.15)), max(1, round(count * 0.2))
    kinds = special + ["tower"] * towers + ["lane"] * lanes
    kinds = (kinds + ["slab"] * count)[:count]
    return [kinds[at] for at in rng.permutation(count)]
