"""What a cell grows from: buildings that lie on each other taken together, with the plots that are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import STRtree

from linli.methods.division.ground.faults import Overlap
from linli.methods.division.ground.shapes import SLIVER_WIDTH_M, Ints, Shapes, as_shapes, polygonal, width

STREET_IN_PLOT_M = 10.0
"""A plot with more street in it than this is the street's, not a building's."""
BARE_M2 = 3_000.0
"""A plot without a building that is larger stays a cell of its own: a park, a sports ground."""
ASKED = 24
"""Points of a plot without a building that are asked which building is nearest."""
BESIDE_M = 1.0
"""Land that is farther from a building's own than this isn't taken along with it: there is a street between, drawn or not."""


@dataclass(frozen=True)
class Plots:
    """p plots; for each one its seed: the only building on it, or that of the land beside it; else ``SEVERAL``, ``BARE`` or
    ``NOBODYS``."""

    shapes: Shapes
    seed: Ints
    pairs: Ints
    """(k, 2) plot and seed, for plots with several."""


SEVERAL, BARE, NOBODYS = -2, -3, -4


def overlaps_of(buildings: Shapes) -> list[Overlap]:
    """Pairs of buildings (b valid polygons) that lie on each other by more than a sliver."""
    one, other = STRtree(buildings).query(buildings, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(buildings[one], buildings[other])
    area = shapely.area(shared)
    smaller = np.minimum(shapely.area(buildings[one]), shapely.area(buildings[other]))
    wide = (area > 0) & ((width(shared) > SLIVER_WIDTH_M) | (area > 0.5 * smaller))
    found = zip(one[wide].tolist(), other[wide].tolist(), area[wide].tolist(), strict=True)
    return sorted((Overlap(a, b, round(m2, 2)) for a, b, m2 in found), key=lambda pair: (pair.one, pair.other))


def grouped(many: int, pairs: list[tuple[int, int]]) -> Ints:
    """Which group (many,) each of ``many`` belongs to when pairs stay together; groups count in the order of their first."""
    one = [pair[0] for pair in pairs]
    other = [pair[1] for pair in pairs]
    _, group = connected_components(coo_matrix((np.ones(len(pairs)), (one, other)), shape=(many, many)), directed=False)
    _, first, back = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[back], np.int64)


def plots_of(given: Shapes, territory: object, buildings: Shapes, seed: Ints, streets: Shapes) -> Plots:
    """The usable ones of ``given`` plots inside the territory: those that no street runs through. ``seed`` (b,): that of each
    building."""
    plots = as_shapes([shape for shape in map(polygonal, given) if shape is not None])
    if len(plots):
        within = as_shapes([polygonal(shape) for shape in shapely.intersection(plots, territory)])
        # What the territory's edge leaves of a plot says nothing.
        plots = within[[shape is not None and shape.area > 0.2 * whole.area for shape, whole in zip(within, plots, strict=True)]]
    if len(plots) and len(streets):
        which, line = STRtree(streets).query(plots, predicate="intersects")
        inside = np.bincount(which, shapely.length(shapely.intersection(plots[which], streets[line])), len(plots))
        plots = plots[inside <= STREET_IN_PLOT_M]
    if not len(plots):
        return Plots(plots, np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
    plot, building = STRtree(buildings).query(plots, predicate="intersects")
    shared = shapely.area(shapely.intersection(plots[plot], buildings[building]))
    # A wall that leans a little over the line makes nobody the owner of the plot next door.
    own = shared > np.maximum(1.0, 0.1 * np.minimum(shapely.area(buildings[building]), shapely.area(plots[plot])))
    pairs = np.unique(np.column_stack([plot[own], seed[building[own]]]).astype(np.int64), axis=0)
    many = np.bincount(pairs[:, 0], minlength=len(plots))
    owner = np.full(len(plots), BARE, np.int64)
    owner[pairs[:, 0]] = pairs[:, 1]
    owner[many > 1] = SEVERAL
    small = np.flatnonzero((many == 0) & (shapely.area(plots) <= BARE_M2))
    owner[small] = NOBODYS
    _taken_along(owner, small, plots, buildings, seed)
    return Plots(plots, owner, pairs[many[pairs[:, 0]] > 1])


def _taken_along(owner: Ints, small: Ints, plots: Shapes, buildings: Shapes, seed: Ints) -> None:
    """Write down for plots without a building the nearest one, where they adjoin its land; land behind land comes after."""
    wanted = _nearest(plots[small], buildings, seed)
    waiting = np.ones(len(small), bool)
    while waiting.any():
        held = owner >= 0
        land = np.concatenate([buildings, plots[held]])
        of = np.concatenate([seed, owner[held]])
        plot, beside = STRtree(land).query(plots[small[waiting]], predicate="dwithin", distance=BESIDE_M)
        reached = np.unique(plot[of[beside] == wanted[waiting][plot]])
        if not len(reached):
            return
        now = np.flatnonzero(waiting)[reached]
        owner[small[now]] = wanted[now]
        waiting[now] = False


def _nearest(plots: Shapes, buildings: Shapes, seed: Ints) -> Ints:
    """The seed (p,) that is nearest to most of a plot."""
    if not len(plots):
        return np.zeros(0, np.int64)
    tree = STRtree(buildings)
    outline = shapely.boundary(shapely.buffer(plots, -0.5))
    outline = np.where(shapely.is_empty(outline), shapely.boundary(plots), outline)
    shares = (np.arange(ASKED) + 0.5) / ASKED
    votes = np.empty((len(plots), ASKED + 1), np.int64)
    votes[:, -1] = seed[tree.nearest(shapely.point_on_surface(plots))]
    for at, line in enumerate(outline):
        ring = max(shapely.get_parts(line), key=shapely.length)
        votes[at, :-1] = seed[tree.nearest(shapely.line_interpolate_point(ring, shares, normalized=True))]
    return np.asarray([np.bincount(row).argmax() for row in votes], np.int64)


def seeds_of(buildings: Shapes, seed: Ints, plots: Plots) -> Shapes:
    """The shape of every seed: its buildings, and the plots that are its alone."""
    many = int(seed.max()) + 1
    own = np.flatnonzero(plots.seed >= 0)
    shapes = np.concatenate([buildings, plots.shapes[own]])
    label = np.concatenate([seed, plots.seed[own]])
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(many + 1))
    return as_shapes([shapely.union_all(shapes[order[a:b]]) for a, b in pairwise(starts)])
