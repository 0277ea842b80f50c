"""The yearly survey: the week's doors on the street, the plan and its coverage at the desk, second visits that see no first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from linli.faces.components import Column, Table
from linli.faces.formats import day, number
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.register.commands import rounds as commands
from linli.register.queries.rounds import current_week
from linli.register.queries.survey import Survey, blind_visits, this_week
from linli.register.queries.survey import survey as survey_of
from linli.trust import Permission, page

FOUND = {
    "people": gettext_lazy("how many live there"),
    "name": gettext_lazy("names"),
    "birth": gettext_lazy("years of birth"),
    "phone": gettext_lazy("telephones"),
}
BLIND_ROWS = 6


@page("register.field_survey", may=Permission.REGISTER_WRITE)
def field_survey(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """The doors that the survey leads to this week, building by building, and second visits."""
    found = this_week(viewer=viewer, community=community.id, day=timezone.localdate())
    return render(request, "register/field/survey.html", {"week": found})


@page("register.survey", may=Permission.REGISTER_READ)
def survey(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Plan and coverage; second visits: what is still to be done, and how often they found something else."""
    found = survey_of(viewer=viewer, community=community.id, day=timezone.localdate())
    asked = request.GET.get("grid", "")
    context = {
        "survey": found,
        "start": day(found.start, current_language(), "year") if found.start else "",
        "grid": asked,
        "buildings": [row for row in found.buildings if row.grid == asked] if asked else [],
        "rates": _rates(found),
        "may_plan": viewer.may(Permission.MONDAY_RUN),
        "may_write": viewer.may(Permission.REGISTER_WRITE),
    }
    return render(request, "register/survey.html", context)


def _rates(found: Survey) -> Table | None:
    rows = [
        [FOUND.get(name, name), f"{number(rate.rate * 100, 1)}%", _span(rate.low, rate.high), rate.checked]
        for name, rate in found.rates.items()
    ]
    heads = [Column(_("Field")), Column(_("Found wrong"), "number"), Column(_("19 times in 20 between"), "number")]
    return Table([*heads, Column(_("Visits"), "number")], rows, narrow="keep") if rows else None


def _span(low: float, high: float) -> str:
    return f"{number(low * 100, 1)}–{number(high * 100, 1)}%"


@require_POST
@page("register.survey_plan", may=Permission.MONDAY_RUN)
def survey_plan(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Plan the year, or draw the second visits of the week."""
    week = current_week(viewer=viewer, community=community.id)
    if request.POST.get("act") == "draw":
        drawn = commands.draw_blind(by=viewer, community=community.id, week=week)
        messages.success(request, ngettext("One second visit drawn.", "%(n)s second visits drawn.", drawn) % {"n": number(drawn)})
    else:
        planned = commands.plan_survey(by=viewer, community=community.id, start=week.next().monday)
        messages.success(request, ngettext("One home planned.", "%(n)s homes planned.", planned) % {"n": number(planned)})
    return redirect("register:survey", code=community.code)


@page("register.blind_visit", may=Permission.REGISTER_WRITE)
def blind(request: HttpRequest, viewer: Actor, community: Any, visit: UUID) -> HttpResponse:
    """A second visit: what people say is written down; what stands on the register is not shown. Not for the first visitor."""
    today = timezone.localdate()
    found = {one.id: one for one in blind_visits(viewer=viewer, community=community.id, day=today)}.get(visit)
    if found is None:
        raise Http404
    back = reverse("register:survey" if viewer.grids is None else "register:field_survey", kwargs={"code": community.code})
    fault = _told_fault(commands.OWN_VISIT, commands.ANOTHER) if found.own else ""
    rows = [
        {name: request.POST.get(f"{name}_{at}", "").strip()[:40] for name in ("name", "year", "phone")} | {"at": at}
        for at in range(1, BLIND_ROWS + 1)
    ]
    if request.method == "POST" and not found.own:
        try:
            _write(request, viewer, community.id, visit, rows)
            return redirect(back)
        except NotFound:
            raise Http404 from None
        except LinliError as error:
            fault = f"{say(error.words)} {say(error.remedy)}" if error.remedy else say(error.words)
    context = {"visit": found, "rows": rows, "fault": fault, "back": back}
    return render(request, "register/blind.html", context, status=422 if fault and request.method == "POST" else 200)


def _told_fault(*keys: str) -> str:
    return " ".join(say({"key": key, "params": {}}) for key in keys)


def _write(request: HttpRequest, viewer: Actor, community: UUID, visit: UUID, rows: list[dict[str, Any]]) -> None:
    if request.POST.get("act") == "refused":
        commands.close_blind(by=viewer, community=community, visit=visit)
        messages.success(request, _("Written down: they did not want to talk."))
        return
    told = [
        commands.Told(str(row["name"]), int(row["year"]) if row["year"].isdecimal() else None, str(row["phone"])[-4:])
        for row in rows
        if row["name"]
    ]
    commands.record_blind(by=viewer, community=community, visit=visit, told=told, empty="empty" in request.POST)
    messages.success(request, _("Written down. What was told is not kept, only whether it agreed."))
