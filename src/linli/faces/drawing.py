"""The component tags of ``{% load faces %}``. Each draws one record of ``linli.faces.components``, ``.charts`` or ``.maps``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Library
from django.utils.safestring import SafeString

from linli.faces import form_fields
from linli.faces.charts import Bar, LineChart, Pyramid, Sparkline
from linli.faces.components import Clock, Event, FindingRow, MapList, Matrix, Pager, Part, Step, Tab, Table
from linli.faces.maps import Drawing


def steps(items: Sequence[Step]) -> dict[str, Any]:
    """``{% steps items %}``: the line of steps; upright on narrow screens."""
    return {"items": items}


def matrix(matrix: Matrix) -> dict[str, Any]:
    """``{% matrix matrix %}``: how fresh and complete each grid is, with its key."""
    return {"matrix": matrix}


def sum_(total: int, total_text: Any, parts: Sequence[Part]) -> dict[str, Any]:
    """``{% sum total text parts %}``: 8,963 = 51 + 168 + …; says in words whether both sides agree."""
    return {"total": total, "text": total_text, "parts": parts, "agrees": sum(p.number for p in parts) == total}


def empty(text: Any) -> dict[str, Any]:
    """``{% empty text %}``: one sentence in place of a table: why it is empty and what fills it."""
    return {"text": text}


def pager(pager: Pager) -> dict[str, Any]:
    """``{% pager pager %}``: which part of a list this is, and the ways on."""
    return {"pager": pager}


def finding_row(row: FindingRow) -> dict[str, Any]:
    """``{% finding_row row %}``: one ``<li>`` of ``<ol class="findings">``; ``{% finding_head %}`` stands above the list."""
    return {"row": row}


def finding_head() -> dict[str, Any]:
    """``{% finding_head %}``: the heads of the columns of the ranked list."""
    return {}


def tabs(items: Sequence[Tab], label: Any = "") -> dict[str, Any]:
    """``{% tabs items label %}``: parts of one list, each with its count."""
    return {"items": items, "label": label}


def masked(value: str, href: str | None = None) -> dict[str, Any]:
    """``{% masked value href %}``: a masked text, with the way to show it (a reason is asked for there)."""
    return {"value": value, "href": href}


def data_table(table: Table) -> dict[str, Any]:
    """``{% data_table table %}``: a table that stacks below 900 px and stays a table for screen readers."""
    return {"table": table}


def timeline(events: Sequence[Event]) -> dict[str, Any]:
    """``{% timeline events %}``: what happened, in the order given."""
    return {"events": events}


def clock(clock: Clock) -> dict[str, Any]:
    """``{% clock clock %}``: how much of a limit is used, in words and as a bar."""
    return {"clock": clock}


def bar_table(
    bars: Sequence[Bar], head: Any, value_head: Any, total: Any = None, places: int | None = None, note_head: Any = ""
) -> dict[str, Any]:
    """``{% bar_table bars head value_head total places %}``: names, bars and figures; the table is its own twin.

    With ``note_head`` the heads are in sight, as beside a table that has its own.
    """
    return {"bars": bars, "head": head, "value_head": value_head, "total": total, "places": places, "note_head": note_head}


def line_chart(chart: LineChart, title: Any, saying: Any = "", unit: Any = "") -> dict[str, Any]:
    """``{% line_chart chart title saying %}``: chart, key and table twin. ``saying``: what the line does, in a sentence;
    ``unit``: "days" where a point is a day and not a week.
    """
    return {"chart": chart, "title": title, "saying": saying, "unit": unit}


def spark(sparkline: Sparkline | None) -> dict[str, Any]:
    """``{% spark sparkline %}``: twelve weeks, hidden from screen readers because the reason says it."""
    return {"spark": sparkline}


def pyramid_table(pyramid: Pyramid) -> dict[str, Any]:
    """``{% pyramid_table pyramid %}``: who lives here by age and sex; the pyramid is a table."""
    return {"pyramid": pyramid}


def grid_map(drawing: Drawing, title: Any, key: str = "map") -> dict[str, Any]:
    """``{% grid_map drawing title %}``: the map. ``key`` makes its ids unique where a page has two maps."""
    return {"drawing": drawing, "title": title, "key": key}


def map_legend(low: Any, middle: Any, high: Any, ramp: str = "div") -> dict[str, Any]:
    """``{% map_legend "Far fewer" "As expected" "Far more" %}``: the ramp in words, and "can't tell"."""
    return {
        "low": low,
        "middle": middle,
        "high": high,
        "ramp": ramp,
        "steps": [(str(i), f"{ramp}-{i + 1}", str(i * 60)) for i in range(7)],
    }


def map_list(rows: MapList) -> dict[str, Any]:
    """``{% map_list rows %}``: the list twin of a map."""
    return {"list": rows}


def field(bound: BoundField, *, label: Any = None, hint: Any = None, size: str = "") -> SafeString:
    """``{% field form.name %}``: label, hint, error and control. ``size``: a width, ``10`` (signs) or ``two-thirds``."""
    return form_fields.render(bound, label=label, hint=hint, size=size)


def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """``{% error_summary form %}``: what is missing, above the heading, each a link to its field. Nothing where nothing is."""
    return {"faults": [fault for form in forms for fault in form_fields.faults(form)]}


TAGS = (
    (steps, "steps"),
    (matrix, "matrix"),
    (sum_, "sum"),
    (empty, "empty_list"),
    (pager, "pager"),
    (finding_row, "finding_row"),
    (finding_head, "finding_head"),
    (tabs, "tabs"),
    (masked, "masked"),
    (data_table, "data_table"),
    (timeline, "timeline"),
    (clock, "clock"),
    (bar_table, "bar_table"),
    (line_chart, "line_chart"),
    (spark, "spark"),
    (pyramid_table, "pyramid_table"),
    (grid_map, "grid_map"),
    (map_legend, "map_legend"),
    (map_list, "map_list"),
    (error_summary, "error_summary"),
)


def register_on(library: Library) -> None:
    """Add every component tag to ``library``; tag ``x`` draws ``faces/components/x.html``."""
    for function, name in TAGS:
        library.inclusion_tag(f"faces/components/{name}.html", name=name)(function)
    library.simple_tag(field, name="field")
