"""The territory: the boundary that is given, or else the blocks in which buildings stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from linli.methods.division.ground.faults import Flaw, NoGround
from linli.methods.division.ground.shapes import Floats, Shapes, as_shapes, faces_of, noded, pieces, polygonal
from linli.methods.division.ground.streets import net_of

JOIN_M = 1.0
"""Ends of a boundary that lie closer together are meant to meet."""
MARGIN_M = 20.0
"""Where there is neither boundary nor street, the territory ends this far beyond the buildings."""
FRAME_M = 100.0
NOTCH_M = 25.0
BESIDE_M = 0.01


def boundary_from(shapes: Shapes) -> tuple[Any, float]:
    """One Polygon or MultiPolygon from what a boundary file holds (areas, or lines that enclose one), and how many metres had to
    be joined.

    Raises NoGround where there is nothing, or where lines don't close.
    """
    areas = [shape for shape in map(polygonal, shapes) if shape is not None]
    if areas:
        return shapely.union_all(areas), 0.0
    lines = noded([shape for shape in shapes if shape is not None])
    if not len(lines):
        raise NoGround(Flaw.NO_BOUNDARY, "the boundary holds neither an area nor a line")
    faces = faces_of(lines)
    if len(faces):
        return shapely.union_all(faces), 0.0
    return _closed(lines)


def _closed(lines: Shapes) -> tuple[Any, float]:
    merged = pieces([shapely.line_merge(shapely.multilinestrings(list(lines)))])
    first, last = shapely.get_point(merged, 0), shapely.get_point(merged, -1)
    ends = np.concatenate([first, last])
    tree = STRtree(ends)
    bridges: list[Any] = []
    widest, place = 0.0, (0.0, 0.0)
    for at, end in enumerate(ends):
        others = np.delete(np.arange(len(ends)), at)
        far = shapely.distance(ends[others], end)
        gap = float(far.min())
        if gap > widest:
            widest, place = gap, (float(end.x), float(end.y))
        for other in tree.query(end, predicate="dwithin", distance=JOIN_M):
            if other > at and shapely.distance(end, ends[other]) > 0:
                bridges.append(shapely.linestrings([(end.x, end.y), (ends[other].x, ends[other].y)]))
    faces = faces_of(noded([*lines, *bridges])) if bridges else as_shapes([])
    if len(faces):
        return shapely.union_all(faces), widest
    raise NoGround(
        Flaw.OPEN_BOUNDARY,
        f"the boundary is not closed: its ends lie up to {widest:.1f} m apart",
        gap_m=widest,
        place=place,
    )


def extent_of(buildings: Shapes, streets: Shapes, ranks: Floats) -> Any:
    """A territory for ``buildings`` that nobody has bounded: every block of streets in which one stands; where streets don't
    close a block, the hull of the buildings there with a margin of ``MARGIN_M``; and what all that encloses. One Polygon."""
    hull = shapely.buffer(shapely.convex_hull(shapely.geometrycollections(list(buildings))), MARGIN_M, join_style="mitre")
    if not len(streets):
        return hull
    frame = shapely.buffer(shapely.envelope(hull), FRAME_M, join_style="mitre")
    net = net_of(streets, ranks, buildings, frame)
    faces = faces_of(noded([*net.lines, shapely.boundary(frame)]))
    rim = shapely.dwithin(faces, shapely.boundary(frame), BESIDE_M)
    middles = shapely.point_on_surface(buildings)
    building, face = STRtree(faces).query(middles, predicate="within")
    held = np.unique(face)
    taken = [faces[at] for at in held if not rim[at]]
    for at in held[rim[held]]:
        own = shapely.convex_hull(shapely.geometrycollections(list(buildings[building[face == at]])))
        taken.append(shapely.intersection(faces[at], shapely.buffer(own, MARGIN_M, join_style="mitre")))
    within = shapely.area(shapely.intersection(faces, hull)) > 0.5 * shapely.area(faces)
    taken += [faces[at] for at in np.flatnonzero(within & ~rim) if at not in set(held.tolist())]
    whole = polygonal(shapely.union_all([*taken, *buildings]))
    # Notches between a hull and the streets beside it are nobody's wish.
    closed = shapely.buffer(shapely.buffer(whole, NOTCH_M, join_style="mitre"), -NOTCH_M, join_style="mitre")
    whole = polygonal(shapely.union_all([whole, *shapely.intersection(faces[held], closed)]))
    parts = pieces([whole])
    if len(parts) > 1:
        # Clusters far from each other are one territory only with the land between them.
        parts = pieces([polygonal(shapely.union_all([hull, *taken, *buildings]))])
    biggest = parts[shapely.area(parts).argmax()]
    return _trimmed(shapely.polygons(biggest.exterior), buildings, streets, ranks)


def _trimmed(territory: Any, buildings: Shapes, streets: Shapes, ranks: Floats) -> Any:
    """The territory without the land at its edge that a street parts from every building; of one piece as before."""
    net = net_of(streets, ranks, buildings, territory)
    faces = faces_of(noded([shapely.boundary(territory), *net.lines]))
    faces = faces[shapely.within(shapely.point_on_surface(faces), territory)]
    held = np.zeros(len(faces), bool)
    held[STRtree(faces).query(buildings, predicate="intersects")[1]] = True
    edge = (
        shapely.length(shapely.intersection(shapely.boundary(faces), shapely.buffer(shapely.boundary(territory), BESIDE_M))) > 1.0
    )
    rest = polygonal(shapely.union_all(faces[held | ~edge]))
    return shapely.polygons(rest.exterior) if rest is not None and rest.geom_type == "Polygon" else territory
