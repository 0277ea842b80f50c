"""The faces: the three shells (portal, desk, field), components, charts and maps with their table and list twins.

The public names below are all that other packages use in Python. Templates extend ``faces/desk.html``, ``faces/field.html``,
``faces/portal.html`` or ``faces/print.html`` and load ``{% load faces %}``; ``/faces/gallery/`` shows every component (with
DEBUG only).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.faces.charts import (
        Bar,
        Holiday,
        LineChart,
        Pyramid,
        Sparkline,
        WeekPoint,
        bars,
        line_with_band,
        pyramid,
        sparkline,
    )
    from linli.faces.components import (
        Cell,
        Clock,
        Column,
        Entry,
        Event,
        FindingRow,
        MapList,
        MapRow,
        Matrix,
        MatrixRow,
        Pager,
        Part,
        Step,
        Tab,
        Table,
    )
    from linli.faces.maps import Drawing, GridShape, Line, draw
    from linli.faces.masks import masked_digits, masked_name
    from linli.faces.words import both, current_language, pick, render

_HOMES = {
    "charts": (
        "Bar",
        "Holiday",
        "LineChart",
        "Pyramid",
        "Sparkline",
        "WeekPoint",
        "bars",
        "line_with_band",
        "pyramid",
        "sparkline",
    ),
    "components": (
        "Cell",
        "Clock",
        "Column",
        "Entry",
        "Event",
        "FindingRow",
        "MapList",
        "MapRow",
        "Matrix",
        "MatrixRow",
        "Pager",
        "Part",
        "Step",
        "Tab",
        "Table",
    ),
    "maps": ("Drawing", "GridShape", "Line", "draw"),
    "masks": ("masked_digits", "masked_name"),
    "words": ("both", "current_language", "pick", "render"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
# Names that are also rooms of this package (``linli.faces.words``) stay rooms.


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.faces has no public name {name}")
    return getattr(import_module(f"linli.faces.{_HOME_OF[name]}"), name)
