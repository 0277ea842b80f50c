"""Shapes for maps. Where grids, streets and buildings lie is no secret within the community; what is known about
them is scoped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from linli.territory.models import Building, Community, Feature, FeatureKind
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import as_shapes, from_wkb, to_metric
from linli.territory.versions import shapes_of, version_on
from linli.trust import Actor


@dataclass(frozen=True)
class PlaceRow:
    """A boundary, street line, plot, water or counter. ``shape`` in degrees; ``details``: e.g. a counter's
    ``interval_minutes``."""

    kind: str
    code: str
    name: dict[str, str]
    details: dict[str, Any]
    shape: Any


@dataclass(frozen=True)
class MapShapes:
    """Everything a map of the community shows, in metres of its own system.

    ``grids``: (id, label, outline) by number; ``streets`` and their ``street_names`` (by language, may be empty): longest first;
    ``buildings``: largest first.
    """

    grids: list[tuple[UUID, str, Any]]
    boundary: Any | None
    buildings: Shapes
    streets: Shapes
    street_names: list[dict[str, str]]
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


def counter_sites(*, viewer: Actor, community: UUID) -> list[dict[str, Any]]:
    """Counters on the map of the territory's file, with what one is set up with: code, name, lon, lat, interval_minutes."""
    return [
        {
            "code": place.code,
            "name": place.name or {"en": place.code, "zh-Hans": place.code},
            "lon": float(place.shape.centroid.x),
            "lat": float(place.shape.centroid.y),
            "interval_minutes": int(place.details.get("interval_minutes") or 60),
        }
        for place in counter_places(viewer=viewer, community=community).values()
    ]


def map_shapes(
    *, viewer: Actor, community: UUID, on: date | None = None, plots: bool = True, buildings: int = 400, streets: int = 300
) -> MapShapes:
    """The shapes of a map as of a date; of streets and buildings at most so many: a map of thousands is slow and unreadable.

    Empty where the viewer doesn't see the community or nothing is known yet.
    """
    nothing = as_shapes([])
    empty = MapShapes([], None, nothing, nothing, [], nothing, nothing)
    if not viewer.sees_community(community):
        return empty
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    if epsg is None:
        return empty
    version = version_on(community, on)
    ids, labels, outlines = shapes_of(version) if version else ([], [], nothing)
    features: dict[str, list[tuple[dict[str, str], bytes | memoryview]]] = {kind.value: [] for kind in FeatureKind}
    rows = Feature.objects.filter(community_id=community).exclude(kind=FeatureKind.COUNTER.value).order_by("id")
    if not plots:
        rows = rows.exclude(kind=FeatureKind.PLOT.value)
    for kind, name, shape in rows.values_list("kind", "name", "shape"):
        features[kind].append((name, shape))
    metric = {kind: to_metric(from_wkb(shape for _, shape in found), epsg) for kind, found in features.items()}
    edge = metric[FeatureKind.BOUNDARY.value]
    lines = metric[FeatureKind.STREET.value]
    longest = np.argsort(-shapely.length(lines), kind="stable")[:streets]
    largest = Building.objects.filter(community_id=community).order_by("-area_m2", "id").values_list("footprint", flat=True)
    return MapShapes(
        list(zip(ids, labels, to_metric(outlines, epsg), strict=True)),
        shapely.union_all(edge) if len(edge) else None,
        to_metric(from_wkb(largest[:buildings]), epsg),
        lines[longest],
        [features[FeatureKind.STREET.value][at][0] for at in longest.tolist()],
        metric[FeatureKind.WATER.value],
        metric[FeatureKind.PLOT.value],
    )
