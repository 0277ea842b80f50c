"""The ground: cells of land around buildings, which touch each other, and grids made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linli.methods.division.dividing import LENGTH
from linli.methods.division.ground.extent import boundary_from, extent_of
from linli.methods.division.ground.faces import Faces, faces_in
from linli.methods.division.ground.faults import Flaw, NoGround, Overlap, Remarks
from linli.methods.division.ground.joining import joined
from linli.methods.division.ground.seeds import grouped, overlaps_of, plots_of
from linli.methods.division.ground.shapes import STEP_M, Floats, Ints, Shapes, Sides, Truths, as_shapes, sides_of, summed
from linli.methods.division.ground.streets import USUAL, Net, net_of
from linli.methods.division.ground.taking import buildings_from, inside_of, middle_of, present, settled

TOUCH_M = 1.0
"""Two cells that share less border than this don't count as neighbours, unless nothing else joins them to the rest."""
ALONG = 0.4
"""By this share it is at least cheaper to cut along a street."""


@dataclass(frozen=True)
class Ground:
    """n cells that cover a territory without gap or overlap; coordinates in metres, as they were given.

    ``cells`` (n,): one Polygon each (a MultiPolygon only where a building stands on two separate pieces of land). ``cell_of``
    (b,): the cell in which each building lies whole, -1 for those left out (``remarks`` says why). ``pairs`` (e, 2): cells that
    touch, each pair once; ``borders`` (e,): metres they share; ``streets`` (e,): share of that which runs along a street;
    ``ranks`` (e,): mean rank of those streets; ``areas`` (n,) in m², ``perimeters`` (n,) in metres. ``blocks`` (n,): cells of one
    number lie between the same streets.
    """

    territory: Any
    cells: Shapes
    cell_of: Ints
    pairs: Ints
    borders: Floats
    streets: Floats
    ranks: Floats
    areas: Floats
    perimeters: Floats
    blocks: Ints
    remarks: Remarks

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def lands(self) -> list[Ints]:
        """The cells of every piece of land that touches no other, largest piece first."""
        count, of = connected_components(_graph(self.pairs, len(self)), directed=False)
        found = [np.flatnonzero(of == at) for at in range(count)]
        return sorted(found, key=lambda one: -float(self.areas[one].sum()))

    def buildings_in(self, cell: int) -> list[int]:
        """Positions of the buildings that lie in a cell; none for a park."""
        return [int(at) for at in np.flatnonzero(self.cell_of == cell)]

    @property
    def crossing(self) -> Floats:
        """What it costs (e,) that one grid lies on both sides of a street, where cutting costs as much as the border is long: the
        larger the street, the cheaper it is to cut there. For ``Units.crossing``."""
        if not len(self.borders):
            return np.zeros(0)
        long = self.borders / self.borders.mean()
        usual = (1 - LENGTH) + LENGTH * np.minimum(long, 5.0)
        # On a map a short border is a short cut, however many cells it parts.
        wanted = usual * np.minimum(long, 1.0) * (1 - self.streets * (ALONG + (0.9 - ALONG) * self.ranks))
        return np.asarray(usual - wanted, np.float64)

    def held(self, weight: ArrayLike) -> Floats:
        """What each cell holds (n,) of a weight given for each building (b,); what has no cell counts nowhere."""
        known = self.cell_of >= 0
        return summed(self.cell_of[known], np.asarray(weight, np.float64)[known], len(self.cells))


def cells(
    buildings: Iterable[object],
    streets: Iterable[object] | None = None,
    boundary: Any = None,
    plots: Iterable[object] | None = None,
    *,
    ranks: ArrayLike | None = None,
) -> Ground:
    """The cells of a territory, from ``buildings`` (b polygons), ``streets`` (s lines, with ``ranks`` from 0 to 1) and ``plots``
    in metres.

    Every cell holds one building, several that lie on each other, or none where land is large enough to stand alone. Its borders
    run along streets, then along plots, then half-way between buildings. Without ``boundary`` the territory is the blocks around
    the buildings; it may be one area, or any areas or lines that enclose some.

    Raises NoGround for a boundary that isn't closed and for no buildings. Everything less is mended or left out, and told in
    ``remarks``.
    """
    found = buildings_from(buildings)
    if not len(found.at):
        raise NoGround(Flaw.NO_BUILDINGS, "no building has an area")
    middle = middle_of(found.shapes)
    houses = settled(found.shapes, middle)
    lines, rank = _lines(streets, ranks)
    lines = settled(lines, middle)
    given = present([boundary] if isinstance(boundary, shapely.Geometry) else boundary)
    territory, closed_m = boundary_from(settled(given, middle)) if len(given) else (extent_of(houses, lines, rank), 0.0)
    territory = shapely.set_precision(territory, STEP_M)
    inside = inside_of(houses, territory)
    if not len(inside.at):
        raise NoGround(Flaw.NO_BUILDINGS, "no building lies inside the boundary")
    here = inside.shapes
    overlaps = overlaps_of(here)
    seed = grouped(len(here), [(pair.one, pair.other) for pair in overlaps])
    net = net_of(lines, rank, here, territory)
    land = plots_of(settled(present(plots), middle), territory, here, seed, net.lines)
    faces = faces_in(territory, net, here, seed, land)
    sides = sides_of(faces.shapes)
    cell = joined(faces, sides)
    at = found.at[inside.at]
    cell_of = np.full(len(found.at) + len(found.empty), -1, np.int64)
    cell_of[at] = _cells_of(here, faces.shapes, cell)
    told = Remarks(
        empty=found.empty,
        mended=found.mended,
        outside=tuple(found.at[inside.outside].tolist()),
        rim=tuple(found.at[inside.rim].tolist()),
        overlaps=tuple(Overlap(int(at[pair.one]), int(at[pair.other]), pair.area_m2) for pair in overlaps),
        closed_m=closed_m,
        boundary_mended=not shapely.is_valid(given).all(),
        streets=len(net.lines),
    )
    return _measured(territory, faces, cell, sides, net, cell_of, told, middle)


