"""Coordinate systems: which may be declared, and the way from each to what Linli stores (EPSG:4326, longitude first).

CGCS2000 is taken as equal to WGS84 (they differ by centimetres). GCJ-02 and BD-09 are the displaced systems of Chinese web maps,
100 to 700 m off; no file says that it is in one of them, so they can only be declared, and nothing is ever guessed.

GCJ-02 and BD-09 after the published formulas (krasovsky ellipsoid, a = 6378245, e² = 0.00669342162296594323); the way back is
a fixed-point iteration on the way there, which ends within a millimetre.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
Pair = tuple[Floats, Floats]

STORED = "EPSG:4326"
GCJ02 = "GCJ-02"
BD09 = "BD-09"
DISPLACED = frozenset({GCJ02, BD09})
SAME_AS_STORED = frozenset({"EPSG:4326", "EPSG:4490", "EPSG:4979", "OGC:CRS84"})

UNKNOWN_CRS = sentence("territory.unknown_crs", "%(crs)s is not a coordinate system that Linli knows.")
NO_CRS = sentence("territory.no_crs", "The file does not say in which coordinate system its places are.")
DECLARE_CRS = sentence(
    "territory.declare_crs",
    "Ask whoever made the file and declare it: --crs WGS84, CGCS2000, GCJ-02, BD-09 or a number such as EPSG:4547.",
)
TWO_CRS = sentence("territory.two_crs", "The file says %(said)s, but %(declared)s was declared.")
TWO_CRS_REMEDY = sentence("territory.two_crs_remedy", "Leave the declaration out if the file is right, or have the file mended.")

_NAMES = {
    "WGS84": "EPSG:4326",
    "CGCS2000": "EPSG:4490",
    "国家2000": "EPSG:4490",
    "GCJ02": GCJ02,
    "火星坐标": GCJ02,
    "BD09": BD09,
    "BD09LL": BD09,
    "百度坐标": BD09,
}
_A = 6378245.0
_EE = 0.00669342162296594323
_X_PI = np.pi * 3000.0 / 180.0


def parse_crs(text: str) -> str:
    """The canonical name of a declared system: ``EPSG:n``, ``GCJ-02`` or ``BD-09``. BadInput for anything unknown."""
    plain = re.sub(r"[\s_\-]", "", text).upper()
    if plain in _NAMES:
        return _NAMES[plain]
    # PROJ also finds systems by likeness of name; a declaration is a number or one of the names above.
    if not re.fullmatch(r"(EPSG|ESRI|OGC):\w+", text.strip(), re.IGNORECASE):
        raise BadInput(UNKNOWN_CRS, remedy=DECLARE_CRS, crs=text)
    return _canonical(text.strip(), shown=text)


def settle_crs(said: str | None, declared: str | None) -> str:
    """The system of a layer from what its file says and what was declared.

    BadInput when neither says anything, or when both do and differ. A displaced system may be declared over WGS84 or
    CGCS2000, since
    no file format has a name for it.
    """
    wanted = parse_crs(declared) if declared else None
    if not said:
        if wanted is None:
            raise BadInput(NO_CRS, remedy=DECLARE_CRS)
        return wanted
    read = _canonical(said, shown=said[:60])
    if wanted is None or wanted == read or {wanted, read} <= SAME_AS_STORED or (wanted in DISPLACED and read in SAME_AS_STORED):
        return wanted or read
    raise BadInput(TWO_CRS, remedy=TWO_CRS_REMEDY, said=read[:60], declared=wanted)


def _canonical(text: str, *, shown: str) -> str:
    try:
        system = CRS.from_user_input(text)
    except CRSError:
        raise BadInput(UNKNOWN_CRS, remedy=DECLARE_CRS, crs=shown) from None
    ellipsoid = system.ellipsoid
    if ellipsoid is not None and abs(ellipsoid.semi_major_metre - _A) < 10_000 and not system.is_geocentric:
        authority = system.to_authority(min_confidence=90)
        # A home-made definition (a local transverse Mercator, say) is as good as one with a number.
        return ":".join(authority) if authority else text
    raise BadInput(UNKNOWN_CRS, remedy=DECLARE_CRS, crs=shown)


def is_rough(crs: str, lon: float, lat: float) -> bool:
    """Whether, at this place, the only known way to WGS84 leaves out the change of datum (Xi'an 1980, say): tens of
    metres off."""
    if crs in DISPLACED or crs in SAME_AS_STORED:
        return False
    datum = CRS.from_user_input(crs).datum
    if datum and datum.name.startswith(("World Geodetic System 1984", "China 2000")):
        return False
    here = AreaOfInterest(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    ways = TransformerGroup(crs, STORED, always_xy=True, area_of_interest=here).transformers
    return not ways or "Ballpark" in ways[0].description


@cache
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, STORED, always_xy=True)


def points_to_stored(x: Floats, y: Floats, crs: str) -> Pair:
    """Longitudes and latitudes in degrees (EPSG:4326) of points in ``crs`` (canonical name, x or longitude first)."""
    if crs in SAME_AS_STORED:
        return x, y
    if crs == GCJ02:
        return gcj02_to_wgs84(x, y)
    if crs == BD09:
        return bd09_to_wgs84(x, y)
    lon, lat = _transformer(crs).transform(x, y)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def to_stored(shapes: Shapes, crs: str) -> Shapes:
    """Shapes of ``crs`` in EPSG:4326, longitude first. Places that have none (outside the system's reach) become infinite."""
    if crs in SAME_AS_STORED:
        return shapes
    return moved(shapes, lambda x, y: points_to_stored(x, y, crs))


def moved(shapes: Shapes, way: Callable[[Floats, Floats], Pair]) -> Shapes:
    """``shapes`` with every vertex sent along ``way``."""

    def columns(xy: Floats) -> Floats:
        return np.column_stack(way(xy[:, 0], xy[:, 1])) if len(xy) else xy

    result: Shapes = shapely.transform(shapes, columns)
    return result


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Displaced as Chinese web maps do it; outside mainland China's box nothing is displaced."""
    inside = _in_box(lon, lat)
    moved_lon, moved_lat = _displace(lon, lat)
    return np.where(inside, moved_lon, lon), np.where(inside, moved_lat, lat)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """The inverse of :func:`wgs84_to_gcj02`, to within a millimetre."""
    inside = _in_box(lon, lat)
    back_lon, back_lat = _invert(_displace, lon, lat)
    return np.where(inside, back_lon, lon), np.where(inside, back_lat, lat)


def wgs84_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """Baidu's system: GCJ-02 displaced once more."""
    return _gcj_to_bd(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """The inverse of :func:`wgs84_to_bd09`, to within a millimetre."""
    return gcj02_to_wgs84(*_invert(_gcj_to_bd, lon, lat))


def _in_box(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return inside


def _invert(way: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats, steps: int = 12) -> Pair:
    # The displacement changes by less than a hundredth over itself, so each step gains two digits.
    guess_lon, guess_lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    for _ in range(steps):
        there_lon, there_lat = way(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - there_lon), guess_lat + (lat - there_lat)
    return guess_lon, guess_lat


def _displace(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = lat / 180.0 * np.pi
    magic = 1.0 - _EE * np.sin(radians) ** 2
    north = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180.0 / (_A / np.sqrt(magic) * np.cos(radians) * np.pi)
    return lon + east, lat + north


def _gcj_to_bd(lon: Floats, lat: Floats) -> Pair:
    radius = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
