"""What a territory must satisfy: valid rings, grids without gap and overlap inside the boundary, no building cut.

Lines of one survey that were rounded apart leave slivers: parts narrower than five centimetres are no fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from linli.kernel.words import Words
from linli.territory.rules import faults as say
from linli.territory.rules.crs import Shapes
from linli.territory.rules.faults import Fault, FaultKind, area_number, place_of, place_text
from linli.territory.rules.geometry import as_shapes, to_degrees, to_metric

SLIVER_WIDTH_M = 0.05
STRICT_M2 = 0.01
"""Our own divisions are made of cells that share their corners: between their grids no gap and no overlap is larger than this."""
SPLIT_SHARE = 0.02
"""A building is cut where more than this share of it, and more than two square metres, lie beyond its main grid."""
SPLIT_M2 = 2.0
LOST_SHARE = 0.01
"""A mended outline may differ by this share of its area between two ways of mending; beyond it nobody can say what was meant."""

POLYGONS = frozenset({3, 6})
LINES = frozenset({1, 5})
POINTS = frozenset({0, 4})


@dataclass(frozen=True)
class Rings:
    """The usable shapes of a layer, which of its features they are, and the faults of the others."""

    shapes: Shapes
    kept: list[int]
    faults: list[Fault]


def check_rings(layer: str, names: Sequence[str], shapes: Shapes, types: frozenset[int]) -> Rings:
    """Take valid shapes of the right type, mend what can be mended without doubt, refuse the rest. Shapes in degrees."""
    kept: list[int] = []
    result: list[Any] = []
    found: list[Fault] = []
    valid = shapely.is_valid(shapes)
    for index, shape in enumerate(shapes):
        feature = f"{layer} {names[index]}"
        if shape is None or shape.is_empty or not np.isfinite(shapely.bounds(shape)).all():
            found.append(Fault(FaultKind.EMPTY, Words(say.EMPTY, {"feature": feature}), feature))
            continue
        if shapely.get_type_id(shape) not in types:
            found.append(
                Fault(
                    FaultKind.WRONG_TYPE,
                    Words(say.WRONG_TYPE, {"feature": feature, "found": shape.geom_type}),
                    feature,
                    place_of(shape),
                    shape=shape,
                )
            )
            continue
        if not valid[index]:
            shape, fault = _mend(feature, shape)
            found.append(fault)
            if shape is None:
                continue
        kept.append(index)
        result.append(shape)
    return Rings(as_shapes(result), kept, found)


def _mend(feature: str, shape: Any) -> tuple[Any | None, Fault]:
    why = shapely.is_valid_reason(shape)
    text, _, numbers = why.partition("[")
    try:
        x, y = (float(part) for part in numbers.rstrip("]").split()[:2])
        place = (round(x, 6), round(y, 6))
    except ValueError:
        corner = shapely.bounds(shape)
        place = (round(float(corner[0]), 6), round(float(corner[1]), 6))
    params = {"feature": feature, "place": place_text(place)}
    one = _polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    other = _polygonal(shapely.make_valid(shape))
    parts = len(shapely.get_parts(shape))
    clear = (
        one is not None
        and other is not None
        and len(shapely.get_parts(one)) <= parts
        and shapely.symmetric_difference(one, other).area <= LOST_SHARE * max(one.area, other.area)
    )
    if clear:
        return one, Fault(FaultKind.REPAIRED, Words(say.REPAIRED, params), feature, place, shape=one)
    return None, Fault(FaultKind.INVALID_RING, Words(_why(text), params), feature, place, shape=shape)


def _why(reason: str) -> str:
    """The sentence for GEOS's reason."""
    if "elf-intersection" in reason:
        return say.CROSSES
    return say.TOO_FEW if "Too few points" in reason else say.BROKEN


