"""Who looks after which grid: the desk's list with what each has to do, giving and ending duties."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Column, Entry, Table
from linli.faces.form_fields import faults
from linli.faces.formats import day
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.weeks import Week
from linli.territory import commands, queries
from linli.territory.queries import DutyPlan, DutyRow, WorkerRow
from linli.trust import Permission, page

WORKER, DEPUTY, HEAD = "worker", "deputy", "head"
_BETWEEN = re.compile(r"[,，、;；\n]+")


def _day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class AssignForm(forms.Form):
    """A duty for somebody: which, where, from when to when."""

    use_required_attribute = False
    account = forms.ChoiceField(label=gettext_lazy("Who takes it on"))
    duty = forms.ChoiceField(
        label=gettext_lazy("What they do"),
        widget=forms.RadioSelect,
        choices=[
            (WORKER, gettext_lazy("Looks after a grid")),
            (DEPUTY, gettext_lazy("Stands in for a grid worker until a day")),
            (HEAD, gettext_lazy("Speaks for buildings (building head)")),
        ],
    )
    grid = forms.ChoiceField(label=gettext_lazy("Grid"), required=False)
    deputy_for = forms.ChoiceField(label=gettext_lazy("For whom, if they stand in"), required=False)
    buildings = forms.CharField(
        label=gettext_lazy("Buildings, for a building head"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("As the map names them, with commas between them"),
    )
    from_date = _day_field(gettext_lazy("From"))
    to_date = _day_field(gettext_lazy("Until (the first day without it)"), required=False)

    def __init__(self, *given: Any, choices: dict[str, list[tuple[str, Any]]], **more: Any) -> None:
        super().__init__(*given, **more)
        for name, found in choices.items():
            self.fields[name].choices = [("", _("Choose")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        duty = said.get("duty")
        if duty in (WORKER, DEPUTY) and not said.get("grid"):
            self.add_error("grid", _("Choose the grid."))
        if duty == DEPUTY and not said.get("deputy_for"):
            self.add_error("deputy_for", _("Choose for whom they stand in."))
        if duty == DEPUTY and not said.get("to_date"):
            self.add_error("to_date", _("Say until when they stand in."))
        if duty == HEAD and not said.get("buildings", "").strip():
            self.add_error("buildings", _("Name at least one building."))
        return said


class PhoneForm(forms.Form):
    """A telephone that is published."""

    use_required_attribute = False
    phone = forms.CharField(
        label=gettext_lazy("Telephone on duty"),
        required=False,
        max_length=26,
        help_text=gettext_lazy("Everybody can read it on the grid’s card. Empty takes it off."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class EndForm(forms.Form):
    """On which day a duty ends."""

    use_required_attribute = False
    on = _day_field(gettext_lazy("The first day without it"))


@page("territory.workers", may=Permission.TERRITORY_READ)
def workers(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Everybody with a duty in the grids, and which grids have nobody."""
    may = viewer.may(Permission.TERRITORY_ASSIGN)
    plan = queries.duty_plan(viewer=viewer, community=community.id, today=timezone.localdate())
    form = PhoneForm(request.POST if request.method == "POST" and may else None, initial={"phone": plan.supervision_phone})
    form.fields["phone"].label = _("Supervision telephone")
    form.fields["phone"].help_text = _("Under it anybody can say something about a grid worker. It stands on every grid’s card.")
    if form.is_valid():
        try:
            commands.set_supervision_phone(by=viewer, community=community.id, phone=form.cleaned_data["phone"])
        except LinliError as fault:
            form.add_error("phone", _told(fault))
        else:
            messages.success(request, _("The supervision telephone is kept."))
            return redirect("territory:workers", code=community.code)
    context = {
        "plan": plan,
        "known_on": Week.parse(plan.week).monday if plan.week else None,
        "workers": _workers(plan, community.code, may=may) if plan.workers else None,
        "heads": _heads(plan, community.code, may=may) if plan.heads else None,
        "may_assign": may,
        "form": form,
        "faults": faults(form) if form.is_bound else [],
    }
    return render(request, "territory/desk/workers.html", context, status=422 if form.errors else 200)


