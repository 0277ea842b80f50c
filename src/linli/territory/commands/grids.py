"""Squares laid from points, where nobody has divided the territory yet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.territory.models import Community, GridVersion
from linli.territory.reports import GridReport
from linli.territory.rules.divisions import free_labels
from linli.territory.rules.geometry import as_shapes, metric_epsg
from linli.territory.rules.squares import squares_over
from linli.territory.versions import assign_buildings_to, new_version
from linli.trust import Actor, Permission, command, record

NO_POINTS = sentence("territory.no_points", "There are no points to lay grids over.")
NO_POINTS_REMEDY = sentence("territory.no_points_remedy", "Take in reported matters with coordinates first.")
BAD_CELL = sentence("territory.bad_cell", "A square of %(metres)s m is not between 50 m and 5,000 m.")
BAD_CELL_REMEDY = sentence("territory.bad_cell_remedy", "500 m suits a town.")
HAS_GRIDS = sentence(
    "territory.has_grids", "The community has grids already; squares are for territories that nobody has divided."
)


@command("territory.grid_from_points", may=Permission.TERRITORY_EDIT)
def grid_from_points(*, by: Actor, community: UUID, points: Sequence[tuple[float, float]], cell_m: int = 500) -> GridReport:
    """Lay squares of ``cell_m`` metres over ``points`` (longitude, latitude); only squares with a point in them become grids.

    Points more than 50 km from their middle are left out and counted. Conflict where the community has grids.
    """
    if not 50 <= cell_m <= 5000:
        raise BadInput(BAD_CELL, remedy=BAD_CELL_REMEDY, metres=cell_m)
    if GridVersion.objects.filter(community_id=community).exists():
        raise Conflict(HAS_GRIDS)
    lonlat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if not len(lonlat):
        raise BadInput(NO_POINTS, remedy=NO_POINTS_REMEDY)
    mine, _ = Community.objects.get_or_create(zone_id=community)
    if mine.metric_crs is None:
        middle = np.median(lonlat, axis=0)
        mine.metric_crs = metric_epsg(float(middle[0]), float(middle[1]))
        mine.save(update_fields=["metric_crs"])
    squares, left_out = squares_over(lonlat, cell_m, mine.metric_crs)
    labels = free_labels(len(squares))
    names: list[dict[str, str]] = [{} for _ in labels]
    made = new_version(by, community, labels, names, as_shapes(squares), mine.metric_crs)
    assign_buildings_to(community, mine.metric_crs)
    record("territory.grid_version", ids=[made.id], counts={"grids": len(labels), "points": len(lonlat), "left_out": left_out})
    return GridReport(len(labels), len(lonlat), left_out, made.id, made.state)
