"""Areas, lengths and distances in metres; the one place where they are computed.

Shapes are stored in degrees (EPSG:4326). Each community has a metric system: CGCS2000 Gauss-Krüger in three-degree
zones in China, UTM
elsewhere. Figures are those on the ground: the projection's own scale at the place is divided out again, so they agree with the
ellipsoid to about a millionth (``tests/territory/test_geometry.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj, Transformer

from linli.territory.rules.crs import STORED, Floats, Shapes, moved


def metric_epsg(lon: float, lat: float) -> int:
    """EPSG number of the metric system for a community at this place (degrees)."""
    if 73.5 <= lon < 136.5 and 3.0 <= lat <= 54.0:
        return 4534 + round((lon - 75.0) / 3.0)
    if abs(lat) >= 84.0:
        return 32661 if lat > 0 else 32761
    zone = min(60, max(1, int((lon + 180.0) // 6.0) + 1))
    return (32600 if lat >= 0 else 32700) + zone


@cache
def _forth(epsg: int) -> Transformer:
    return Transformer.from_crs(STORED, f"EPSG:{epsg}", always_xy=True)


@cache
def _projection(epsg: int) -> Proj:
    return Proj(f"EPSG:{epsg}")


def to_metric(shapes: Shapes | Sequence[object], epsg: int) -> Shapes:
    """Shapes in degrees as shapes in metres (easting first)."""
    return moved(as_shapes(shapes), lambda x, y: _forth(epsg).transform(x, y))


def to_degrees(shapes: Shapes | Sequence[object], epsg: int) -> Shapes:
    """Shapes in metres of ``epsg`` as shapes in degrees."""
    return moved(as_shapes(shapes), lambda x, y: _forth(epsg).transform(x, y, direction="INVERSE"))


def areas_m2(shapes: Shapes | Sequence[object], epsg: int) -> Floats:
    """Areas on the ground, in square metres, of shapes in degrees. Lines and points have none."""
    shapes = as_shapes(shapes)
    if not len(shapes):
        return np.zeros(0)
    return np.asarray(shapely.area(to_metric(shapes, epsg)) / _areal_scale(shapes, epsg), dtype=np.float64)


def lengths_m(shapes: Shapes | Sequence[object], epsg: int) -> Floats:
    """Lengths on the ground, in metres, of lines (or outlines) in degrees."""
    shapes = as_shapes(shapes)
    if not len(shapes):
        return np.zeros(0)
    # The projections used are conformal: lengths scale by the square root of areas.
    return np.asarray(shapely.length(to_metric(shapes, epsg)) / np.sqrt(_areal_scale(shapes, epsg)), dtype=np.float64)


def distances_m(one: Shapes | Sequence[object], other: Shapes | Sequence[object], epsg: int) -> Floats:
    """Shortest distances on the ground, in metres, between shapes in degrees, pair by pair."""
    one, other = as_shapes(one), as_shapes(other)
    plane = shapely.distance(to_metric(one, epsg), to_metric(other, epsg))
    return np.asarray(plane / np.sqrt(_areal_scale(one, epsg)), dtype=np.float64)


def _areal_scale(shapes: Shapes, epsg: int) -> Floats:
    middle = shapely.centroid(shapes)
    lon, lat = np.nan_to_num(shapely.get_x(middle)), np.nan_to_num(shapely.get_y(middle))
    return np.asarray(_projection(epsg).get_factors(lon, lat).areal_scale, dtype=np.float64)


def as_shapes(shapes: Iterable[object]) -> Shapes:
    """An object array of shapes from any series of them."""
    if isinstance(shapes, np.ndarray):
        return shapes
    series = list(shapes)
    array: Shapes = np.empty(len(series), dtype=object)
    array[:] = series
    return array


def to_wkb(shapes: Shapes | Sequence[object]) -> list[bytes]:
    """Two-dimensional little-endian WKB, as stored."""
    return [bytes(value) for value in shapely.to_wkb(as_shapes(shapes), output_dimension=2, byte_order=1)]


def from_wkb(values: Iterable[bytes | memoryview]) -> Shapes:
    """Shapes from stored WKB (PostgreSQL hands out memory views)."""
    return as_shapes(shapely.from_wkb(as_shapes([bytes(value) for value in values])))


def bounds(shapes: Shapes | Sequence[object]) -> NDArray[np.float64]:
    """West, south, east, north of each shape, one row for each."""
    return np.asarray(shapely.bounds(as_shapes(shapes)), dtype=np.float64).reshape(-1, 4)


def tidy(shapes: Shapes) -> Shapes:
    """Degrees rounded to 1e-9 (a tenth of a millimetre), so that the same file always gives the same bytes."""
    return moved(shapes, lambda x, y: (np.round(x, 9), np.round(y, 9)))
