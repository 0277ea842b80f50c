"""Divisions: all of them in a list, a new draft, and the page of one: the editor, or the map alone for those who only look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import nan
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces import maps
from linli.faces.components import Column, Table
from linli.faces.formats import day
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, LinliError, NotFound
from linli.territory import queries
from linli.territory.commands import begin_draft
from linli.territory.models import LayerKind
from linli.territory.queries import DivisionRow, DraftPlan, Outlines
from linli.territory.rules.faults import Fault
from linli.territory.rules.sheets import NOWHERE, WEIGHTS
from linli.territory.web import draft_words
from linli.territory.web.draft_map import STREET_M, picture_of
from linli.trust import Permission, account_names, page

SHOWS = ("draft", "current", "both")
HOUSES = 6000
"""So many buildings are drawn below the cells."""


@dataclass(frozen=True)
class FaultLine:
    """What the check says, and the reason for which it may be so, "" for none."""

    fault: Fault
    allowed: str


@page("territory.divisions", may=Permission.TERRITORY_READ)
def divisions(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Drafts, what is in force, what was; and a form for a new draft."""
    rows = queries.divisions(viewer=viewer, community=community.id)
    today = timezone.localdate()
    published = [row for row in rows if row.state == "published"]
    context = {
        "drafts": [row for row in rows if row.state != "published"],
        "published": [{"row": row, "standing": _standing(row, today)} for row in published],
        "draws": draws(viewer),
        "form": _goals_form(viewer, community.id, rows, today) if draws(viewer) else None,
    }
    return render(request, "territory/desk/divisions.html", context)


@page("territory.new_division", may=Permission.TERRITORY_DRAW)
def new_division(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Begin a draft: from the grids published last, or afresh."""
    if request.method != "POST":
        return redirect("territory:divisions", code=community.code)
    try:
        weight, target, tolerance = goals_from(request)
        version = begin_draft(
            by=viewer,
            community=community.id,
            kind=LayerKind.PEOPLE,
            name=request.POST.get("name", "").strip(),
            weight=weight,
            target=target,
            tolerance=tolerance,
            afresh=request.POST.get("from") == "afresh",
        )
    except LinliError as fault:
        messages.error(request, told(fault))
        return redirect("territory:divisions", code=community.code)
    return redirect("territory:division", code=community.code, version=version)


@page("territory.division", may=Permission.TERRITORY_READ)
def division(request: HttpRequest, viewer: Actor, community: Any, version: UUID) -> HttpResponse:
    """A draft with everything that can be done to it, or a version's map."""
    try:
        seen = queries.outlines(viewer=viewer, community=community.id, version=version)
    except NotFound:
        raise Http404 from None
    if not (seen.is_draft and draws(viewer)):
        return _only_looking(request, viewer, community, seen)
    try:
        plan = queries.draft_plan(viewer=viewer, community=community.id, version=version)
    except Conflict:
        row = queries.draft(viewer=viewer, community=community.id, version=version)
        return render(request, "territory/desk/draft_waiting.html", {"draft": row, "name": row.name})
    return render(request, "territory/desk/draft.html", page_context(request, viewer, community, plan))


def draws(viewer: Actor) -> bool:
    """Whether somebody may draw here; a role in some grids only does not draw."""
    return viewer.may(Permission.TERRITORY_DRAW) and viewer.grids is None


def page_context(request: HttpRequest, viewer: Actor, community: Any, plan: DraftPlan) -> dict[str, Any]:
    """Everything on the editor's page."""
    show = request.GET.get("show", "")
    ground = queries.map_shapes(viewer=viewer, community=community.id, plots=False, buildings=HOUSES)
    part = chosen_part(plan, request.GET.get("grid", ""))
    return step_context(viewer, community, plan, part) | {
        "picture": picture_of(plan, ground),
        "show": show if show in SHOWS and plan.now else "draft",
        "shows": [("current", _("Current")), ("draft", _("Draft")), ("both", _("Both"))],
        "both": bool(plan.now),
        "saved": draft_words.saved(plan.row),
        "today": timezone.localdate(),
        "weights": [(key, draft_words.WEIGHT_NAMES[key]) for key in WEIGHTS],
        "target": round(draft_words.shown_target(plan.row)),
        "percent": round(100 * plan.row.tolerance, 1),
        "publishes": viewer.may(Permission.TERRITORY_PUBLISH),
        "mine": plan.row.drawn_by is not None and plan.row.drawn_by == viewer.account,
        "wanted_from": plan.row.asked.valid_from if plan.row.asked else next_monday(timezone.localdate()),
        "asked_by": _asked_by(viewer, plan),
        "faults": _faults(viewer, community, plan),
        **script_words(community, plan),
    }


def step_context(viewer: Actor, community: Any, plan: DraftPlan, part: int) -> dict[str, Any]:
    """What changes from step to step."""
    return {
        "draft": plan.row,
        "editable": plan.row.state == "draft",
        "rows": [
            draft_words.row_of(line, line.part == part and part != NOWHERE, current_language())
            for line in draft_words.grid_lines(plan.row)
        ],
        "chosen": draft_words.chosen_of(viewer, community.id, plan, part) if part != NOWHERE else None,
        "lede": draft_words.lede_of(plan.row),
        "compared": _compared(plan),
        "code": community.code,
    }


def chosen_part(plan: DraftPlan, text: str) -> int:
    """The part asked for; else that which is furthest from what was wanted, else the first. 0 where there is none."""
    parts = {row.part: row for row in plan.row.parts if row.part != NOWHERE}
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) in parts:
        return int(text)
    if not parts:
        return NOWHERE
    outside = [row for row in parts.values() if abs(row.deviation or 0.0) > plan.row.tolerance]
    worst = max(outside, key=lambda row: abs(row.deviation or 0.0), default=None)
    return worst.part if worst else min(parts.values(), key=lambda row: row.label).part


