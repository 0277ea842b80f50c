"""Maps: true to the geometry, small, and the same for every reader."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import shapely
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.faces import maps
from linli.faces.maps import GridShape, Line, draw
from linli.faces.web import sample

NUMBER = re.compile(r"-?\d*\.?\d+")


def squares(count: int = 4, size: float = 100.0) -> list[GridShape]:
    return [GridShape(f"{i + 1:02d}", shapely.box(i * size, 0, (i + 1) * size, size), value=4) for i in range(count)]


def points(path: str) -> list[tuple[float, float]]:
    """Slow and obvious: one run of ``M x y l dx dy …`` back to coordinates."""
    head, _, body = path.rstrip("z").partition("l")
    x, y = (float(n) for n in NUMBER.findall(head))
    found = [(x, y)]
    steps = [float(n) for n in NUMBER.findall(body)]
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


@given(st.lists(st.tuples(st.floats(-500, 1500), st.floats(-500, 1500)), min_size=2, max_size=30))
def test_a_path_reads_back_without_rounding_that_adds_up(line: list[tuple[float, float]]) -> None:
    path = maps._run(line, close=False)
    rounded = [(round(x * 10) / 10, round(y * 10) / 10) for x, y in line]
    kept = [rounded[0]] + [b for a, b in pairwise(rounded) if a != b]
    if len(kept) < 2:
        assert path == ""
        return
    back = points(path)
    assert len(back) == len(kept)
    for (x, y), (ex, ey) in zip(back, kept, strict=True):
        assert x == pytest.approx(ex, abs=0.06)
        assert y == pytest.approx(ey, abs=0.06)


def test_shapes_keep_their_proportions_and_north_is_up() -> None:
    drawn = draw([GridShape("01", shapely.box(0, 0, 200, 100)), GridShape("02", shapely.box(0, 100, 100, 200))])
    first, second = (shapely.Polygon(points(grid.path)) for grid in drawn.grids)
    assert first.area / second.area == pytest.approx(2, rel=0.01)
    assert second.centroid.y < first.centroid.y
    assert float(drawn.width) == 1000
    assert all(0 <= x <= 1000 for shape in (first, second) for x in (shape.bounds[0], shape.bounds[2]))


def test_wkb_and_shapely_are_the_same() -> None:
    shape = shapely.box(3, 4, 50, 60)
    assert draw([GridShape("01", shape)]) == draw([GridShape("01", shape.wkb)])


def test_no_grid_no_map() -> None:
    with pytest.raises(ValueError, match="at least one grid"):
        draw([])


def test_holes_several_parts_and_lines_survive() -> None:
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    parts = shapely.MultiPolygon([shapely.box(200, 0, 250, 50), shapely.box(260, 0, 300, 50)])
    drawn = draw([GridShape("01", ring), GridShape("02", parts)], streets=[Line(shapely.LineString([(0, 0), (300, 50)]), 8)])
    assert drawn.grids[0].path.count("z") == 2
    assert drawn.grids[1].path.count("z") == 2
    assert drawn.streets[0][0].startswith("M")
    assert "z" not in drawn.streets[0][0]


def test_a_chosen_grid_is_shown_with_what_lies_around_it() -> None:
    drawn = draw(squares(21), around="10")
    assert {grid.label for grid in drawn.grids} == {"09", "10", "11"}
    assert {label.text for label in drawn.labels} <= {"09", "10", "11"}


def test_an_outline_has_no_fills_and_keeps_its_ranks() -> None:
    grids = [
        GridShape("01", shapely.box(0, 0, 100, 100), value=7, rank=1),
        GridShape("02", shapely.box(100, 0, 200, 100), cannot=True),
    ]
    drawn = draw(grids, outline=True, streets=[Line(shapely.LineString([(0, 0), (200, 0)]))])
    assert [grid.css for grid in drawn.grids] == ["", ""]
    assert drawn.streets == []
    assert [disc.text for disc in drawn.discs] == [1]


@pytest.mark.parametrize(
    ("ramp", "value", "dark"), [("div", 1, True), ("div", 4, False), ("div", 7, True), ("seq", 5, False), ("seq", 6, True)]
)
def test_labels_can_be_read_on_their_ground(ramp: str, value: int, dark: bool) -> None:
    drawn = draw([GridShape("01", shapely.box(0, 0, 100, 100), value=value)], ramp=ramp)
    assert drawn.labels[0].dark is dark
    assert drawn.grids[0].css == f"{ramp}-{value}"


def test_the_drawn_map_is_well_formed_small_and_without_styles() -> None:
    drawing = sample.drawing()
    svg = render_to_string("faces/components/grid_map.html", {"drawing": drawing, "title": "Map", "key": "m"})
    tree = ElementTree.fromstring(svg)
    assert len(tree.findall("a")) == 21
    assert all(link.find("path/title") is not None for link in tree.findall("a"))
    assert [path.get("data-grid") for path in tree.findall("a/path")] == [f"{i:02d}" for i in range(1, 22)]
    assert not any("style" in element.attrib for element in tree.iter())
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_a_town_of_240_buildings_stays_below_120_kb() -> None:
    grids = [
        GridShape(f"{i:02d}", shapely.Point(i % 7 * 220, i // 7 * 220).buffer(105, 24), value=1 + i % 7, href="/x/")
        for i in range(21)
    ]
    houses = [shapely.Point(i % 20 * 70, i // 20 * 50).buffer(14, 12) for i in range(240)]
    drawing = draw(
        grids,
        buildings=houses,
        streets=[Line(shapely.LineString([(0, i), (1400, i + 30)]), 8, f"Street {i}") for i in range(0, 600, 60)],
    )
    svg = render_to_string("faces/components/grid_map.html", {"drawing": drawing, "title": "Map", "key": "m"})
    assert drawing.houses.count("M") == 240
    assert len(svg.encode()) < 120_000
    assert 0 < len(drawing.names) <= 6


@given(
    st.lists(
        st.tuples(st.integers(-400, 1400), st.integers(-400, 1400), st.integers(1, 300), st.integers(1, 300), st.booleans()),
        max_size=12,
    )
)
@settings(deadline=None)
def test_many_houses_are_drawn_as_each_alone(boxes: list[tuple[int, int, int, int, bool]]) -> None:
    shapes = [shapely.box(x, y, x + w, y + h) for x, y, w, h, _court in boxes]
    shapes = [
        shape.difference(shape.centroid.buffer(0.2)) if court else shape
        for shape, (*_box, court) in zip(shapes, boxes, strict=True)
    ]
    scale = maps.Scale(0.0, 1000.0, 0.976, 1000.0)
    assert maps.paths_of(scale.place_all(shapes, 1.0)) == "".join(maps.path_of(scale.place(shape, 1.0)) for shape in shapes)
