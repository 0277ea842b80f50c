"""Grids as of a date, their outlines, and the grid that a point lies in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Count
from numpy.typing import NDArray
from shapely import STRtree

from linli.kernel.errors import NotFound
from linli.territory.models import BuildingGrid, Community, GridShape, GridVersion, LayerKind, VersionState
from linli.territory.rules.geometry import from_wkb, to_metric
from linli.territory.versions import shapes_of, version_on
from linli.trust import NOT_FOUND, Actor

NEAR_M = 0.5
SHARED_M = 10.0
"""Grids that meet in less than this many metres of border only touch at a corner."""


@dataclass(frozen=True)
class GridRow:
    """A grid: ``id`` is its lasting zone's, ``label`` its number ("07"), ``shape`` in degrees where it was asked for."""

    id: UUID
    label: str
    name: dict[str, str]
    area_m2: float
    buildings: int = 0
    shape: Any = None


@dataclass(frozen=True)
class VersionRow:
    """One version of the people-grids; half-open dates."""

    id: UUID
    state: str
    valid_from: date | None
    valid_to: date | None
    grids: int


def grids(
    *, viewer: Actor, community: UUID, on: date | None = None, shapes: bool = False, kind: LayerKind = LayerKind.PEOPLE
) -> list[GridRow]:
    """The grids of a layer within scope as of a date (None: today), by number."""
    if not viewer.sees_community(community):
        return []
    version = version_on(community, on, kind)
    if version is None:
        return []
    rows = GridShape.objects.filter(version_id=version).order_by("grid__label")
    if viewer.grids is not None:
        rows = rows.filter(grid_id__in=viewer.grids)
    held = dict(BuildingGrid.objects.filter(version_id=version).values_list("grid_id").annotate(Count("id")))
    columns = ["grid_id", "grid__label", "grid__zone__name", "area_m2", *(["shape"] if shapes else [])]
    found = list(rows.values_list(*columns))
    outlines = from_wkb(row[4] for row in found) if shapes else [None] * len(found)
    return [
        GridRow(row[0], row[1], row[2], row[3], held.get(row[0], 0), outline)
        for row, outline in zip(found, outlines, strict=True)
    ]


def grid(*, viewer: Actor, community: UUID, label: str, on: date | None = None) -> GridRow:
    """One grid by its number, with its outline; NotFound where there is none within scope on that date."""
    row = next((row for row in grids(viewer=viewer, community=community, on=on, shapes=True) if row.label == label), None)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def neighbours(*, viewer: Actor, community: UUID, grid: UUID, on: date | None = None) -> list[str]:
    """Numbers of the grids that share a stretch of border with this one, by number.

    Where grids lie is public, so neighbours out of scope are named too.
    """
    version = version_on(community, on) if viewer.sees_community(community) else None
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    if version is None or epsg is None:
        return []
    ids, labels, outlines = shapes_of(version)
    if grid not in ids:
        return []
    plane, mine = to_metric(outlines, epsg), ids.index(grid)
    shared = shapely.length(shapely.intersection(shapely.boundary(plane), shapely.buffer(plane[mine], NEAR_M)))
    return [label for at, label in enumerate(labels) if shared[at] >= SHARED_M and at != mine]


def grid_of_points(
    *, viewer: Actor, community: UUID, lon: Sequence[float] | NDArray[np.float64], lat: Sequence[float] | NDArray[np.float64],
    on: date | None = None,
) -> list[UUID | None]:  # fmt: skip
    """The grid of each point (degrees) as of a date, None outside all grids, or outside the viewer's. NaN is outside."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    result: list[UUID | None] = [None] * len(x)
    version = version_on(community, on) if viewer.sees_community(community) else None
    if version is None or not len(x):
        return result
    ids, _, outlines = shapes_of(version)
    real = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    at, inside = STRtree(outlines).query(shapely.points(x[real], y[real]), predicate="intersects")
    # On a border, or where grids overlap, the lower number has it: always the same one.
    for point, index in sorted(zip(real[at].tolist(), inside.tolist(), strict=True), reverse=True):
        if viewer.sees_grid(ids[index]):
            result[point] = ids[index]
    return result


def versions(*, viewer: Actor, community: UUID) -> list[VersionRow]:
    """All versions of the people-grids but drafts, newest first."""
    if not viewer.sees_community(community):
        return []
    found = GridVersion.objects.filter(community_id=community, layer__kind=LayerKind.PEOPLE).exclude(state=VersionState.DRAFT)
    found = found.annotate(count=Count("shapes")).order_by("-id")
    return [VersionRow(row.id, VersionState(row.state).value, row.valid_from, row.valid_to, row.count) for row in found]
