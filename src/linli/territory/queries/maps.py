"""Shapes for maps. Where grids, streets and buildings lie is no secret within the community; what is known about them is scoped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely

from linli.territory.models import Building, Community, Feature, FeatureKind
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import as_shapes, from_wkb, to_metric
from linli.territory.versions import shapes_of, version_on
from linli.trust import Actor


@dataclass(frozen=True)
class PlaceRow:
    """A boundary, street line, plot, water or counter. ``shape`` in degrees; ``details``: e.g. a counter's ``interval_minutes``."""

    kind: str
    code: str
    name: dict[str, str]
    details: dict[str, Any]
    shape: Any


@dataclass(frozen=True)
class MapShapes:
    """Everything a map of the community shows, in metres of its own system. ``grids``: (id, label, outline) by number."""

    grids: list[tuple[UUID, str, Any]]
    boundary: Any | None
    buildings: Shapes
    streets: Shapes
    water: Shapes
    plots: Shapes


def context_features(*, viewer: Actor, community: UUID, kind: str | None = None) -> list[PlaceRow]:
    """What lies in the territory besides buildings and grids: ``boundary``, ``street``, ``plot``, ``water``, ``counter``."""
    if not viewer.sees_community(community):
        return []
    rows = Feature.objects.filter(community_id=community).order_by("kind", "code", "id")
    if kind:
        rows = rows.filter(kind=FeatureKind(kind).value)
    found = list(rows.values_list("kind", "code", "name", "details", "shape"))
    shapes = from_wkb(row[4] for row in found)
    return [PlaceRow(*row[:4], shape) for row, shape in zip(found, shapes, strict=True)]


def counter_places(*, viewer: Actor, community: UUID) -> dict[str, PlaceRow]:
    """Where counters stand, by code."""
    return {row.code: row for row in context_features(viewer=viewer, community=community, kind="counter") if row.code}


def map_shapes(*, viewer: Actor, community: UUID, on: date | None = None, plots: bool = True) -> MapShapes:
    """The shapes of a map as of a date, in metres. Empty where the viewer doesn't see the community or nothing is known yet."""
    nothing = as_shapes([])
    empty = MapShapes([], None, nothing, nothing, nothing, nothing)
    if not viewer.sees_community(community):
        return empty
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    if epsg is None:
        return empty
    version = version_on(community, on)
    ids, labels, outlines = shapes_of(version) if version else ([], [], nothing)
    kinds = [FeatureKind.BOUNDARY, FeatureKind.STREET, FeatureKind.WATER, *([FeatureKind.PLOT] if plots else [])]
    features: dict[str, list[bytes]] = {kind.value: [] for kind in FeatureKind}
    for kind, shape in Feature.objects.filter(community_id=community, kind__in=kinds).order_by("id").values_list("kind", "shape"):
        features[kind].append(shape)
    metric = {kind: to_metric(from_wkb(shapes), epsg) for kind, shapes in features.items()}
    edge = metric[FeatureKind.BOUNDARY.value]
    footprints = from_wkb(Building.objects.filter(community_id=community).order_by("id").values_list("footprint", flat=True))
    return MapShapes(
        list(zip(ids, labels, to_metric(outlines, epsg), strict=True)),
        shapely.union_all(edge) if len(edge) else None,
        to_metric(footprints, epsg),
        metric[FeatureKind.STREET.value],
        metric[FeatureKind.WATER.value],
        metric[FeatureKind.PLOT.value],
    )