def goals_from(request: HttpRequest) -> tuple[str, float, float]:
    """Weight, target in the draft's own unit, tolerance as a share; what is no number the command refuses."""
    weight = request.POST.get("weight", "")
    return weight, draft_words.stored_target(weight, _number(request, "target")), _number(request, "tolerance") / 100


def told(fault: LinliError) -> str:
    """What is wrong and what to do about it."""
    gap = "" if current_language() == "zh-Hans" else " "
    return gap.join(say(words) for words in (fault.words, fault.remedy) if words)


def next_monday(today: date) -> date:
    """The first Monday after today."""
    return today + timedelta(days=7 - today.weekday())


def script_words(community: Any, plan: DraftPlan) -> dict[str, Any]:
    """What the page's script says by itself, and where it asks."""
    where = {"code": community.code, "version": plan.row.id}
    return {
        "script": {
            "step": reverse("territory:draft_step", kwargs=where),
            "grid": reverse("territory:draft_grid", kwargs={**where, "part": 0}),
            "words": {
                "choose": _("Click a grid to choose it."),
                "move": _("Click buildings of one grid, then the grid that they go to."),
                "line": _("Click the points of a line through a grid; the last one twice. Escape takes it away."),
                "merge": _("Click the grid that is merged with the chosen one."),
                "chosen": _("Chosen: %(n)s, with %(persons)s residents."),
                "lost": _("The step did not reach the server. Nothing was changed; try again."),
            },
        }
    }


def _number(request: HttpRequest, name: str) -> float:
    try:
        return float(request.POST.get(name, "").replace(",", "").strip())
    except ValueError:
        return nan


def _standing(row: DivisionRow, today: date) -> str:
    if row.valid_from and row.valid_from > today:
        return "coming"
    return "past" if row.valid_to and row.valid_to <= today else "current"


