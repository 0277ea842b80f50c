from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import numpy as np
import pytest
import shapely

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.territory import commands, queries
from linli.territory.reports import ImportReport
from linli.trust import SYSTEM
from tests.territory.files import grid_boxes


def test_the_grid_of_points_agrees_with_trying_every_grid(place: UUID, settled: ImportReport) -> None:
    rng = np.random.default_rng(8)
    west, south, east, north = shapely.total_bounds(np.array(grid_boxes(), dtype=object))
    lon, lat = rng.uniform(west - 0.001, east + 0.001, 400), rng.uniform(south - 0.001, north + 0.001, 400)
    rows = queries.grids(viewer=SYSTEM, community=place, shapes=True)
    slow = [next((r.id for r in rows if r.shape.covers(shapely.Point(x, y))), None) for x, y in zip(lon, lat, strict=True)]
    assert queries.grid_of_points(viewer=SYSTEM, community=place, lon=lon, lat=lat) == slow
    assert queries.grid_of_points(viewer=SYSTEM, community=place, lon=[float("nan")], lat=[1.0]) == [None]
    assert queries.grid_of_points(viewer=SYSTEM, community=place, lon=[], lat=[]) == []


def test_a_grid_worker_sees_their_own_grid(place: UUID, settled: ImportReport, actor_for: Callable[..., Actor]) -> None:
    mine = queries.grid(viewer=SYSTEM, community=place, label="02")
    worker = actor_for("grid_worker", mine.id)
    assert [row.label for row in queries.grids(viewer=worker, community=place)] == ["02"]
    assert len(queries.buildings(viewer=worker, community=place)) == 6
    assert set(queries.building_grids(viewer=worker, community=place).values()) == {mine.id}
    elsewhere = queries.grid(viewer=SYSTEM, community=place, label="05").shape.centroid
    assert queries.grid_of_points(viewer=worker, community=place, lon=[elsewhere.x], lat=[elsewhere.y]) == [None]
    with pytest.raises(NotFound):
        queries.grid(viewer=worker, community=place, label="05")
    assert queries.neighbours(viewer=worker, community=place, grid=mine.id) == ["01", "03", "05"], "corners are no neighbours"


def test_nothing_of_another_community_is_seen(place: UUID, settled: ImportReport, actor_for: Callable[..., Actor]) -> None:
    other = commands.add_community(by=SYSTEM, code="999901001002", name={"en": "Bridge Lane"})
    viewer = actor_for("community_manager", other)
    grid = queries.grid(viewer=SYSTEM, community=place, label="01")
    assert queries.grids(viewer=viewer, community=place) == []
    assert queries.buildings(viewer=viewer, community=place) == []
    assert queries.building_index(viewer=viewer, community=place).streets == []
    assert queries.building_grids(viewer=viewer, community=place) == {}
    assert queries.context_features(viewer=viewer, community=place) == []
    assert queries.map_shapes(viewer=viewer, community=place).grids == []
    assert queries.grid_of_points(viewer=viewer, community=place, lon=[grid.shape.centroid.x], lat=[grid.shape.centroid.y]) == [
        None
    ]
    assert queries.neighbours(viewer=viewer, community=place, grid=grid.id) == []
    assert queries.versions(viewer=viewer, community=place) == []
    assert queries.faults_of(viewer=viewer, community=place) == []
    assert queries.dwelling_count(viewer=viewer, community=place) == 0
    assert [row.code for row in queries.communities(viewer=viewer)] == ["999901001002"]
    for ask in (queries.community, queries.community_zone):
        with pytest.raises(NotFound):
            ask(viewer=viewer, community=place)


def test_before_the_first_grids_there_are_none(place: UUID, settled: ImportReport) -> None:
    assert queries.grids(viewer=SYSTEM, community=place, on=date(1940, 1, 1)) == []
    assert len(queries.grids(viewer=SYSTEM, community=place, on=date(2020, 1, 6))) == 6
