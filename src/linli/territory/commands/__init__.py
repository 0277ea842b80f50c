"""Every write to the territory."""

from __future__ import annotations

from linli.territory.commands.communities import add_community, record_area
from linli.territory.commands.dwellings import add_dwelling, add_dwellings, drop_dwellings, import_dwellings
from linli.territory.commands.files import import_territory
from linli.territory.commands.grids import grid_from_points, publish_grids
from linli.territory.reports import NewDwelling

__all__ = [
    "NewDwelling",
    "add_community",
    "add_dwelling",
    "add_dwellings",
    "drop_dwellings",
    "grid_from_points",
    "import_dwellings",
    "import_territory",
    "publish_grids",
    "record_area",
]
