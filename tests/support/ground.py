"""Ground under a test's feet: two square grids side by side and one building, without a file."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shapely.geometry import box

from linli.territory.models import (
    Building,
    BuildingGrid,
    Community,
    Grid,
    GridLayer,
    GridShape,
    GridVersion,
    VersionState,
)
from tests.support.zones import add_grid

WEST, SOUTH, SIDE = 121.30, 31.20, 0.01
IN_01, IN_02, NOWHERE = (121.305, 31.205), (121.315, 31.205), (121.5, 31.5)
BUILDING = "柳荫苑3号楼"


def lay(community: UUID, *, zone: str = "Asia/Shanghai", calendar: str = "CN", grids: bool = True) -> dict[str, UUID]:
    """Grids 01 and 02 and, in 01, the building :data:`BUILDING`. Returns the zone of each grid by label."""
    Community.objects.get_or_create(zone_id=community, defaults={"time_zone": zone, "calendar": calendar, "metric_crs": 32651})
    if not grids:
        return {}
    layer = GridLayer.objects.create(community_id=community)
    version = GridVersion.objects.create(
        community_id=community, layer=layer, state=VersionState.PUBLISHED.value, valid_from=date(2000, 1, 3), digest="0" * 64
    )
    zones = {}
    for number, label in enumerate(("01", "02")):
        zones[label] = add_grid(community, label)
        grid = Grid.objects.create(zone_id=zones[label], community_id=community, layer=layer, label=label)
        edges = (WEST + number * SIDE, SOUTH, WEST + (number + 1) * SIDE, SOUTH + SIDE)
        GridShape.objects.create(
            community_id=community, version=version, grid=grid, shape=box(*edges).wkb, area_m2=1e6,
            west=edges[0], south=edges[1], east=edges[2], north=edges[3],
        )  # fmt: skip
    lon, lat = IN_01
    footprint = box(lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)
    building = Building.objects.create(
        community_id=community, source_key="b1", name=BUILDING, footprint=footprint.wkb, lon=lon, lat=lat, area_m2=400.0,
        west=lon - 1e-4, south=lat - 1e-4, east=lon + 1e-4, north=lat + 1e-4,
    )  # fmt: skip
    BuildingGrid.objects.create(community_id=community, version=version, building=building, grid_id=zones["01"])
    return zones