def _polygonal(shape: Any) -> Any | None:
    """The polygons of a mended shape, without crumbs under a hundredth of it."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    parts = [piece for part in shapely.get_parts(shape) if part.geom_type == "MultiPolygon" for piece in part.geoms] + parts
    whole = sum(part.area for part in parts)
    parts = [part for part in parts if part.area > LOST_SHARE * whole]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def check_grids(
    labels: Sequence[str], shapes: Shapes, boundary: Any | None, epsg: int, *, strict: bool = False, gaps: bool = True
) -> list[Fault]:
    """Overlaps between grids, gaps inside the boundary (or enclosed by grids where none is known), parts beyond it.
    Degrees in.

    ``strict``: slivers between grids count, too, from :data:`STRICT_M2` on. Without ``gaps`` grids needn't cover anything.
    """
    if not len(shapes):
        return []
    plane = to_metric(shapes, epsg)
    tree = STRtree(plane)
    found = _overlaps(labels, plane, tree, epsg, strict=strict)
    whole = shapely.union_all(plane)
    rings = [shapely.polygons(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
    if boundary is not None:
        edge = to_metric([boundary], epsg)[0]
        # Lines that were noded lie a millimetre beside the boundary's own, over its whole length: there slivers never count.
        missing = shapely.difference(edge, whole)
        if strict:
            missing = shapely.union_all([*_pieces(missing), *_pieces(shapely.union_all(rings), strict=True)])
        if gaps:
            found += _gaps(missing, labels, plane, tree, epsg, strict=strict)
        for index, part in enumerate(shapely.difference(plane, edge)):
            for piece in _pieces(part):
                found.append(
                    _area_fault(FaultKind.OUTSIDE, say.OUTSIDE, f"grid {labels[index]}", piece, epsg, label=labels[index])
                )
    elif gaps:
        found += _gaps(shapely.union_all(rings), labels, plane, tree, epsg, strict=strict)
    return found


def _overlaps(labels: Sequence[str], plane: Shapes, tree: STRtree, epsg: int, *, strict: bool) -> list[Fault]:
    found = []
    left, right = tree.query(plane, predicate="intersects")
    for one, other in sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b):
        for piece in _pieces(shapely.intersection(plane[one], plane[other]), strict=strict):
            found.append(
                _area_fault(
                    FaultKind.OVERLAP,
                    say.OVERLAP,
                    f"grid {labels[one]}, {labels[other]}",
                    piece,
                    epsg,
                    one=labels[one],
                    other=labels[other],
                )
            )
    return found


def _gaps(missing: Any, labels: Sequence[str], plane: Shapes, tree: STRtree, epsg: int, *, strict: bool) -> list[Fault]:
    found = []
    for piece in _pieces(missing, strict=strict):
        beside = sorted(labels[int(at)] for at in tree.query(piece.buffer(0.5), predicate="intersects"))
        found.append(_area_fault(FaultKind.GAP, say.GAP, "grids", piece, epsg, grids=", ".join(beside) or "–"))
    return found


def _area_fault(kind: FaultKind, key: str, feature: str, piece: Any, epsg: int, **params: str) -> Fault:
    shape = to_degrees([piece], epsg)[0]
    place = place_of(shape)
    area = area_number(float(piece.area))
    return Fault(kind, Words(key, {**params, "area_m2": area, "place": place_text(place)}), feature, place, float(area), shape)


def _pieces(shape: Any, *, strict: bool = False) -> list[Any]:
    """The polygonal parts wide (or, strictly, large) enough to be a fault, largest first."""
    if shape is None or shape.is_empty:
        return []
    parts = shapely.get_parts(shape)
    nested = [piece for part in parts for piece in (part.geoms if hasattr(part, "geoms") else (part,))]
    areal = [piece for piece in nested if piece.geom_type == "Polygon" and piece.length > 0]
    wide = [p for p in areal if (p.area > STRICT_M2 if strict else 2 * p.area / p.length >= SLIVER_WIDTH_M)]
    return sorted(wide, key=lambda part: -float(part.area))


@dataclass(frozen=True)
class Assigned:
    """The grid of each building as an index into the grids (-1: none), and the faults."""

    grid: list[int]
    faults: list[Fault]


def assign_buildings(
    names: Sequence[str], buildings: Shapes, labels: Sequence[str], grids: Shapes, epsg: int, *, cuts_only: bool = False
) -> Assigned:
    """Each building belongs to the grid that holds most of it; names those that a border cuts, and those in no grid.
    Degrees in."""
    result = [-1] * len(buildings)
    found: list[Fault] = []
    if not len(buildings):
        return Assigned(result, found)
    plane, cells = to_metric(buildings, epsg), to_metric(grids, epsg)
    tree = STRtree(cells)
    held = np.full(len(plane), -1, dtype=np.int64)
    at, inside = tree.query(plane, predicate="covered_by")
    # Where grids overlap a building may lie in two: the lower number takes it, always the same one.
    for building, grid in sorted(zip(at.tolist(), inside.tolist(), strict=True), reverse=True):
        held[building] = grid
    shares: dict[int, list[tuple[float, int]]] = {}
    open_ones = np.flatnonzero(held < 0)
    near, touching = tree.query(plane[open_ones], predicate="intersects")
    for index, grid in zip(open_ones[near].tolist(), touching.tolist(), strict=True):
        part = float(shapely.intersection(plane[index], cells[grid]).area)
        if part > 0 or plane[index].area == 0:
            shares.setdefault(index, []).append((part, grid))
    for index in range(len(plane)):
        if held[index] >= 0:
            result[index] = int(held[index])
            continue
        mine = sorted(shares.get(index, []), key=lambda share: (-share[0], share[1]))
        if mine:
            result[index] = mine[0][1]
        fault = _cut(names[index], buildings[index], float(plane[index].area), mine, labels)
        if fault and not (cuts_only and fault.kind is FaultKind.NO_GRID):
            found.append(fault)
    return Assigned(result, found)


def _cut(name: str, shape: Any, area: float, mine: list[tuple[float, int]], labels: Sequence[str]) -> Fault | None:
    place = place_of(shape)
    if not mine:
        return Fault(
            FaultKind.NO_GRID, Words(say.NO_GRID, {"building": name, "place": place_text(place)}), name, place, shape=shape
        )
    others = sum(part for part, _ in mine[1:])
    if others <= SPLIT_M2 or others <= SPLIT_SHARE * area:
        return None
    params = {
        "building": name,
        "grids": ", ".join(sorted(labels[grid] for part, grid in mine if part > 0)),
        "place": place_text(place),
        "percent": round(100 * mine[0][0] / area),
        "main": labels[mine[0][1]],
    }
    return Fault(FaultKind.SPLIT, Words(say.SPLIT, params), name, place, round(others, 1), shape)
