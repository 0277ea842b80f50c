"""Every read of the territory that leaves the flat; takes its viewer, returns typed rows within their scope."""

from __future__ import annotations

from linli.territory.queries.buildings import (
    BuildingIndex,
    BuildingRow,
    DwellingRow,
    building_grids,
    building_index,
    buildings,
    buildings_seen,
    dwelling_count,
    dwellings,
)
from linli.territory.queries.communities import CommunityRow, area_names, communities, community, community_zone, faults_of
from linli.territory.queries.draft_plan import DraftPlan, OutlineRow, Outlines, draft_plan, outlines
from linli.territory.queries.drafts import (
    CellRow,
    Compared,
    DivisionRow,
    DraftRow,
    LineageRow,
    PartRow,
    divisions,
    draft,
    draft_cells,
    draft_faults,
    duties_that_end,
    lineage,
)
from linli.territory.queries.finding import Typed, buildings_by_id, find_buildings, find_dwellings
from linli.territory.queries.grids import GridRow, VersionRow, grid, grid_of_points, grids, neighbours, versions
from linli.territory.queries.loads import Loads, building_loads
from linli.territory.queries.maps import MapShapes, PlaceRow, context_features, counter_places, counter_sites, map_shapes

__all__ = [
    "BuildingIndex",
    "BuildingRow",
    "CellRow",
    "CommunityRow",
    "Compared",
    "DivisionRow",
    "DraftPlan",
    "DraftRow",
    "DwellingRow",
    "GridRow",
    "LineageRow",
    "Loads",
    "MapShapes",
    "OutlineRow",
    "Outlines",
    "PartRow",
    "PlaceRow",
    "Typed",
    "VersionRow",
    "area_names",
    "building_grids",
    "building_index",
    "building_loads",
    "buildings",
    "buildings_by_id",
    "buildings_seen",
    "communities",
    "community",
    "community_zone",
    "context_features",
    "counter_places",
    "counter_sites",
    "divisions",
    "draft",
    "draft_cells",
    "draft_faults",
    "draft_plan",
    "duties_that_end",
    "dwelling_count",
    "dwellings",
    "faults_of",
    "find_buildings",
    "find_dwellings",
    "grid",
    "grid_of_points",
    "grids",
    "lineage",
    "map_shapes",
    "neighbours",
    "outlines",
    "versions",
]
