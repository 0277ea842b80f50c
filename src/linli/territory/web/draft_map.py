"""The map of a draft: from metres to short SVG paths, whole for the page, or what a step changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from linli.faces import maps
from linli.faces.words import pick
from linli.territory.queries import DraftPlan, DraftSheet, MapShapes, PartRow
from linli.territory.rules.crs import Shapes
from linli.territory.rules.sheets import NOWHERE

SHOWN_PX = 720
"""About how wide the map is on a desk."""
STREET_M = 8.0
FINE, PLAIN, NEAR = 0.2, 0.6, 4.0
"""Tolerances of lines that one aims at, of what lies below them, and of where a label stands, in drawing units."""


@dataclass(frozen=True)
class DrawnCell:
    """A cell that can be chosen."""

    number: int
    part: int
    block: int
    persons: int
    path: str


@dataclass(frozen=True)
class DrawnPart:
    """A grid: its number in the draft (0: a grid of today's division), its label at (x, y), and how it is filled."""

    part: int
    label: str
    css: str
    locked: bool
    path: str = ""
    x: str = ""
    y: str = ""

    def as_json(self) -> dict[str, Any]:
        plain = {"part": self.part, "label": self.label, "css": self.css, "locked": self.locked}
        return plain | ({"d": self.path, "x": self.x, "y": self.y} if self.path else {})


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws; sizes in drawing units."""

    width: str
    height: str
    size: str
    small: str
    halo: str
    cells: list[DrawnCell]
    parts: list[DrawnPart]
    now: list[DrawnPart]
    fresh: str
    gone: str
    streets: list[tuple[str, str]] = field(default_factory=list)
    water: list[str] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)
    houses: str = ""
    names: list[maps.Name] = field(default_factory=list)


def scale_of(plan: DraftSheet) -> maps.Scale:
    """The same for every step of a draft: its cells stay."""
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(plan.cells))
    return maps.Scale.for_box((west, south, east, north))


def picture_of(plan: DraftPlan, ground: MapShapes) -> Picture:
    """The whole map."""
    scale, unit = scale_of(plan), maps.WIDTH / SHOWN_PX
    areas = [shape for shape in ground.water if shape.geom_type.endswith("Polygon")]
    streams = [shape for shape in ground.water if not shape.geom_type.endswith("Polygon")]
    streets = [
        (maps.Line(line, STREET_M, pick(name)), scale.place(line, PLAIN))
        for line, name in zip(ground.streets, ground.street_names, strict=True)
    ]
    width = f"{scale.length(STREET_M):.1f}"
    fresh, gone = (_lines(scale, lines) for lines in plan.borders())
    sheet = plan.sheet
    return Picture(
        width=f"{maps.WIDTH:.0f}",
        height=f"{scale.height:.0f}",
        size=f"{13 * unit:.1f}",
        small=f"{11 * unit:.1f}",
        halo=f"{3.5 * unit:.1f}",
        cells=[
            DrawnCell(
                at, int(plan.parts[at]), int(sheet.block[at]), int(sheet.persons[at]), maps.path_of(scale.place(cell, FINE))
            )
            for at, (part, cell) in enumerate(zip(plan.parts.tolist(), plan.cells, strict=True))
        ],
        parts=parts_of(plan, None),
        now=_now(plan, scale),
        fresh=fresh,
        gone=gone,
        streets=[(path, width) for _line, placed in streets if (path := maps.path_of(placed))],
        water=[path for shape in areas if (path := maps.path_of(scale.place(shape, PLAIN)))],
        streams=[(path, width) for shape in streams if (path := maps.path_of(scale.place(shape, PLAIN)))],
        houses=maps.paths_of(scale.place_all(ground.buildings, PLAIN)) if len(ground.buildings) else "",
        names=maps.names_along(streets, unit),
    )


def parts_of(plan: DraftPlan, redrawn: Collection[int] | None) -> list[DrawnPart]:
    """The grids of the draft; with their outlines those in ``redrawn`` (None: all)."""
    scale = scale_of(plan)
    outlines = plan.outlines(redrawn)
    return [_part(plan, row, scale, outlines) for row in plan.row.parts if row.part != NOWHERE]


def changes_of(plan: DraftPlan, redrawn: Collection[int] | None) -> dict[str, Any]:
    """What the page's script needs to draw a step."""
    fresh, gone = (_lines(scale_of(plan), lines) for lines in plan.borders())
    return {"parts": [part.as_json() for part in parts_of(plan, redrawn)], "fresh": fresh, "gone": gone}


def fill_of(deviation: float | None, tolerance: float) -> str:
    """few, wanted or many."""
    if deviation is None or abs(deviation) <= tolerance + 1e-9:
        return "wanted"
    return "many" if deviation > 0 else "few"


def _part(plan: DraftPlan, row: PartRow, scale: maps.Scale, outlines: Mapping[int, Any]) -> DrawnPart:
    css = fill_of(row.deviation, plan.row.tolerance)
    if row.part not in outlines:
        return DrawnPart(row.part, row.label, css, row.locked)
    path, x, y = _outline(scale, outlines[row.part])
    return DrawnPart(row.part, row.label, css, row.locked, path, x, y)


def _now(plan: DraftPlan, scale: maps.Scale) -> list[DrawnPart]:
    held, row = plan.now_held(), plan.row
    return [
        DrawnPart(0, label, fill_of(held[label] / row.target - 1, row.tolerance), False, *_outline(scale, outline))
        for label, outline in plan.now
    ]


def _outline(scale: maps.Scale, outline: Any) -> tuple[str, str, str]:
    placed = scale.place(outline, FINE)
    x, y = _middle(placed)
    return maps.path_of(placed), f"{x:.1f}", f"{y:.1f}"


def _middle(outline: Any) -> tuple[float, float]:
    """Where most of a grid is: a label there stands on it alone, also where the grid has a thin arm."""
    largest = max(shapely.get_parts(outline), key=lambda part: float(shapely.area(part)))
    middle = shapely.get_point(shapely.maximum_inscribed_circle(largest, tolerance=NEAR), 0)
    return float(shapely.get_x(middle)), float(shapely.get_y(middle))


def _lines(scale: maps.Scale, lines: Shapes | Sequence[Any]) -> str:
    return "".join(maps.path_of(scale.place(line, FINE)) for line in lines)
