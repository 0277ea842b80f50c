"""One step of a draft: a small form that is answered with what it changed, or, without script, with the page again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotFound
from linli.territory import queries
from linli.territory.commands import draw_line, lock_part, merge_parts, move_cells, redo_step, split_part, undo_step
from linli.territory.queries import DraftPlan, DraftSheet
from linli.territory.reports import Stands
from linli.territory.rules import drawing
from linli.territory.rules.geometry import to_degrees
from linli.territory.rules.suggesting import half, widest
from linli.territory.web.draft_map import changes_of, scale_of
from linli.territory.web.draft_words import saved
from linli.territory.web.drafts import chosen_part, step_context, told
from linli.trust import Permission, page

POINTS = 200
"""A line has at most so many points."""


@page("territory.draft_step", may=Permission.TERRITORY_DRAW)
def draft_step(request: HttpRequest, viewer: Actor, community: Any, version: UUID) -> HttpResponse:
    """Take one step: ``act`` with the step that the page shows (``step``), cells, grids or a line."""
    live = request.headers.get("Accept") == "application/json"
    if request.method != "POST":
        return redirect("territory:division", code=community.code, version=version)
    said = ""
    try:
        before = queries.draft_sheet(viewer=viewer, community=community.id, version=version)
        try:
            _take(request, viewer, community.id, before)
        except LinliError as fault:
            said = told(fault)
        plan = queries.draft_plan(viewer=viewer, community=community.id, version=version)
    except NotFound:
        raise Http404 from None
    except LinliError as fault:  # its cells are being cut
        messages.error(request, told(fault))
        return redirect("territory:division", code=community.code, version=version)
    part = _still_chosen(before, plan, request.POST.get("grid", ""))
    if live:
        return JsonResponse(_changed(request, viewer, community, before, plan, part, said))
    if said:
        messages.error(request, said)
    return redirect(reverse("territory:division", kwargs={"code": community.code, "version": version}) + f"?grid={part}")


@page("territory.draft_grid", may=Permission.TERRITORY_DRAW)
def draft_grid(request: HttpRequest, viewer: Actor, community: Any, version: UUID, part: int) -> HttpResponse:
    """One grid of a draft with its buildings, for the page's script."""
    try:
        plan = queries.draft_plan(viewer=viewer, community=community.id, version=version)
    except LinliError:
        raise Http404 from None
    if not any(row.part == part for row in plan.row.parts):
        raise Http404
    return render(request, "territory/desk/draft_chosen.html", step_context(viewer, community, plan, part))


def _take(request: HttpRequest, viewer: Actor, community: UUID, plan: DraftSheet) -> Stands:
    """The command that the form asks for. BadInput for what names none."""
    act = request.POST.get("act", "")
    if act not in _ACTS:
        raise BadInput(drawing.NO_CELL)
    common: dict[str, Any] = {"by": viewer, "community": community, "version": plan.id, "at": _whole(request, "step")}
    return _ACTS[act](request, plan, common)