@page("territory.assign", may=Permission.TERRITORY_ASSIGN)
def assign(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Give somebody a duty."""
    today = timezone.localdate()
    everybody = queries.assignable(viewer=viewer, community=community.id)[1]
    rows = queries.grids(viewer=viewer, community=community.id)
    plan = queries.duty_plan(viewer=viewer, community=community.id, today=today)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        initial={"grid": request.GET.get("grid", "")[:8], "from_date": today, "duty": WORKER},
        choices={
            "account": [(str(account), name) for account, name in everybody.items()],
            "grid": [(row.label, row.label) for row in rows],
            "deputy_for": [(str(row.account), row.name) for row in plan.workers],
        },
    )
    if form.is_valid():
        try:
            _assign(viewer, community.id, form, {row.label: row.id for row in rows})
        except LinliError as fault:
            form.add_error(None, _told(fault))
        if not form.errors:
            name = everybody[UUID(form.cleaned_data["account"])]
            messages.success(request, _("%(name)s has the duty now.") % {"name": name})
            return redirect("territory:workers", code=community.code)
    context = {"form": form, "faults": faults(form) if form.is_bound else []}
    return render(request, "territory/desk/assign.html", context, status=422 if form.errors else 200)


def _assign(viewer: Actor, community: UUID, form: AssignForm, grids: dict[str, UUID]) -> None:
    said = form.cleaned_data
    account, dates = UUID(said["account"]), {"from_date": said["from_date"], "to_date": said["to_date"]}
    if said["duty"] != HEAD:
        instead = UUID(said["deputy_for"]) if said["duty"] == DEPUTY else None
        commands.assign_worker(
            by=viewer, community=community, grid=grids[said["grid"]], account=account, deputy_for=instead, **dates
        )
        return
    wanted = [part.strip() for part in _BETWEEN.split(said["buildings"]) if part.strip()]
    named: dict[str, list[UUID]] = {}
    for row in queries.buildings(viewer=viewer, community=community):
        named.setdefault(row.name or row.source_key, []).append(row.id)
    unknown = [name for name in wanted if len(named.get(name, [])) != 1]
    if unknown:
        form.add_error("buildings", _("No single building is called %(name)s.") % {"name": unknown[0]})
        return
    buildings = {named[name][0] for name in wanted}
    commands.assign_building_head(by=viewer, community=community, buildings=buildings, account=account, **dates)


@page("territory.worker", may=Permission.TERRITORY_ASSIGN)
def worker(request: HttpRequest, viewer: Actor, community: Any, account: UUID) -> HttpResponse:
    """One person's duties: end one, change the telephone."""
    plan = queries.duty_plan(viewer=viewer, community=community.id, today=timezone.localdate())
    mine = [row for row in (*plan.workers, *plan.heads) if row.account == account]
    if not mine:
        raise Http404
    act = request.POST.get("act", "")
    phone = PhoneForm(request.POST if act == "phone" else None, initial={"phone": mine[0].phone})
    ending = request.POST.get("grant", "")
    held = [duty for row in mine for duty in row.duties]
    ends = {
        duty.grant: EndForm(request.POST if ending == str(duty.grant) else None, auto_id=f"end-{at}-%s")
        for at, duty in enumerate(held)
    }
    bound = next((form for form in (phone, *ends.values()) if form.is_bound), None)
    if bound is not None and bound.is_valid():
        try:
            if bound is phone:
                commands.set_duty_phone(by=viewer, community=community.id, account=account, phone=phone.cleaned_data["phone"])
                messages.success(request, _("The telephone is kept."))
            else:
                commands.end_duty(by=viewer, community=community.id, grant=UUID(ending), on=bound.cleaned_data["on"])
                messages.success(request, _("The duty ends on that day."))
            return redirect("territory:workers", code=community.code)
        except LinliError as fault:
            bound.add_error(None, _told(fault))
    context = {
        "name": mine[0].name,
        "duties": [(duty, ends[duty.grant], _when(duty)) for duty in held if duty.grid],
        "phone": phone,
        "faults": faults(bound) if bound is not None else [],
    }
    return render(request, "territory/desk/worker.html", context, status=422 if bound is not None else 200)


def _told(fault: LinliError) -> str:
    return " ".join(say(words) for words in (fault.words, fault.remedy) if words)


def _when(duty: DutyRow) -> str:
    if duty.until:
        return _("%(since)s to %(until)s") % {"since": day(duty.since, "year"), "until": day(duty.until, "year")}
    return _("since %(since)s") % {"since": day(duty.since, "year")}


def _workers(plan: DutyPlan, code: str, *, may: bool) -> Table:
    known = bool(plan.week) and any(row.persons is not None for row in plan.workers)
    figures = [
        Column(_("Persons"), "number", said=True),
        Column(_("Households"), "number", said=True),
        Column(_("Hours a month"), "number", said=True),
        Column(_("Open matters"), "number", said=True),
    ]
    return Table(
        columns=[
            Column(_("Grid worker")),
            Column(_("Grids"), said=True),
            Column(_("Telephone"), said=True),
            *(figures if known else []),
        ],
        narrow="flow",
        rows=[
            [
                Entry(row.name, href=_address(code, row) if may else None),
                _places(row),
                row.phone or Entry(_("none"), tone="mute"),
                *((row.persons, row.households, round(row.hours or 0), row.open_cases) if known else ()),
            ]
            for row in plan.workers
        ],
    )


def _heads(plan: DutyPlan, code: str, *, may: bool) -> Table:
    return Table(
        columns=[Column(_("Building head")), Column(_("Speaks for"), said=True), Column(_("Grids"), said=True)],
        narrow="flow",
        rows=[
            [
                Entry(row.name, href=_address(code, row) if may else None),
                ", ".join(name for duty in row.duties for name in duty.buildings) or "–",
                ", ".join(sorted({duty.grid for duty in row.duties if duty.grid})) or _("all"),
            ]
            for row in plan.heads
        ],
    )


def _address(code: str, row: WorkerRow) -> str:
    return reverse("territory:worker", kwargs={"code": code, "account": row.account})


def _places(row: WorkerRow) -> str:
    """Their grids, and those where they stand in for somebody, with the days where these aren't open."""
    told = []
    for duty in row.duties:
        place = duty.grid or _("all")
        if duty.deputy_for:
            until = day(duty.until, "long") if duty.until else ""
            told.append(_("%(grid)s for %(name)s until %(day)s") % {"grid": place, "name": duty.deputy_for, "day": until})
        elif duty.since > timezone.localdate():
            told.append(_("%(grid)s from %(day)s") % {"grid": place, "day": day(duty.since, "long")})
        elif duty.until:
            told.append(_("%(grid)s until %(day)s") % {"grid": place, "day": day(duty.until, "long")})
        else:
            told.append(place)
    return ", ".join(told)
