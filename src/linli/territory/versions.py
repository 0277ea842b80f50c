"""Versions of a layer of grids: made, checked, put into force, and the buildings that belong to each. Called inside commands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from django.utils import timezone

from linli.territory.models import (
    BuildingGrid,
    Feature,
    FeatureKind,
    Grid,
    GridLayer,
    GridShape,
    GridVersion,
    LayerKind,
    VersionState,
)
from linli.territory.rules.crs import Shapes
from linli.territory.rules.divisions import SINCE_ALWAYS
from linli.territory.rules.faults import Fault
from linli.territory.rules.geometry import areas_m2, bounds, from_wkb, to_wkb
from linli.territory.rules.validator import assign_buildings, check_grids
from linli.territory.store import Names, buildings_of
from linli.trust import SYSTEM, Actor, ZoneKind, add_zone, grids_of, rename_zone

_ZONES = {
    LayerKind.PEOPLE: (ZoneKind.GRID, ""),
    LayerKind.UNIT: (ZoneKind.SECTOR, "U"),
    LayerKind.DEDICATED: (ZoneKind.SECTOR, "D"),
}
"""What the zones of a layer's grids are, and what their codes begin with, so that those of one community differ."""


@dataclass
class Made:
    """A version: new or the one that was there already, its state, and what is wrong with its outlines."""

    id: UUID
    state: str
    is_new: bool
    faults: list[Fault] = field(default_factory=list)


def new_version(
    by: Actor,
    community: UUID,
    labels: Sequence[str],
    names: Sequence[Names],
    shapes: Shapes,
    epsg: int,
    valid_from: date | None = None,
    kind: LayerKind = LayerKind.PEOPLE,
) -> Made:
    """Grids and their outlines as a version. The first of a layer is in force at once (from ``valid_from``, else
    always); a later one
    waits, checked, for ``publish_grids``. The same outlines as the newest version's make no new one."""
    layer, _ = GridLayer.objects.get_or_create(community_id=community, kind=kind.value)
    wkb = to_wkb(shapes)
    parts = sorted(zip(labels, wkb, strict=True))
    digest = hashlib.sha256(b"".join(label.encode() + shape for label, shape in parts)).hexdigest()
    grids = grids_called(by, community, layer, labels, names)
    newest = GridVersion.objects.filter(layer=layer).exclude(state=VersionState.DRAFT).order_by("-id").first()
    if newest and newest.digest == digest:
        return Made(newest.id, newest.state, is_new=False)
    faults = check_grids(labels, shapes, boundary_of(community), epsg)
    version = GridVersion.objects.create(
        community_id=community,
        layer=layer,
        digest=digest,
        state=(VersionState.CHECKED if newest else VersionState.PUBLISHED).value,
        valid_from=None if newest else (valid_from or SINCE_ALWAYS),
    )
    put_shapes(version, [grids[label] for label in labels], shapes, epsg)
    return Made(version.id, version.state, is_new=True, faults=faults)


def put_shapes(version: GridVersion, grids: Sequence[Grid], shapes: Shapes, epsg: int) -> None:
    """Write the outlines (degrees) of a version's grids."""
    areas, boxes, wkb = areas_m2(shapes, epsg), bounds(shapes), to_wkb(shapes)
    GridShape.objects.bulk_create(
        GridShape(
            community_id=version.community_id,
            version=version,
            grid=grid,
            shape=wkb[at],
            area_m2=round(float(areas[at]), 1),
            **dict(zip(("west", "south", "east", "north"), (float(edge) for edge in boxes[at]), strict=True)),
        )
        for at, grid in enumerate(grids)
    )


