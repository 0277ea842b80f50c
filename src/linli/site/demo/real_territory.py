"""A real place for the synthetic residents: buildings from a file, and grids drawn around clusters of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.random import Generator
from pyproj import CRS, Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import polygonize, unary_union

from linli.site.demo.gazetteer import Names, estate_names
from linli.site.demo.plan import Building, Grid, Plan, Street

SMALLEST_M2 = 40.0
MARGIN_M = 25.0
SNAP_M = 0.01


def read_territory(path: Path, names: Names, grids: int, rng: Generator) -> Plan:
    """Boundary, grids, streets and residential buildings from a file with a layer of building polygons.

    The layer is ``buildings``, else OSM's ``multipolygons`` with a building tag, else the only polygon layer. ValueError where
    there is none, where its coordinate system is not declared, or where there are fewer than two buildings for a grid.
    """
    shapes = _buildings(path)
    middle = shapely.box(*shapely.total_bounds(np.array(shapes))).centroid
    crs = f"+proj=tmerc +lat_0={middle.y:.5f} +lon_0={middle.x:.5f} +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    turn = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform
    metric = [shapely.transform(shape, lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1]))) for shape in shapes]
    kept = [shape for shape in _apart(metric) if shape.area >= SMALLEST_M2]
    if len(kept) < grids * 2:
        raise ValueError(f"{path}: {len(kept)} buildings are too few for {grids} grids; ask for fewer residents")
    labels = _clusters(np.array([[b.centroid.x, b.centroid.y] for b in kept]), np.array([b.area for b in kept]), grids, rng)
    areas, buildings, boundary = _around(kept, labels, grids)
    order = _reading_order(areas)
    kinds = ["slab"] * grids
    called = estate_names(names, kinds)
    plan = Plan(crs=crs, boundary=boundary, grids=[])
    for at, old in enumerate(order):
        plan.grids.append(Grid(f"{at + 1:02d}", called[at][0], called[at][1], "slab", areas[old]))
    plan.streets = [
        Street(zh, en, line, 6.0) for (zh, en), line in zip(_street_names(names), _streets(path, crs, boundary), strict=False)
    ]
    if not plan.streets:
        plan.streets = [Street(*names.across[0], shapely.LineString(boundary.exterior.coords[:2]), 6.0)]
    tree = shapely.STRtree([grid.shape for grid in plan.grids])
    for shape in buildings:
        at = int(tree.query(shape.representative_point(), predicate="within")[0])
        plan.buildings.append(
            Building("", "", 0, "", "", 1 + int(shape.area > 400) + int(shape.area > 900), 4, "residential", at, shape)
        )
    return plan


def _buildings(path: Path) -> list[Polygon]:
    """Building polygons of the file in degrees (EPSG:4490)."""
    kinds = {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}
    areas = [name for name, kind in kinds.items() if "Polygon" in kind]
    layer = next(
        (name for name in ("buildings", "building", "multipolygons") if name in areas), areas[0] if len(areas) == 1 else None
    )
    if layer is None:
        raise ValueError(f"{path}: no layer of buildings; the layers are {', '.join(kinds) or 'none'}")
    where = "building IS NOT NULL" if layer == "multipolygons" else None
    with warnings.catch_warnings():
        # Real files hold rings that don't close; they are left out, so there is nothing to be warned of.
        warnings.simplefilter("ignore", RuntimeWarning)
        meta, _, shapes, _ = pyogrio.raw.read(path, layer=layer, columns=[], where=where)
    if not meta["crs"]:
        raise ValueError(f"{path}: the coordinate system of layer {layer} is not declared")
    turn = Transformer.from_crs(CRS.from_user_input(meta["crs"]), "EPSG:4490", always_xy=True).transform
    found = shapely.transform(
        shapely.force_2d(shapely.from_wkb(shapes, on_invalid="ignore")), lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1]))
    )
    whole = [part for shape in found if shape is not None for part in _parts(shapely.make_valid(shape))]
    if not whole:
        raise ValueError(f"{path}: layer {layer} holds no building")
    return whole


def _streets(path: Path, crs: str, boundary: Polygon) -> list[shapely.LineString]:
    """The longest streets within the boundary; their real names are left out, the demonstration's are put there."""
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if "Line" in str(kind)]
    layer = next((name for name in ("streets", "roads", "lines") if name in layers), None)
    if layer is None:
        return []
    meta, _, shapes, _ = pyogrio.raw.read(
        path, layer=layer, columns=[], where="highway IS NOT NULL" if layer == "lines" else None
    )
    turn = Transformer.from_crs(CRS.from_user_input(meta["crs"]), crs, always_xy=True).transform
    lines = shapely.transform(
        shapely.force_2d(shapely.from_wkb(shapes, on_invalid="ignore")), lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1]))
    )
    inside = shapely.intersection(shapely.line_merge(lines), boundary)
    whole = [part for shape in inside for part in shapely.get_parts(shape) if part.geom_type == "LineString" and part.length > 20]
    return sorted(whole, key=lambda line: -line.length)


def _street_names(names: Names) -> list[tuple[str, str]]:
    return [*names.across, *names.along]


def _parts(shape: shapely.Geometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and not part.is_empty]


