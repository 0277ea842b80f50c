"""Streets as a net, and the blocks between them.

A street that ends a little before the next one encloses nothing, though everybody sees the block: its end is drawn on as far as
``REACH_M``, unless a building stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from linli.methods.division.ground.shapes import STEP_M, Floats, Ints, Shapes, Truths, as_shapes, lines_of, noded, pieces, width

REACH_M = 30.0
"""As far is the end of a street drawn on."""
HEADING_M = 5.0
"""Over this length is it measured where an end points to."""
NEAR_M = 1e-3
"""A side of a cell that is nearer to a street's line than this lies on it."""
MEDIAN_WIDTH_M = 10.0
MEDIAN_M2 = 500.0
"""What streets enclose is no block where it is narrower or smaller: the strip between two carriageways, an island in the
traffic."""
STRIP = 0.25
"""Polsby-Popper compactness below which land is a strip: a rectangle four times as long as wide has 0.5, ten times 0.26."""
TAIL_M = 20.0
"""Land that hangs on a block is a strip where it is narrower than twice this."""
RANKS: Mapping[str, float] = {
    **dict.fromkeys(("motorway", "trunk", "primary", "快速路", "主干路"), 1.0),
    **dict.fromkeys(("secondary", "次干路"), 0.85),
    "tertiary": 0.7,
    **dict.fromkeys(("residential", "unclassified", "living_street", "road", "支路"), 0.5),
    **dict.fromkeys(("pedestrian", "service", "track", "busway"), 0.25),
}
"""The rank of a street by its kind, as OpenStreetMap (``highway``) and Chinese road plans (等级) write it."""
PATHS = frozenset(
    (
        *("footway", "path", "steps", "cycleway", "corridor", "bridleway", "elevator", "platform", "raceway", "escape"),
        *("construction", "proposed", "abandoned", "razed"),
    )
)
"""Kinds that part nobody: they run beside streets, through parks and yards, or aren't there."""
USUAL = 0.5


def rank_of(kind: str) -> float | None:
    """The rank of a street of this kind, from 0 (a lane) to 1 (a main road); None for what is no street."""
    plain = kind.strip().lower().removesuffix("_link")
    return None if plain in PATHS else RANKS.get(plain, USUAL)


@dataclass(frozen=True)
class Net:
    """The s street lines of a territory with the rank of each (0: a lane … 1: a motorway)."""

    lines: Shapes
    ranks: Floats

    def along(self, middles: Floats) -> Floats:
        """The highest rank (m,) of the streets on which points (m, 2) lie; -1 where there is none."""
        found = np.full(len(middles), -1.0)
        if len(self.lines) and len(middles):
            points = shapely.points(middles)
            which, line = STRtree(self.lines).query(points, predicate="dwithin", distance=NEAR_M)
            np.maximum.at(found, which, self.ranks[line])
        return found


def net_of(streets: Shapes, ranks: Floats, buildings: Shapes, within: Any) -> Net:
    """The net of ``streets`` (s lines, ranks (s,)) inside the area ``within``; ends drawn on where no building stands."""
    if not len(streets):
        return Net(as_shapes([]), np.zeros(0))
    edge = shapely.boundary(within)
    more, of = _drawn_on(streets, edge, buildings)
    lines, rank = np.concatenate([streets, more]), np.concatenate([ranks, ranks[of]])
    inside = shapely.intersection(lines, within)
    parts, source = shapely.get_parts(inside, return_index=True)
    kept = np.isin(shapely.get_type_id(parts), (1, 2)) & (shapely.length(parts) > STEP_M)
    return Net(as_shapes(parts[kept]), rank[source[kept]])


def _drawn_on(lines: Shapes, edge: Any, buildings: Shapes) -> tuple[Shapes, Ints]:
    """Stretches from loose ends to the next street or the territory's edge, and the line that each goes on from."""
    cut = noded(lines)
    first, last = shapely.get_point(cut, 0), shapely.get_point(cut, -1)
    xy = shapely.get_coordinates(np.concatenate([first, last]))
    _, which, many = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    loose = np.flatnonzero(many[which.ravel()] == 1)
    if not len(loose):
        return as_shapes([]), np.zeros(0, np.int64)
    stretch = loose % len(cut)
    ends = xy[loose]
    back = np.where(loose < len(cut), 1.0, -1.0) * np.minimum(HEADING_M, shapely.length(cut[stretch]))
    # From the other end of the line a distance counts as negative.
    behind = shapely.get_coordinates(shapely.line_interpolate_point(cut[stretch], back))
    heading = ends - behind
    heading /= np.maximum(np.hypot(*heading.T), 1e-12)[:, None]
    rays = shapely.linestrings(np.stack([ends + 0.01 * heading, ends + REACH_M * heading], axis=1))
    targets = np.concatenate([cut, lines_of([edge])])
    tree, walls = STRtree(targets), STRtree(buildings)
    source = STRtree(lines)
    drawn, of = [], []
    for ray, end in zip(rays, ends, strict=True):
        hits = tree.query(ray, predicate="intersects")
        if not len(hits):
            continue
        point = shapely.points(end)
        meets = shapely.get_coordinates(shapely.intersection(targets[hits], ray))
        far = np.hypot(*(meets - end).T)
        nearest = meets[far.argmin()]
        # A little further, so that the two surely meet.
        beyond = nearest + (nearest - end) * (0.01 / max(float(far.min()), 0.01))
        line = shapely.linestrings([end, beyond])
        if not len(walls.query(line, predicate="intersects")):
            drawn.append(line)
            of.append(int(source.nearest(point)))
    return as_shapes(drawn), np.asarray(of, np.int64)


def is_median(faces: Shapes) -> Truths:
    """Which faces (f,) are too narrow or too small to be blocks."""
    return np.asarray((width(faces) < MEDIAN_WIDTH_M) | (shapely.area(faces) < MEDIAN_M2), bool)


def is_strip(faces: Shapes) -> Truths:
    """Which faces (f,) are long and thin, or wind around others: beyond the last street, between carriageways, along a river."""
    around = shapely.length(faces)
    return np.asarray(4 * np.pi * shapely.area(faces) < STRIP * around**2, bool)


def without_tails(blocks: Shapes, buildings: Shapes) -> tuple[Shapes, Shapes]:
    """Blocks, with strips that hang on them made blocks of their own, and the outlines of those.

    Where one street is missing, the strip all around a town hangs on the first block; nobody would say that it belongs there.
    """
    done: list[Any] = []
    tails: list[Any] = []
    walls = STRtree(buildings)
    for block, long in zip(blocks, is_strip(blocks), strict=True):
        body = shapely.buffer(block, -TAIL_M, join_style="mitre") if long else None
        if body is None or body.is_empty:
            done.append(block)
            continue
        body = shapely.intersection(block, shapely.buffer(body, TAIL_M + 1.0, join_style="mitre"))
        loose = [
            part
            for part in pieces([shapely.difference(block, body)])
            if part.area >= MEDIAN_M2 and not len(walls.query(part, predicate="intersects"))
        ]
        tails += loose
        done += [*loose, *pieces([shapely.difference(block, shapely.union_all(loose))])]
    return as_shapes(done), lines_of(tails)
