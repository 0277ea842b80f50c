"""A map as a record: grids, streets, water and buildings in a community's metric coordinates become short SVG paths.

Pure. Own geometry only, no tiles. Coordinates are tenths of a drawing 1000 wide, written relative to the point before, so that 21
grids with 240 buildings stay far below 120 kB. Type and discs keep their size on the page: ``shown_px`` says how wide the map is
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Shape: TypeAlias = "BaseGeometry | bytes"

WIDTH = 1000.0
MARGIN = 12.0


@dataclass(frozen=True)
class GridShape:
    """One grid. ``geometry``: shapely or WKB, metres. ``value``: class 1 to 7 of the ramp, None is plain; ``cannot``: can't tell,
    hatched. ``text``: what the map says of it in words. ``rank``: the number of a disc. ``href`` makes it a link.
    """

    label: str
    geometry: Shape
    value: int | None = None
    cannot: bool = False
    chosen: bool = False
    rank: Any = None
    href: str | None = None
    text: Any = ""


@dataclass(frozen=True)
class Line:
    """A street or a stream: its line, its width in metres, its name (written along the longest ones)."""

    geometry: Shape
    width_m: float = 6.0
    name: str = ""


@dataclass(frozen=True)
class DrawnGrid:
    label: str
    path: str
    css: str
    chosen: bool
    href: str | None
    text: Any


@dataclass(frozen=True)
class Label:
    x: str
    y: str
    text: Any
    dark: bool = False


@dataclass(frozen=True)
class Name:
    path: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything the template draws; sizes as strings in drawing units."""

    width: str
    height: str
    size: str
    small: str
    halo: str
    radius: str
    rim: str
    drop: str
    grids: list[DrawnGrid]
    labels: list[Label]
    discs: list[Label]
    water: list[str] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)
    streets: list[tuple[str, str]] = field(default_factory=list)
    houses: str = ""
    names: list[Name] = field(default_factory=list)
    outline: bool = False

    @property
    def linked(self) -> bool:
        return any(grid.href for grid in self.grids)


def draw(
    grids: Sequence[GridShape],
    *,
    streets: Iterable[Line] = (),
    water: Iterable[Shape] = (),
    streams: Iterable[Line] = (),
    buildings: Iterable[Shape] = (),
    ramp: str = "div",
    outline: bool = False,
    shown_px: int = 440,
    around: str | None = None,
) -> Drawing:
    """The map of ``grids`` with its surroundings. ``ramp``: div (seen against expected) or seq (shares). ``outline``: no fills,
    for print.
    ``around``: label of a grid to zoom to, with a margin of its own size. ValueError without any grid.
    """
    shapes = [(grid, _geometry(grid.geometry)) for grid in grids]
    shapes = [(grid, shape) for grid, shape in shapes if not shape.is_empty]
    if not shapes:
        raise ValueError("a map needs at least one grid")
    scale = Scale.for_box(_box(shapes, around))
    unit = WIDTH / shown_px
    chosen_any = any(grid.chosen for grid, _ in shapes)
    drawn, labels, discs = [], [], []
    for grid, shape in shapes:
        placed = scale.place(shape, 0.4)
        if placed.is_empty:
            continue
        css = _css(grid, ramp, outline=outline) + (" faded" if chosen_any and not grid.chosen and not outline else "")
        drawn.append(DrawnGrid(grid.label, path_of(placed), css, grid.chosen, grid.href, grid.text))
        seen = placed.intersection(shapely.box(0, 0, WIDTH, scale.height)) if around else placed
        if seen.is_empty:
            continue
        point = seen.representative_point()
        across, down = (seen.bounds[2] - seen.bounds[0]) / unit, (seen.bounds[3] - seen.bounds[1]) / unit
        dark = (
            grid.value in {1, 7} and not outline and not grid.cannot if ramp == "div" else (grid.value or 0) >= 6 and not outline
        )
        below = 0.0
        if grid.rank is not None:
            discs.append(Label(_t(point.x), _t(point.y), grid.rank))
            below = 19 * unit
        if across >= max(15.0, 7.5 * len(grid.label)) and down >= (52 if grid.rank is not None else 15):
            labels.append(Label(_t(point.x), _t(point.y + below + 4 * unit), grid.label, dark))
    # An outline keeps its borders: white streets would rub them out.
    lines = [] if outline else [(line, scale.place(_geometry(line.geometry), 0.5)) for line in streets]
    return Drawing(
        width=_t(WIDTH),
        height=_t(scale.height),
        size=_t(12 * unit),
        small=_t(10.5 * unit),
        halo=_t(3 * unit),
        radius=_t(10 * unit),
        rim=_t(1.6 * unit),
        drop=_t(3.5 * unit),
        grids=drawn,
        labels=labels,
        discs=discs,
        water=[path for shape in water if (path := path_of(scale.place(_geometry(shape), 0.5)))],
        streams=[
            (path, _t(scale.length(line.width_m)))
            for line in streams
            if (path := path_of(scale.place(_geometry(line.geometry), 0.5)))
        ],
        streets=[(path, _t(max(scale.length(line.width_m), 0.8 * unit))) for line, shape in lines if (path := path_of(shape))],
        houses=paths_of(scale.place_all(buildings, 1.0)),
        names=names_along(lines, unit),
        outline=outline,
    )


