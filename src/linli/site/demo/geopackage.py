"""The surveyor's GeoPackage: degrees of CGCS2000, and bytes that don't depend on the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from linli.site.demo.plan import Plan

CRS = "EPSG:4490"
STAMP = "2026-01-01T00:00:00.000Z"


def write_territory(plan: Plan, path: Path) -> None:
    """Write all layers; an older file of that name is replaced."""
    path.unlink(missing_ok=True)
    homes = plan.buildings
    layers: list[tuple[str, str, list[Any], dict[str, list[Any]]]] = [
        ("boundary", "Polygon", [plan.boundary], {"name": ["boundary"]}),
        (
            "grids",
            "Polygon",
            [grid.shape for grid in plan.grids],
            {
                "label": [grid.label for grid in plan.grids],
                "name_en": [grid.name_en for grid in plan.grids],
                "name_zh": [grid.name_zh for grid in plan.grids],
            },
        ),
        (
            "streets",
            "LineString",
            [street.line for street in plan.streets],
            {"name": [street.name_zh for street in plan.streets], "name_en": [street.name_en for street in plan.streets]},
        ),
        (
            "plots",
            "Polygon",
            [shape for _, _, shape in plan.plots],
            {"name": [name for name, _, _ in plan.plots], "use": [use for _, use, _ in plan.plots]},
        ),
        ("water", "Polygon", [shape for _, shape in plan.water], {"name": [name for name, _ in plan.water]}),
        (
            "buildings",
            "Polygon",
            [building.shape for building in homes],
            {
                "name": [building.name for building in homes],
                "estate": [building.estate or None for building in homes],
                "number": [str(building.number) if building.number else None for building in homes],
                "street": [building.street or None for building in homes],
                "house_number": [building.house_number or None for building in homes],
                "units": [building.units for building in homes],
                "storeys": [building.storeys for building in homes],
                "use": [building.use for building in homes],
            },
        ),
        (
            "counters",
            "Point",
            [site.point for site in plan.sites],
            {
                "code": [site.code for site in plan.sites],
                "name_en": [site.name_en for site in plan.sites],
                "name_zh": [site.name_zh for site in plan.sites],
                "interval_minutes": [60 for _ in plan.sites],
            },
        ),
    ]
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        for name, kind, shapes, fields in layers:
            if shapes:
                _write_layer(path, name, kind, [plan.lonlat(shape) for shape in shapes], fields)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(path: Path, name: str, kind: str, shapes: list[Any], fields: dict[str, list[Any]]) -> None:
    data = [np.array(values, dtype=np.int32 if isinstance(values[0], int) else object) for values in fields.values()]
    if any(shape.geom_type != kind for shape in shapes):
        kind = f"Multi{kind}"
        shapes = [shape if shape.geom_type == kind else _multi(shape) for shape in shapes]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        data,
        np.array(list(fields)),
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        crs=CRS,
        append=path.exists(),
        promote_to_multi=False,
    )


def _multi(shape: Any) -> Any:
    return {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings}[shape.geom_type]([shape])
