"""Grids: squares laid from points where nobody has divided the territory yet, and putting a version into force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import numpy as np

from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.words import sentence
from linli.territory.models import Community, GridVersion, VersionState
from linli.territory.reports import GridReport
from linli.territory.rules.divisions import free_labels
from linli.territory.rules.geometry import as_shapes, metric_epsg
from linli.territory.rules.squares import squares_over
from linli.territory.rules.validator import check_grids
from linli.territory.versions import assign_buildings_to, boundary_of, new_version, shapes_of
from linli.trust import NOT_FOUND, Actor, Permission, command, record

NO_POINTS = sentence("territory.no_points", "There are no points to lay grids over.")
NO_POINTS_REMEDY = sentence("territory.no_points_remedy", "Take in reported matters with coordinates first.")
BAD_CELL = sentence("territory.bad_cell", "A square of %(metres)s m is not between 50 m and 5,000 m.")
BAD_CELL_REMEDY = sentence("territory.bad_cell_remedy", "500 m suits a town.")
HAS_GRIDS = sentence(
    "territory.has_grids", "The community has grids already; squares are for territories that nobody has divided."
)
NOT_LATER = sentence("territory.version_not_later", "Grids can begin on a day after %(date)s, when those in force began.")
FAULTY = sentence("territory.faulty", "The grids still have a fault.", "The grids still have %(count)s faults.", count="count")
FAULTY_REMEDY = sentence(
    "territory.faulty_remedy", "Run the check to see them, or give the reason for which they hold nevertheless."
)
PUBLISHED_ALREADY = sentence("territory.published_already", "These grids are in force already.")


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


@command("territory.publish_grids", may=Permission.TERRITORY_EDIT)
def publish_grids(*, by: Actor, community: UUID, version: UUID, valid_from: date, despite_faults: str = "") -> None:
    """Put a checked version into force from a date on; the version before ends on that day, both are kept.

    Conflict where gaps, overlaps, parts beyond the boundary or cut buildings remain and no reason says why they hold
    nevertheless,
    where it is in force already, or where the date is not after the start of the one before. Grids that keep their
    number keep their
    identity.
    """
    new = GridVersion.objects.filter(community_id=community, id=version).first()
    if new is None:
        raise NotFound(NOT_FOUND)
    if new.state == VersionState.PUBLISHED:
        raise Conflict(PUBLISHED_ALREADY)
    before = GridVersion.objects.filter(layer_id=new.layer_id, state=VersionState.PUBLISHED).order_by("-valid_from").first()
    if before and before.valid_from and before.valid_from >= valid_from:
        raise Conflict(NOT_LATER, date=before.valid_from.isoformat())
    epsg = Community.objects.get(zone_id=community).metric_crs
    assert epsg is not None
    _, labels, outlines = shapes_of(new.id)
    faults = check_grids(labels, outlines, boundary_of(community), epsg) + assign_buildings_to(community, epsg, also=new.id)
    blocking = [fault for fault in faults if fault.blocking]
    if blocking and not despite_faults.strip():
        raise Conflict(FAULTY, remedy=FAULTY_REMEDY, count=len(blocking))
    if before:
        before.valid_to = valid_from
        before.save(update_fields=["valid_to"])
    new.state, new.valid_from = VersionState.PUBLISHED.value, valid_from
    new.save(update_fields=["state", "valid_from"])
    record(
        "territory.grid_version",
        ids=[new.id, *([before.id] if before else [])],
        fields=["state", "valid_from", "valid_to"],
        counts={"faults": len(blocking)},
        reason=despite_faults,
    )