@dataclass(frozen=True)
class Scale:
    """From metres (y upwards) to a drawing :data:`WIDTH` wide (y downwards), and back."""

    left: float
    top: float
    factor: float
    height: float

    @classmethod
    def for_box(cls, box: tuple[float, float, float, float]) -> Scale:
        """One on which west, south, east, north (metres) fit."""
        left, bottom, right, top = box
        wide = max(right - left, (top - bottom) * 0.4, 1.0)
        factor = (WIDTH - 2 * MARGIN) / wide
        return cls(left - (wide - (right - left)) / 2, top, factor, (top - bottom) * factor + 2 * MARGIN)

    def length(self, metres: float) -> float:
        return metres * self.factor

    def metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points (n, 2) of the drawing lie, in metres."""
        return np.asarray((points - MARGIN) * (1, -1) / self.factor + (self.left, self.top))

    def place(self, shape: BaseGeometry, tolerance: float) -> BaseGeometry:
        """In drawing units, y downwards; simplified, and nothing of it outside the drawing."""
        placed = shapely.transform(shape, lambda xy: (xy - (self.left, self.top)) * (self.factor, -self.factor) + MARGIN)
        placed = placed.simplify(tolerance)
        left, upper, right, lower = placed.bounds if not placed.is_empty else (0.0, 0.0, 0.0, 0.0)
        if right < -50 or lower < -50 or left > WIDTH + 50 or upper > self.height + 50:
            return shapely.Point()
        if left < -50 or upper < -50 or right > WIDTH + 50 or lower > self.height + 50:
            return shapely.clip_by_rect(placed, -50, -50, WIDTH + 50, self.height + 50)
        return placed

    def place_all(self, shapes: Iterable[Shape], tolerance: float) -> NDArray[np.object_]:
        """``place`` for many, in array calls; what lies wholly outside is left out."""
        found = np.array([_geometry(shape) for shape in shapes], dtype=object)
        placed = shapely.transform(found, lambda xy: (xy - (self.left, self.top)) * (self.factor, -self.factor) + MARGIN)
        placed = shapely.simplify(placed, tolerance)
        left, upper, right, lower = shapely.bounds(placed).T
        out = (right < -50) | (lower < -50) | (left > WIDTH + 50) | (upper > self.height + 50)
        cut = (left < -50) | (upper < -50) | (right > WIDTH + 50) | (lower > self.height + 50)
        placed[cut] = shapely.clip_by_rect(placed[cut], -50, -50, WIDTH + 50, self.height + 50)
        return np.asarray(placed[~out])


def _geometry(shape: Shape) -> BaseGeometry:
    return shapely.from_wkb(shape) if isinstance(shape, bytes | memoryview) else shape


def _box(shapes: Sequence[tuple[GridShape, BaseGeometry]], around: str | None) -> tuple[float, float, float, float]:
    near = next((shape for grid, shape in shapes if grid.label == around), None) if around else None
    if near is None:
        left, bottom, right, top = shapely.total_bounds([shape for _, shape in shapes])
        return float(left), float(bottom), float(right), float(top)
    left, bottom, right, top = near.bounds
    room = 0.6 * max(right - left, top - bottom)
    return left - room, bottom - room * 0.7, right + room, top + room * 0.7


def _css(grid: GridShape, ramp: str, *, outline: bool) -> str:
    if outline:
        return ""
    if grid.cannot:
        return "cannot"
    return f"{ramp}-{min(max(grid.value, 1), 7)}" if grid.value is not None else ""


def _t(value: float) -> str:
    """One decimal, none where it is nought: these texts are most of a map's bytes."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


