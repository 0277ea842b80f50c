"""The territory in pieces: every line drawn, every piece given to the cell it is nearest to.

All lines are drawn into one plane and cut wherever they meet, so that pieces, cells and grids have equal corners along what they
share: no gap and no overlap can arise, and no wall is crossed, because walls are lines too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from linli.methods.division.ground.halves import lines_between
from linli.methods.division.ground.seeds import BARE, SEVERAL, Plots, seeds_of
from linli.methods.division.ground.shapes import Ints, Shapes, Truths, as_shapes, faces_of, noded, summed
from linli.methods.division.ground.streets import MEDIAN_M2, Net, is_median, is_strip, without_tails

BESIDE_STRIP_M = 60.0
"""Whose houses are this near to a strip of land without any takes the stretch in front of them."""


@dataclass(frozen=True)
class Faces:
    """f pieces of the territory. ``label``: the cell each belongs to; seeds come first (0 … ``seeds`` - 1), then land without a
    building.

    ``block``: between which streets a piece lies. ``built``: whether it is in a building. ``loose``: whether it is too small or
    narrow to stand alone and has to join a cell beside it.
    """

    shapes: Shapes
    label: Ints
    block: Ints
    built: Truths
    loose: Truths
    seeds: int


def faces_in(territory: Any, net: Net, buildings: Shapes, seed: Ints, plots: Plots) -> Faces:
    """The pieces of ``territory`` (Polygon or MultiPolygon), with ``buildings`` (b) in it and the ``seed`` of each (b,)."""
    edge = shapely.boundary(territory)
    blocks = faces_of(noded([edge, *net.lines]))
    blocks, tails = without_tails(blocks[shapely.within(shapely.point_on_surface(blocks), territory)], buildings)
    home = _homes(blocks, buildings, seed)
    shapes = seeds_of(buildings, seed, plots)
    near = _near(blocks, shapes, home)
    lines = [lines_between(_clipped(shapes[own], blocks[at]), blocks[at]) for at, own in near.items()]
    walls = shapely.boundary(np.concatenate([buildings, shapely.intersection(plots.shapes, territory)]))
    pieces = faces_of(noded([edge, *net.lines, *tails, *walls, *(line for some in lines for line in some)]))
    points = shapely.point_on_surface(pieces)
    inside = shapely.within(points, territory)
    pieces, points = pieces[inside], points[inside]
    block = _first_within(points, blocks)
    # A crumb that two roundings left between blocks belongs to the nearest.
    between = np.flatnonzero(block < 0)
    block[between] = STRtree(blocks).nearest(points[between])
    in_building = _first_within(points, buildings)
    label = np.where(in_building >= 0, seed[in_building], -1)
    in_plot = np.where(label < 0, _first_within(points, plots.shapes), -1)
    _by_plot(label, points, block, in_plot, plots, shapes, home)
    many = len(shapes)
    plot = np.where((in_plot >= 0) & (plots.seed[in_plot] == BARE), in_plot, -1) if len(plots.seed) else np.full(len(label), -1)
    for at, own in near.items():
        open_ones = np.flatnonzero((block == at) & (label < 0) & (plot < 0))
        label[open_ones] = own[STRtree(_clipped(shapes[own], blocks[at])).nearest(points[open_ones])]
    bare = np.flatnonzero(label < 0)
    # Land without a building: one cell for a block, or for a large bare plot in it.
    _, place = np.unique(np.column_stack([block[bare], plot[bare]]), axis=0, return_inverse=True)
    label[bare] = many + place.ravel()
    loose = np.zeros(len(label), bool)
    alone = np.where(plot[bare] >= 0, ~_small(label, pieces)[bare], ~is_median(blocks)[block[bare]])
    loose[bare] = ~alone
    return Faces(pieces, label.astype(np.int64), block, in_building >= 0, loose, many)


def _small(label: Ints, pieces: Shapes) -> Truths:
    """Which pieces belong to a cell that is too small to stand without a building."""
    return np.asarray(summed(label, shapely.area(pieces), int(label.max()) + 1)[label] < MEDIAN_M2, bool)


def _by_plot(label: Ints, points: Shapes, block: Ints, in_plot: Ints, plots: Plots, seeds: Shapes, home: Ints) -> None:
    """Label pieces that lie on a plot; not across a street from its building."""
    if not len(plots.seed):
        return
    owner = np.where(in_plot >= 0, plots.seed[in_plot], -1)
    own = np.flatnonzero(owner >= 0)
    own = own[home[owner[own]] == block[own]]
    label[own] = owner[own]
    for plot in np.unique(in_plot[owner == SEVERAL]):
        among = plots.pairs[plots.pairs[:, 0] == plot, 1]
        here = np.flatnonzero((in_plot == plot) & (owner == SEVERAL))
        label[here] = among[STRtree(seeds[among]).nearest(points[here])]


def _homes(blocks: Shapes, buildings: Shapes, seed: Ints) -> Ints:
    """The block (seeds,) that holds most of each seed's buildings."""
    building, block = STRtree(blocks).query(buildings, predicate="intersects")
    held = shapely.area(shapely.intersection(buildings[building], blocks[block]))
    order = np.lexsort((-held, seed[building]))
    which, first = np.unique(seed[building][order], return_index=True)
    home = np.full(int(seed.max()) + 1, -1, np.int64)
    home[which] = block[order][first]
    return home


def _near(blocks: Shapes, seeds: Shapes, home: Ints) -> dict[int, Ints]:
    """The seeds that share out each block: its own; of a strip without any, those along it. None share out a park."""
    shared = {int(at): np.flatnonzero(home == at) for at in np.unique(home)}
    strips = np.setdiff1d(np.flatnonzero(is_strip(blocks)), home)
    if len(strips):
        strip, seed = STRtree(seeds).query(blocks[strips], predicate="dwithin", distance=BESIDE_STRIP_M)
        shared.update({int(at): np.unique(seed[strip == n]) for n, at in enumerate(strips) if (strip == n).any()})
    return shared


def _clipped(seeds: Shapes, block: Any) -> Shapes:
    """Seeds as far as they lie in a block; whole where they don't."""
    inside = shapely.intersection(seeds, block)
    return as_shapes(np.where(shapely.area(inside) > 0, inside, seeds))


def _first_within(points: Shapes, shapes: Shapes) -> Ints:
    """Of the shapes in which a point lies, the first (n,); -1 for none."""
    found = np.full(len(points), -1, np.int64)
    if len(shapes):
        point, shape = STRtree(shapes).query(points, predicate="within")
        order = np.argsort(-shape, kind="stable")
        found[point[order]] = shape[order]
    return found