def _goals_form(viewer: Actor, community: UUID, rows: list[DivisionRow], today: date) -> dict[str, Any]:
    loads = queries.building_loads(viewer=viewer, community=community)
    persons = sum(load.persons for load in loads.buildings.values())
    grids = next((row.grids for row in rows if row.state == "published" and row.kind == LayerKind.PEOPLE), 0)
    return {
        "name": day(next_monday(today), current_language(), "month"),
        "current": grids,
        "persons": persons,
        "target": max(1, round(persons / grids)) if persons and grids else 1000,
        "tolerance": 5,
        "weights": [(key, draft_words.WEIGHT_NAMES[key]) for key in WEIGHTS],
    }


def _compared(plan: DraftPlan) -> dict[str, Any] | None:
    found, row = plan.row.compared, plan.row
    if found is None:
        return None

    def worst(share: float | None) -> str:
        return "–" if share is None else draft_words.percent(share, row.tolerance)

    return {
        "now": bool(plan.now),
        "worst_now": worst(found.worst_now),
        "worst": worst(found.worst),
        "outside": found.worst is not None and abs(found.worst) > row.tolerance,
        "allowed": round(100 * row.tolerance),
        "change_grid": found.change_grid,
        "change_worker": found.change_worker,
        "grid_share": found.change_grid / found.people if found.people else None,
        "worker_share": found.change_worker / found.people if found.people else None,
        "hours_now": [round(hours) for hours in found.hours_now] if found.hours_now else None,
        "hours": [round(hours) for hours in found.hours] if found.hours else None,
        "ended": found.ended,
        "duties": found.duties,
    }


def _asked_by(viewer: Actor, plan: DraftPlan) -> str:
    asked = plan.row.asked
    if asked is None or asked.by is None:
        return ""
    return account_names(viewer=viewer, accounts=[asked.by]).get(asked.by, "")


def _faults(viewer: Actor, community: Any, plan: DraftPlan) -> dict[str, Any]:
    found = queries.draft_faults(viewer=viewer, community=community.id, version=plan.row.id)
    rows = [FaultLine(fault, plan.row.allowed.get(fault.key, "")) for fault in found]
    return {
        "open": [row for row in rows if row.fault.blocking and not row.allowed],
        "allowed": [row for row in rows if row.allowed],
        "hints": [row for row in rows if not row.fault.blocking],
    }


def _only_looking(request: HttpRequest, viewer: Actor, community: Any, seen: Outlines) -> HttpResponse:
    ground = queries.map_shapes(viewer=viewer, community=community.id, plots=False)
    grids = [maps.GridShape(row.label, row.shape, text=_("Grid %(grid)s") % {"grid": row.label}) for row in seen.grids]
    drawn = (
        maps.draw(
            grids,
            streets=[maps.Line(line, STREET_M) for line in ground.streets],
            water=[shape for shape in ground.water if shape.geom_type.endswith("Polygon")],
            buildings=list(ground.buildings),
            shown_px=620,
        )
        if grids
        else None
    )
    table = Table(
        columns=[Column(_("Grid")), Column(_("Buildings"), "number"), Column(_("Area, ha"), "number")],
        narrow="keep",
        rows=[[row.label, row.buildings, round(row.area_m2 / 10_000, 1)] for row in seen.grids],
    )
    moves = queries.lineage(viewer=viewer, community=community.id, version=seen.id)
    context = {
        "division": seen,
        "standing": _shown_state(seen),
        "map": drawn,
        "table": table,
        "moves": [row for row in moves if row.source != row.target and row.persons],
        "publishes": viewer.may(Permission.TERRITORY_PUBLISH) and viewer.grids is None,
        "wanted_from": next_monday(timezone.localdate()),
    }
    return render(request, "territory/desk/division.html", context)


def _shown_state(seen: Outlines) -> str:
    if seen.is_draft or seen.state != "published" or seen.valid_from is None:
        return "draft"
    row = DivisionRow(seen.id, seen.kind, seen.name, seen.state, seen.valid_from, seen.valid_to, len(seen.grids), False, None)
    return _standing(row, timezone.localdate())