@lru_cache(maxsize=20_000)
def _tenth(tenths: int) -> str:
    """A number of tenths as ``_t`` writes it; a map has few different ones."""
    return _t(tenths / 10)


def paths_of(shapes: NDArray[np.object_]) -> str:
    """``path_of`` of many shapes, joined; polygons all at once."""
    parts = shapely.get_parts(shapes)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    if not areal.all():
        return "".join(path_of(shape) for shape in shapes)
    points, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    ends = np.flatnonzero(np.diff(ring)) + 1
    return "".join(_closed(run) for run in np.split(_tenths(points), ends) if len(run))


def path_of(shape: BaseGeometry) -> str:
    """SVG path data of any polygon or line, relative after the first point; "" for points and nothing."""
    parts: list[str] = []
    for part in getattr(shape, "geoms", [shape]):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            parts += [_run(ring.coords, close=True) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type in {"LineString", "LinearRing"}:
            parts.append(_run(part.coords, close=False))
        elif hasattr(part, "geoms"):
            parts.append(path_of(part))
    return "".join(parts)


def _tenths(points: NDArray[np.float64]) -> NDArray[np.int64]:
    # Rounded before the difference is taken, so that rounding never adds up along a path.
    return np.rint(points * 10).astype(np.int64)


def _run(coordinates: Any, *, close: bool) -> str:
    tenths = _tenths(np.asarray(coordinates)[:, :2])
    return _closed(tenths) if close else _moves(tenths.tolist(), least=2)


def _closed(ring: NDArray[np.int64]) -> str:
    body = _moves(ring[:-1].tolist(), least=3)
    return f"{body}z" if body else ""


def _moves(tenths: list[list[int]], *, least: int) -> str:
    points = [tenths[0]] + [here for before, here in pairwise(tenths) if here != before]
    if len(points) < least:
        return ""
    body = " ".join([f"{_tenth(b[0] - a[0])} {_tenth(b[1] - a[1])}" for a, b in pairwise(points)]).replace(" -", "-")
    return f"M{_tenth(points[0][0])} {_tenth(points[0][1])}l{body}"


def names_along(lines: Sequence[tuple[Line, BaseGeometry]], unit: float, limit: int = 6) -> list[Name]:
    """Names along the longest named streets, one a name, where they fit; read from left to right."""
    longest: dict[str, BaseGeometry] = {}
    for line, shape in lines:
        for part in getattr(shape, "geoms", [shape]):
            if line.name and part.geom_type == "LineString" and part.length > longest.get(line.name, shapely.Point()).length:
                longest[line.name] = part
    fitting = [(name, part) for name, part in longest.items() if part.length > _written_length(name) * unit]
    chosen = sorted(fitting, key=lambda pair: -pair[1].length)[:limit]
    return [Name(_run(_left_to_right(part), close=False), name) for name, part in chosen]


def _written_length(name: str) -> float:
    return sum(10.5 if ord(sign) > 0x2E80 else 6.0 for sign in name) + 10


def _left_to_right(part: BaseGeometry) -> list[Any]:
    points = list(part.coords)
    return points if points[0][0] <= points[-1][0] else points[::-1]
