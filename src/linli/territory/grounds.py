"""The cells that a draft is drawn with: cut from buildings, streets and plots, and along the borders that stand.

Reads; writes nothing and opens no transaction. What it finds is handed to a command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import shapely
from shapely import STRtree

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.territory.models import Community, Feature, FeatureKind
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import areas_m2, as_shapes, from_wkb, tidy, to_degrees, to_metric
from linli.territory.rules.sheets import NOWHERE, Ints
from linli.territory.store import buildings_of
from linli.territory.versions import boundary_of

if TYPE_CHECKING:
    from linli.methods.division.ground import Ground

NO_GROUND = sentence(
    "territory.no_ground", "Grids are drawn around buildings, and no usable building is known within the boundary."
)
NO_GROUND_REMEDY = sentence("territory.no_ground_remedy", "Take in a file with the buildings first.")


BORDER = 1.0
"""A border that stands keeps grids apart as much as a main road does."""
STEP_M, SAME_M = 0.001, 0.5


@dataclass(frozen=True)
class Laid:
    """n cells. ``shapes`` in degrees; ``buildings``: ids by cell; ``parts``: from the outlines given; ``block``: between streets.

    ``borders``: ``(cell, cell, metres, crossing)``.
    """

    shapes: Shapes
    areas: list[float]
    buildings: list[list[UUID]]
    parts: Ints
    block: Ints
    borders: list[tuple[int, int, float, float]]
    epsg: int


def lay(community: UUID, outlines: Shapes | Sequence[Any] = ()) -> Laid:
    """Cells of the community; each belongs to the part (1, 2, …) of the outline in ``outlines`` (degrees) that it lies in.

    Without outlines all cells are part 1. BadInput where there is no building to cut cells around.
    """
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    ids, _, footprints = buildings_of(community)
    if epsg is None or not ids:
        raise BadInput(NO_GROUND, remedy=NO_GROUND_REMEDY)
    drawn = to_metric(as_shapes(outlines), epsg) if len(outlines) else as_shapes([])
    ground = _ground(community, epsg, to_metric(footprints, epsg), drawn)
    shapes = tidy(to_degrees(ground.cells, epsg))
    held: list[list[UUID]] = [[] for _ in range(len(ground))]
    for building, cell in zip(ids, ground.cell_of.tolist(), strict=True):
        if cell >= 0:
            held[cell].append(building)
    borders = [
        (int(one), int(other), round(float(metres), 2), round(float(cost), 3))
        for (one, other), metres, cost in zip(ground.pairs, ground.borders, ground.crossing, strict=True)
    ]
    areas = [round(float(area), 1) for area in areas_m2(shapes, epsg)]
    return Laid(shapes, areas, held, _parts(ground, drawn), ground.blocks + 1, borders, epsg)


def _ground(community: UUID, epsg: int, buildings: Shapes, drawn: Shapes) -> Ground:
    # Imported where cells are cut: it brings the compiler along, which takes a second that few processes need.
    from linli.methods.division.ground import NoGround, cells, rank_of

    def features(kind: FeatureKind) -> Shapes:
        found = Feature.objects.filter(community_id=community, kind=kind.value).order_by("id")
        return to_metric(from_wkb(found.values_list("shape", flat=True)), epsg)

    edge = boundary_of(community)
    boundary = to_metric(as_shapes([edge]), epsg)[0] if edge is not None else None
    if boundary is None and len(drawn):
        boundary = shapely.union_all(drawn)
    kinds = Feature.objects.filter(community_id=community, kind=FeatureKind.STREET.value).order_by("id")
    found = [rank_of(str(details.get("kind", ""))) for details in kinds.values_list("details", flat=True)]
    taken = [at for at, rank in enumerate(found) if rank is not None]
    streets, known = features(FeatureKind.STREET)[taken], np.asarray([found[at] for at in taken], dtype=np.float64)
    # A border that stands is a street of the first rank here: so no cell lies on both sides of it. Where it runs along the edge,
    # or a street along it, one line is enough: of two that all but coincide slivers would be left.
    standing = shapely.union_all(shapely.boundary(drawn), grid_size=STEP_M) if len(drawn) else None
    if standing is not None:
        if boundary is not None:
            standing = shapely.difference(standing, shapely.buffer(shapely.boundary(boundary), SAME_M))
        streets = shapely.difference(streets, shapely.buffer(standing, SAME_M))
        left = ~shapely.is_empty(streets)
        streets, known = streets[left], known[left]
    lines = as_shapes([*streets, *([standing] if standing is not None else [])])
    ranks = [*known, *([BORDER] * (len(lines) - len(streets)))]
    try:
        return cells(buildings, lines, boundary, features(FeatureKind.PLOT), ranks=ranks)
    except NoGround as fault:
        raise BadInput(NO_GROUND, remedy=NO_GROUND_REMEDY) from fault


def _parts(ground: Ground, drawn: Shapes) -> Ints:
    """For each cell the outline (from 1 on) that holds most of it; none holds it where less than half lies in any."""
    if not len(drawn):
        return np.ones(len(ground), dtype=np.int64)
    parts = np.full(len(ground), NOWHERE, dtype=np.int64)
    most = shapely.area(ground.cells) / 2
    cell, outline = STRtree(drawn).query(ground.cells, predicate="intersects")
    shared = shapely.area(shapely.intersection(ground.cells[cell], drawn[outline]))
    for at, one, area in zip(cell.tolist(), outline.tolist(), shared.tolist(), strict=True):
        if area > most[at]:
            parts[at], most[at] = one + 1, area
    return parts
