from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from linli.territory.rules import geometry

GEOD = Geod(ellps="WGS84")


@given(
    st.floats(-179.0, 179.0),
    st.floats(-75.0, 75.0),
    st.floats(0.0003, 0.01),
    st.floats(0.0003, 0.01),
)
def test_areas_lengths_and_distances_are_those_on_the_ellipsoid(lon: float, lat: float, width: float, height: float) -> None:
    """Against the geodesic, which knows no projection."""
    shape = shapely.segmentize(shapely.box(lon, lat, lon + width, lat + height), 0.001)
    epsg = geometry.metric_epsg(lon, lat)
    area, outline = GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))
    assert geometry.areas_m2([shape], epsg)[0] == pytest.approx(abs(area), rel=2e-5)
    assert geometry.lengths_m([shape], epsg)[0] == pytest.approx(outline, rel=2e-5)
    one, other = shapely.Point(lon, lat), shapely.Point(lon + width, lat + height)
    metres = GEOD.inv(one.x, one.y, other.x, other.y)[2]
    assert geometry.distances_m([one], [other], epsg)[0] == pytest.approx(metres, rel=1e-4)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (121.47, 31.23, 4549),  # Shanghai: central meridian 120
        (116.4, 39.9, 4548),
        (87.6, 43.8, 4538),
        (14.4, 50.1, 32633),  # Prague
        (-122.4, 37.8, 32610),
        (151.2, -33.9, 32756),
    ],
)
def test_every_place_has_its_metric_system(lon: float, lat: float, epsg: int) -> None:
    assert geometry.metric_epsg(lon, lat) == epsg


@given(st.floats(73.6, 136.4), st.floats(3.0, 54.0))
def test_in_china_the_nearest_three_degree_zone_is_taken(lon: float, lat: float) -> None:
    """Zones are numbered by their central meridian: 4534 is 75° east."""
    meridian = 75 + 3 * (geometry.metric_epsg(lon, lat) - 4534)
    assert abs(meridian - lon) <= 1.5 + 1e-9


def test_shapes_survive_storing() -> None:
    shapes = geometry.as_shapes([shapely.box(121.0, 31.0, 121.1, 31.1), shapely.Point(1, 2)])
    back = geometry.from_wkb(memoryview(value) for value in geometry.to_wkb(shapes))
    assert shapely.equals(back, shapes).all()
    assert geometry.bounds(shapes).tolist()[0] == [121.0, 31.0, 121.1, 31.1]


def test_there_and_back_through_metres_is_within_a_millimetre() -> None:
    shape = shapely.box(121.0, 31.0, 121.02, 31.02)
    epsg = geometry.metric_epsg(121.0, 31.0)
    back = geometry.to_degrees(geometry.to_metric([shape], epsg), epsg)[0]
    assert np.allclose(shapely.get_coordinates(back), shapely.get_coordinates(shape), atol=1e-8)


def test_nothing_gives_nothing() -> None:
    assert len(geometry.areas_m2([], 4550)) == 0
    assert len(geometry.to_metric([], 4550)) == 0
    assert geometry.bounds([]).shape == (0, 4)
