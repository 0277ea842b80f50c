"""Small territories written as real files, for tests that read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from linli.territory.rules.geometry import as_shapes, to_degrees

EPSG = 4550
"""CGCS2000, three-degree zone around 123° east: where the small territory is drawn."""
EAST, NORTH = 500_000.0 - 30_000.0, 3_446_000.0
Way = Callable[[Any], Any]


def box(west: float, south: float, width: float, height: float) -> BaseGeometry:
    """A rectangle in metres from the corner of the small territory, as a shape in degrees."""
    plane = shapely.box(EAST + west, NORTH + south, EAST + west + width, NORTH + south + height)
    return as_degrees(plane)


def polygon(*corners: tuple[float, float]) -> BaseGeometry:
    """A polygon in metres from the corner, valid or not, as a shape in degrees."""
    return as_degrees(shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners]))


def as_degrees(plane: BaseGeometry) -> BaseGeometry:
    shape: BaseGeometry = to_degrees(as_shapes([plane]), EPSG)[0]
    return shape


def write_layer(
    path: Path,
    name: str,
    shapes: Sequence[BaseGeometry],
    columns: Mapping[str, Sequence[Any]] | None = None,
    *,
    crs: str | None = "EPSG:4326",
    kind: str | None = None,
) -> Path:
    """One layer of a file, GeoPackage, GeoJSON or Shapefile by its suffix."""
    columns = columns or {}
    driver = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}[path.suffix]
    pyogrio.raw.write(
        path,
        geometry=np.array(shapely.to_wkb(as_shapes(shapes)), dtype=object),
        field_data=[np.array(list(values), dtype=object) for values in columns.values()],
        fields=list(columns),
        layer=name,
        driver=driver,
        geometry_type=kind or (shapes[0].geom_type if shapes else "Polygon"),
        crs=crs,
        append=path.exists() and path.suffix == ".gpkg",
        encoding="UTF-8",
    )
    return path


def grid_boxes(columns: int = 3, rows: int = 2, side: float = 150.0) -> list[BaseGeometry]:
    """Grids side by side, west to east and north to south, sharing their corners exactly."""
    return [box(c * side, (rows - 1 - r) * side, side, side) for r in range(rows) for c in range(columns)]


def house_boxes(columns: int = 3, rows: int = 2, side: float = 150.0) -> list[BaseGeometry]:
    """Six houses well inside each grid."""
    return [
        box(c * side + 15 + 65 * i, (rows - 1 - r) * side + 12 + 45 * j, 40, 12)
        for r in range(rows)
        for c in range(columns)
        for j in range(3)
        for i in range(2)
    ]


def town(path: Path, way: Way | None = None) -> Path:
    """A whole small territory: boundary, six grids, 36 houses, a street, a canal, a counter. ``way`` moves every shape."""
    move = way or (lambda shape: shape)
    grids, houses = grid_boxes(), house_boxes()
    write_layer(path, "boundary", [move(box(0, 0, 450, 300))], {"name": ["柳荫社区"]})
    labels = [f"{n + 1:02d}" for n in range(len(grids))]
    named = {"label": labels, "name_en": [f"Court {n}" for n in labels], "name_zh": [f"柳荫{n}" for n in labels]}
    write_layer(path, "grids", [move(shape) for shape in grids], named)
    numbers = [str(n + 1) for n in range(len(houses))]
    write_layer(
        path,
        "buildings",
        [move(shape) for shape in houses],
        {
            "name": [f"柳荫苑{n}号楼" for n in numbers],
            "estate": ["柳荫苑"] * len(houses),
            "number": numbers,
            "street": ["桐荫路"] * len(houses),
            "house_number": ["18弄"] * len(houses),
            "units": [2] * len(houses),
            "storeys": [6] * len(houses),
            "use": ["residential"] * len(houses),
        },
    )
    write_layer(
        path,
        "streets",
        [move(as_degrees(shapely.LineString([(EAST, NORTH + 150), (EAST + 450, NORTH + 150)])))],
        {"name": ["桐荫路"]},
    )
    write_layer(path, "water", [move(box(440, 0, 8, 300))], {"name": ["染坊河"]})
    write_layer(
        path,
        "counters",
        [move(as_degrees(shapely.Point(EAST + 10, NORTH + 10)))],
        {"code": ["footbridge"], "name_en": ["Footbridge"], "name_zh": ["人行桥"], "interval_minutes": [60]},
    )
    return path
