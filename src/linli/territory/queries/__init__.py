"""Every read of the territory that leaves the flat; takes its viewer, returns typed rows within their scope."""

from __future__ import annotations

from linli.territory.queries.buildings import (
    BuildingIndex,
    BuildingRow,
    building_grids,
    building_index,
    buildings,
    dwelling_count,
)
from linli.territory.queries.communities import CommunityRow, communities, community, community_zone, faults_of
from linli.territory.queries.grids import GridRow, VersionRow, grid, grid_of_points, grids, neighbours, versions
from linli.territory.queries.maps import MapShapes, PlaceRow, context_features, counter_places, counter_sites, map_shapes

__all__ = [
    "BuildingIndex",
    "BuildingRow",
    "CommunityRow",
    "GridRow",
    "MapShapes",
    "PlaceRow",
    "VersionRow",
    "building_grids",
    "building_index",
    "buildings",
    "communities",
    "community",
    "community_zone",
    "context_features",
    "counter_places",
    "counter_sites",
    "dwelling_count",
    "faults_of",
    "grid",
    "grid_of_points",
    "grids",
    "map_shapes",
    "neighbours",
    "versions",
]
