"""Communities, the areas they lie in, and what is wrong with their territory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from linli.kernel.errors import NotFound
from linli.territory.models import Area, Community
from linli.territory.rules.faults import Fault
from linli.territory.rules.validator import assign_buildings, check_grids
from linli.territory.store import buildings_of
from linli.territory.versions import boundary_of, newest_version, shapes_of
from linli.trust import NOT_FOUND, Actor, communities_of


@dataclass(frozen=True)
class CommunityRow:
    """A community: ``id`` is its zone's. ``metric_crs``: EPSG number, None before the first shape. ``areas``: level,
    code, name today."""

    id: UUID
    code: str
    name: dict[str, str]
    time_zone: str
    calendar: str
    metric_crs: int | None
    areas: list[dict[str, Any]] = field(default_factory=list)


def communities(*, viewer: Actor, on: date | None = None, only: UUID | None = None) -> list[CommunityRow]:
    """The communities within scope, by code, with the codes of their areas as of ``on`` (default: the newest)."""
    zones = {zone.id: zone for zone in communities_of(viewer=viewer) if only in (None, zone.id)}
    areas: dict[UUID, dict[str, dict[str, Any]]] = {}
    for area in Area.objects.filter(community_id__in=zones).order_by("valid_from"):
        if on is None or area.valid_from <= on:
            areas.setdefault(area.community_id, {})[area.level] = {"level": area.level, "code": area.code, "name": area.name}
    mine = {row.zone_id: row for row in Community.objects.filter(zone_id__in=zones)}
    return [
        CommunityRow(
            zone.id,
            zone.code,
            dict(zone.name),
            row.time_zone,
            row.calendar,
            row.metric_crs,
            list(areas.get(zone.id, {}).values()),
        )
        for zone in zones.values()
        for row in (mine.get(zone.id, Community()),)
    ]


def community(*, viewer: Actor, community: UUID) -> CommunityRow:
    """One community; NotFound outside the viewer's scope."""
    row = next((row for row in communities(viewer=viewer, only=community) if row.id == community), None)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def area_names(*, viewer: Actor, community: UUID) -> list[str]:
    """Every name, in any language, that the community and the areas it lies in have or had: people go on writing old ones."""
    own = [zone.name for zone in communities_of(viewer=viewer) if zone.id == community]
    if not own:
        return []
    names = [*own, *Area.objects.filter(community_id=community).values_list("name", flat=True)]
    return sorted({text for name in names for text in dict(name).values() if text})


def faults_of(*, viewer: Actor, community: UUID) -> list[Fault]:
    """Everything wrong with the newest version of the grids as it stands: gaps, overlaps, cut buildings, buildings in no grid."""
    if not viewer.sees_community(community):
        return []
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    version = newest_version(community)
    if epsg is None or version is None:
        return []
    _, labels, outlines = shapes_of(version)
    _, names, footprints = buildings_of(community)
    return (
        check_grids(labels, outlines, boundary_of(community), epsg)
        + assign_buildings(names, footprints, labels, outlines, epsg).faults
    )


def community_zone(*, viewer: Actor, community: UUID) -> str:
    """The community's IANA time zone; NotFound outside the viewer's scope."""
    if not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    mine = Community.objects.filter(zone_id=community).first() or Community()
    return mine.time_zone


def _clock_zone(community: UUID) -> str | None:
    return Community.objects.filter(zone_id=community).values_list("time_zone", flat=True).first()


CLOCK: Callable[[UUID], str | None] = _clock_zone
"""Tells trust which time zone a community keeps (``site.wiring``)."""