def grids_called(by: Actor, community: UUID, layer: GridLayer, labels: Sequence[str], names: Sequence[Names]) -> dict[str, Grid]:
    """A layer's grids by label; those that are new are made, with their zones, those whose name differs are named so."""
    grids = {grid.label: grid for grid in Grid.objects.filter(layer=layer)}
    kind, before = _ZONES[LayerKind(layer.kind)]
    zones = {zone.code: zone for zone in grids_of(viewer=SYSTEM, community=community, kind=kind)}
    for label, name in zip(labels, names, strict=True):
        zone = zones.get(f"{before}{label}")
        if zone is None:
            zone_id = add_zone(by=by, kind=kind, code=f"{before}{label}", name=name, parent=community)
        else:
            zone_id = zone.id
            if name and dict(zone.name) != name:
                rename_zone(by=by, community=community, zone=zone_id, name=name)
        if label not in grids:
            grids[label] = Grid.objects.create(zone_id=zone_id, community_id=community, layer=layer, label=label)
    return grids


def boundary_of(community: UUID) -> Any | None:
    """The community's boundary in degrees, or None where none is known."""
    shapes = from_wkb(
        Feature.objects.filter(community_id=community, kind=FeatureKind.BOUNDARY.value).values_list("shape", flat=True)
    )
    return shapely.union_all(shapes) if len(shapes) else None


def shapes_of(version: UUID) -> tuple[list[UUID], list[str], Shapes]:
    """Grid ids, labels and outlines of a version, by label."""
    rows = list(
        GridShape.objects.filter(version_id=version).order_by("grid__label").values_list("grid_id", "grid__label", "shape")
    )
    return [row[0] for row in rows], [row[1] for row in rows], from_wkb(row[2] for row in rows)


def assign_buildings_to(community: UUID, epsg: int, *, also: UUID | None = None) -> list[Fault]:
    """Work out each building's grid in every published version and in ``also``; write what differs.

    Returns the faults (cut buildings, buildings in no grid) of ``also``, else of the version in force.
    """
    published = GridVersion.objects.filter(community_id=community, state=VersionState.PUBLISHED).order_by("valid_from")
    kinds: dict[UUID, str] = dict(published.values_list("id", "layer__kind"))
    ids = [*kinds] if also is None or also in kinds else [*kinds, also]
    told = also or next((version for version in reversed(ids) if kinds[version] == LayerKind.PEOPLE), None)
    buildings, names, footprints = buildings_of(community)
    faults: list[Fault] = []
    for version in ids:
        grids, labels, outlines = shapes_of(version)
        found = assign_buildings(names, footprints, labels, outlines, epsg)
        wanted = {building: grids[at] for building, at in zip(buildings, found.grid, strict=True) if at >= 0}
        _write_assignment(community, version, wanted)
        if version == told:
            faults = found.faults
    return faults


def _write_assignment(community: UUID, version: UUID, wanted: dict[UUID, UUID]) -> None:
    rows = {row.building_id: row for row in BuildingGrid.objects.filter(version_id=version)}
    gone = [row.id for building, row in rows.items() if building not in wanted]
    BuildingGrid.objects.filter(id__in=gone).delete()
    moved = [row for building, row in rows.items() if building in wanted and row.grid_id != wanted[building]]
    for row in moved:
        row.grid_id = wanted[row.building_id]
    BuildingGrid.objects.bulk_update(moved, ["grid"], batch_size=300)
    BuildingGrid.objects.bulk_create(
        (
            BuildingGrid(community_id=community, version_id=version, building_id=building, grid_id=grid)
            for building, grid in wanted.items()
            if building not in rows
        ),
        batch_size=1000,
    )


def newest_version(community: UUID) -> UUID | None:
    """The newest version of the people-grids that is no draft any more, in force or not."""
    found = GridVersion.objects.filter(community_id=community, layer__kind=LayerKind.PEOPLE.value).order_by("-id")
    return found.exclude(state=VersionState.DRAFT).values_list("id", flat=True).first()


def version_on(community: UUID, on: date | None, kind: LayerKind = LayerKind.PEOPLE) -> UUID | None:
    """The version of a layer that is in force on a day (None: today, where the community lies)."""
    on = on or timezone.localdate()
    found = GridVersion.objects.filter(community_id=community, layer__kind=kind.value, state=VersionState.PUBLISHED.value)
    found = found.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    return found.order_by("-valid_from").values_list("id", flat=True).first()