def _move(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    cells = _cells(request)
    if request.POST.get("whole_block"):
        blocks = {int(plan.sheet.block[cell]) for cell in cells if cell < len(plan.parts)} - {0}
        mine = {int(plan.parts[cell]) for cell in cells if cell < len(plan.parts)}
        inside = np.isin(plan.sheet.block, sorted(blocks)) & np.isin(plan.parts, sorted(mine))
        cells = sorted({*cells, *np.flatnonzero(inside).tolist()})
    return move_cells(**common, cells=cells, to=_whole(request, "to"))


def _split(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    return split_part(**common, part=_whole(request, "grid"), cells=_cells(request))


def _halve(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    part = _whole(request, "grid")
    ways = {"west": np.array([1.0, 0.0]), "north": np.array([0.0, -1.0])}
    way = ways.get(request.POST.get("way", ""))
    across = way if way is not None else widest(plan.sheet, plan.parts, part)
    # What is cut off is the eastern or southern half: the grid keeps where its number is read first.
    rest = half(plan.sheet, plan.parts, part, weight=plan.weight, across=across)
    cells = [cell for cell in np.flatnonzero(plan.parts == part).tolist() if cell not in set(rest)]
    return split_part(**common, part=part, cells=cells)


def _merge(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    return merge_parts(**common, parts=[_whole(request, "grid"), _whole(request, "with")])


def _line(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    """``line``: points of the drawing, "x,y x,y". Through the chosen grid, if it meets it, else through that in its middle."""
    try:
        points = np.array([[float(at) for at in pair.split(",")] for pair in request.POST.get("line", "").split()[:POINTS]])
    except ValueError:
        points = np.empty((0, 2))
    if points.ndim != 2 or points.shape[1:] != (2,) or len(points) < 2 or not np.isfinite(points).all():
        raise BadInput(drawing.NO_LINE)
    line = shapely.LineString(scale_of(plan).metres(points))
    crossed = {part: shape for part, shape in plan.outlines().items() if shapely.intersects(shape, line)}
    grid = _whole(request, "grid")
    if grid not in crossed:
        grid = max(crossed, key=lambda part: float(shapely.length(shapely.intersection(crossed[part], line))), default=0)
    lonlat = shapely.get_coordinates(to_degrees([line], plan.epsg)[0]).tolist()
    return draw_line(**common, parts=[grid], line=[(lon, lat) for lon, lat in lonlat])


def _lock(request: HttpRequest, plan: DraftSheet, common: dict[str, Any]) -> Stands:
    part = _whole(request, "grid")
    on = part not in plan.locked
    return lock_part(**common, part=part, on=on)


_ACTS: Mapping[str, Callable[[HttpRequest, DraftSheet, dict[str, Any]], Stands]] = {
    "move": _move,
    "split": _split,
    "halve": _halve,
    "merge": _merge,
    "line": _line,
    "lock": _lock,
    "undo": lambda _request, _plan, common: undo_step(**common),
    "redo": lambda _request, _plan, common: redo_step(**common),
}


def _changed(
    request: HttpRequest, viewer: Actor, community: Any, before: DraftSheet, plan: DraftPlan, part: int, said: str
) -> dict[str, Any]:
    """What the page's script puts in place. Where the page shows another step than was found, all of the map."""
    moved = np.flatnonzero(before.parts != plan.parts)
    if _whole(request, "step") == before.step:
        redrawn: set[int] | None = {*before.parts[moved].tolist(), *plan.parts[moved].tolist()}
        cells = {int(cell): int(plan.parts[cell]) for cell in moved.tolist()}
    else:
        redrawn, cells = None, dict(enumerate(plan.parts.tolist()))
    context = step_context(viewer, community, plan, part)

    def html(name: str) -> str:
        return render_to_string(f"territory/desk/{name}.html", context, request)

    return {
        "step": plan.row.step,
        "undo": plan.row.undo,
        "redo": plan.row.redo,
        "grid": part,
        "said": said,
        "saved": saved(plan.row),
        "lede": html("draft_lede"),
        "rows": html("draft_rows"),
        "chosen": html("draft_chosen"),
        "compared": html("draft_compared"),
        "map": changes_of(plan, redrawn),
        "cells": cells,
    }


def _still_chosen(before: DraftSheet, plan: DraftPlan, text: str) -> int:
    """The grid that stays chosen: the same, or where it went."""
    parts = {row.part for row in plan.row.parts}
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) not in parts:
        heirs = plan.parts[before.parts == int(text)]
        if len(heirs):
            return int(np.bincount(heirs).argmax())
    return chosen_part(plan, text)


def _cells(request: HttpRequest) -> list[int]:
    """Numbers of cells, one or several (with commas) in a field."""
    told = [text for field in request.POST.getlist("cells") for text in field.split(",")]
    return [int(text) for text in told if text.isascii() and text.isdigit() and len(text) < 8]


def _whole(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