def grids_of(ground: Ground, part: ArrayLike) -> list[Any]:
    """One polygon for each part, from the part (n,) of every cell, counted from 0; a MultiPolygon where a part is in pieces."""
    of = np.asarray(part, np.int64)
    return list(_united(ground.cells, of))


def _united(shapes: Shapes, label: Ints) -> Shapes:
    """The union of shapes with the same label (from 0 on): corners that no longer divide anything stay, so that neighbours
    agree."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(int(label.max()) + 2))
    made = [shapely.coverage_union_all(shapes[order[a:b]]) for a, b in pairwise(starts)]
    return as_shapes([shapely.get_parts(shape)[0] if shapely.get_num_geometries(shape) == 1 else shape for shape in made])


def _measured(
    territory: Any, faces: Faces, cell: Ints, sides: Sides, net: Net, cell_of: Ints, told: Remarks, middle: Floats
) -> Ground:
    many = int(cell.max()) + 1
    inner = sides.right >= 0
    left = cell[sides.left]
    right = np.where(inner, cell[sides.right], -1)
    border = left != right
    length, middles = sides.length[border], sides.middle[border]
    left, right = left[border], right[border]
    rank = net.along(middles)
    perimeter = summed(left, length, many) + summed(right[right >= 0], length[right >= 0], many)
    both = right >= 0
    low, high = np.minimum(left, right)[both], np.maximum(left, right)[both]
    key, which = np.unique(low * many + high, return_inverse=True)
    length, rank = length[both], rank[both]
    long = summed(which, length, len(key))
    street = summed(which, length * (rank >= 0), len(key))
    ranked = summed(which, length * np.maximum(rank, 0), len(key))
    pairs = np.column_stack([key // many, key % many])
    kept = _touching(pairs, long, many)
    shapes = _united(faces.shapes, cell)
    # A cell lies in the block of its building, whatever it has beyond a street.
    size = coo_matrix(
        (shapely.area(faces.shapes) * np.where(faces.built, 1e3, 1.0), (cell, faces.block)),
        shape=(many, int(faces.block.max()) + 1),
    )
    return Ground(
        territory=shapely.transform(territory, lambda xy: xy + middle),
        cells=shapely.transform(shapes, lambda xy: xy + middle),
        cell_of=cell_of,
        pairs=pairs[kept],
        borders=long[kept],
        streets=street[kept] / long[kept],
        ranks=(ranked / np.where(street > 0, street, 1.0))[kept],
        areas=np.asarray(shapely.area(shapes), np.float64),
        perimeters=perimeter,
        blocks=np.asarray(size.tocsr().argmax(axis=1), np.int64).ravel(),
        remarks=told,
    )


def _lines(streets: Iterable[object] | None, ranks: ArrayLike | None) -> tuple[Shapes, Floats]:
    """The lines among streets, with their ranks."""
    given = as_shapes(streets)
    rank = np.full(len(given), USUAL) if ranks is None else np.clip(np.asarray(ranks, np.float64), 0.0, 1.0)
    kept = [at for at, shape in enumerate(given) if shape is not None and np.isfinite(shapely.bounds(shape)).all()]
    parts, of = shapely.get_parts(given[kept], return_index=True) if kept else (as_shapes([]), np.zeros(0, np.int64))
    usable = np.isin(shapely.get_type_id(parts), (1, 2)) & (shapely.length(parts) > 0)
    return as_shapes(parts[usable]), rank[kept][of][usable]


def _cells_of(buildings: Shapes, faces: Shapes, cell: Ints) -> Ints:
    """The cell (b,) that holds most of each building: all of it, but for slivers where two lean on each other."""
    building, face = shapely.STRtree(faces).query(shapely.point_on_surface(buildings), predicate="intersects")
    found = np.zeros(len(buildings), np.int64)
    found[building] = cell[face]
    return found


def _touching(pairs: Ints, long: Floats, many: int) -> Truths:
    """Which pairs count as neighbours: those that share ``TOUCH_M``, and the longest of the others where only they join cells."""
    kept = long >= TOUCH_M
    root = np.asarray(connected_components(_graph(pairs[kept], many), directed=False)[1], np.int64)
    if root.max() == 0:
        return np.asarray(kept, bool)
    for at in np.argsort(-long, kind="stable"):
        one, other = root[pairs[at]]
        if one != other:
            kept[at] = True
            root[root == other] = one
    return np.asarray(kept, bool)


def _graph(pairs: Ints, many: int) -> coo_matrix:
    return coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(many, many))
