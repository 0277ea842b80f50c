from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from linli.kernel.errors import BadInput
from linli.territory.rules import crs

GEOD = Geod(ellps="WGS84")
# Mainland China without the edge of the box in which places are displaced.
LON, LAT = st.floats(73.7, 134.9), st.floats(18.1, 53.5)


def _apart(one: crs.Pair, other: crs.Pair) -> float:
    return float(np.max(GEOD.inv(one[0], one[1], other[0], other[1])[2]))


@given(LON, LAT)
def test_gcj02_and_back_is_within_a_millimetre(lon: float, lat: float) -> None:
    here = (np.array([lon]), np.array([lat]))
    there = crs.wgs84_to_gcj02(*here)
    assert 10 < _apart(here, there) < 1200
    assert _apart(here, crs.gcj02_to_wgs84(*there)) < 0.001


@given(LON, LAT)
def test_bd09_and_back_is_within_a_millimetre(lon: float, lat: float) -> None:
    here = (np.array([lon]), np.array([lat]))
    assert _apart(here, crs.bd09_to_wgs84(*crs.wgs84_to_bd09(*here))) < 0.001


def test_known_places_come_out_as_published() -> None:
    """Tian'anmen as the open-source converters give it (eviltransform, coordtransform): to about a metre."""
    lon, lat = np.array([116.404]), np.array([39.915])
    assert _apart(crs.wgs84_to_gcj02(lon, lat), (np.array([116.41024449916938]), np.array([39.91640428150164]))) < 1
    assert _apart(crs.wgs84_to_bd09(lon, lat), (np.array([116.41662724378733]), np.array([39.922699552216216]))) < 1


def test_nothing_is_displaced_outside_china() -> None:
    prague = (np.array([14.4]), np.array([50.1]))
    assert _apart(prague, crs.wgs84_to_gcj02(*prague)) == 0
    assert _apart(prague, crs.gcj02_to_wgs84(*prague)) == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WGS84", "EPSG:4326"),
        ("wgs 84", "EPSG:4326"),
        ("CGCS2000", "EPSG:4490"),
        ("GCJ-02", "GCJ-02"),
        ("gcj02", "GCJ-02"),
        ("BD-09", "BD-09"),
        ("EPSG:4547", "EPSG:4547"),
        ("epsg:3857", "EPSG:3857"),
    ],
)
def test_names_of_systems(text: str, name: str) -> None:
    assert crs.parse_crs(text) == name


@pytest.mark.parametrize(
    "text", ["Mars 2000", "EPSG:99999999", "EPSG", "", "+proj=longlat", "IAU_2015:49900", "https://x.example/crs"]
)
def test_an_unknown_system_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(BadInput) as fault:
        crs.parse_crs(text)
    assert fault.value.words.key == crs.UNKNOWN_CRS
    assert fault.value.remedy is not None


def test_nothing_said_and_nothing_declared_is_never_guessed() -> None:
    with pytest.raises(BadInput) as fault:
        crs.settle_crs(None, None)
    assert fault.value.words.key == crs.NO_CRS


def test_what_the_file_says_and_what_is_declared_must_agree() -> None:
    assert crs.settle_crs("EPSG:3857", None) == "EPSG:3857"
    assert crs.settle_crs(None, "CGCS2000") == "EPSG:4490"
    assert crs.settle_crs("EPSG:4326", "EPSG:4326") == "EPSG:4326"
    assert crs.settle_crs("EPSG:4326", "GCJ-02") == "GCJ-02"
    with pytest.raises(BadInput) as fault:
        crs.settle_crs("EPSG:3857", "EPSG:4547")
    assert fault.value.words.key == crs.TWO_CRS
    with pytest.raises(BadInput):
        crs.settle_crs("EPSG:3857", "GCJ-02")


def test_a_datum_without_known_change_is_called_rough() -> None:
    assert crs.is_rough("EPSG:4610", 121.0, 31.0)  # Xi'an 1980
    assert not crs.is_rough("EPSG:4547", 114.0, 31.0)  # CGCS2000, Gauss-Krüger
    assert not crs.is_rough("EPSG:3857", 14.4, 50.1)
    assert not crs.is_rough("BD-09", 121.0, 31.0)