def _apart(shapes: list[Polygon]) -> list[Polygon]:
    """Without buildings drawn inside or across an earlier one."""
    tree = shapely.STRtree(shapes)
    kept: list[Polygon] = []
    dropped: set[int] = set()
    for at, shape in enumerate(shapes):
        if at in dropped:
            continue
        for other in tree.query(shape, predicate="intersects"):
            if other > at and shape.intersection(shapes[int(other)]).area > 0.2 * shapes[int(other)].area:
                dropped.add(int(other))
        kept.append(shape)
    return kept


def _clusters(points: np.ndarray, weight: np.ndarray, wanted: int, rng: Generator) -> np.ndarray:
    """Labels 0 … wanted−1 by Lloyd's k-means from k-means++ starts; no cluster stays empty."""
    centres = [points[int(rng.integers(len(points)))]]
    while len(centres) < wanted:
        away = np.min([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=0) * np.sqrt(weight)
        centres.append(points[int(rng.choice(len(points), p=away / away.sum()))])
    middle = np.array(centres)
    labels = np.zeros(len(points), dtype=int)
    for _ in range(40):
        far = ((points[:, None, :] - middle[None, :, :]) ** 2).sum(axis=2)
        labels = far.argmin(axis=1)
        for k in range(wanted):
            if not (labels == k).any():
                labels[int(far[:, k].argmin())] = k
            middle[k] = np.average(points[labels == k], axis=0, weights=weight[labels == k])
    return labels


def _around(buildings: list[Polygon], labels: np.ndarray, wanted: int) -> tuple[list[Polygon], list[Polygon], Polygon]:
    """One area for each label, the buildings, and the boundary: the areas are exactly the boundary and cut no building.

    Voronoi cells of points along the outlines are joined by label; then all lines, the walls among them, are noded together and
    the faces handed out: those of a building with it, the others to the cell they lie in. So neighbours share every vertex.
    """
    wide = unary_union([shape.buffer(80.0) for shape in buildings]).buffer(-80.0 + MARGIN_M)
    boundary = Polygon(max(_parts(wide), key=lambda part: part.area).exterior)
    if not all(boundary.contains(shape) for shape in buildings):
        boundary = MultiPolygon(buildings).convex_hull.buffer(MARGIN_M)
    boundary = shapely.set_precision(boundary, SNAP_M)
    seeds: dict[tuple[float, float], int] = {}
    for shape, label in zip(buildings, labels, strict=True):
        for x, y in shapely.get_coordinates(shapely.segmentize(shape, 6.0).exterior):
            seeds.setdefault((round(float(x), 2), round(float(y), 2)), int(label))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(list(seeds)), extend_to=boundary, ordered=True))
    owners = np.array(list(seeds.values()))
    rough = [unary_union(cells[owners == label]).intersection(boundary) for label in range(wanted)]
    walls = [shape.boundary for shape in buildings]
    lines = shapely.union_all([*(area.boundary for area in rough), *walls, boundary.boundary], grid_size=SNAP_M)
    by_area, by_building = shapely.STRtree(rough), shapely.STRtree(buildings)
    faces: list[Polygon] = []
    given: list[int] = []
    inside: list[int] = []
    for face in polygonize(lines):
        spot = face.representative_point()
        if not boundary.contains(spot):
            continue
        at = by_building.query(spot, predicate="within")
        faces.append(face)
        inside.append(int(min(at)) if len(at) else -1)
        given.append(int(labels[inside[-1]]) if len(at) else int(by_area.nearest(spot)))
    array, owner = np.array(faces), np.array(inside)
    whole = [shapely.coverage_union_all(array[owner == at]) for at in range(len(buildings)) if (owner == at).any()]
    standing = [max(_parts(shape), key=lambda part: part.area) for shape in whole]
    areas = _one_piece(faces, given, owner, wanted)
    return areas, standing, shapely.coverage_union_all(np.array(areas))


def _one_piece(faces: list[Polygon], given: list[int], building: np.ndarray, wanted: int) -> list[Polygon]:
    """Join faces by label; a piece apart from its grid's main piece goes to the neighbour with the longest common border.

    ``building``: of which building each face is part, −1 for open ground.
    """
    array, owner = np.array(faces), np.array(given)
    spots = shapely.point_on_surface(array)
    for _ in range(30):
        pieces = [(label, part) for label in range(wanted) for part in _parts(shapely.coverage_union_all(array[owner == label]))]
        main: dict[int, Polygon] = {}
        for label, part in pieces:
            if label not in main or part.area > main[label].area:
                main[label] = part
        strays = [(label, part) for label, part in pieces if part is not main[label]]
        if not strays:
            return [main[label] for label in range(wanted)]
        for label, part in strays:
            border = {other: main[other].boundary.intersection(part.boundary).length for other in main if other != label}
            goes_to = max(border, key=lambda other: border[other])
            moved = shapely.contains_properly(part, spots) & (owner == label)
            owner[moved] = goes_to
            # A building that reaches across goes as a whole.
            owner[np.isin(building, building[moved & (building >= 0)])] = goes_to
    raise ValueError("the buildings lie too far apart for connected grids; ask for fewer residents")


def _reading_order(areas: list[Polygon]) -> list[int]:
    """From west to east in strips from north to south."""
    middles = [area.centroid for area in areas]
    order = sorted(range(len(areas)), key=lambda at: -middles[at].y)
    across = max(1, round(len(areas) ** 0.5))
    strips = [order[start : start + across] for start in range(0, len(order), across)]
    return [at for strip in strips for at in sorted(strip, key=lambda k: middles[k].x)]
