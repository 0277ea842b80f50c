"""One worklist each; a task with its history; done, and checked by somebody else."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Event, Tab
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.trust import Permission, Zone, page
from linli.work import commands, queries

LISTS = ("mine", "check", "open", "closed")
LIST_NAMES = {
    "mine": gettext_lazy("Mine"),
    "check": gettext_lazy("To be checked"),
    "open": gettext_lazy("All open"),
    "closed": gettext_lazy("Finished"),
}
ACT_NAMES = {
    "assign": gettext_lazy("Given"),
    "note": gettext_lazy("Note"),
    "do": gettext_lazy("Reported done"),
    "check": gettext_lazy("Checked: done"),
    "send_back": gettext_lazy("Checked: sent back"),
    "drop": gettext_lazy("Dropped"),
}


class NoteForm(forms.Form):
    """What was done, or what was found when checking."""

    note = forms.CharField(
        label=gettext_lazy("What was done, or found"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write in a few words what was done, or found.")},
    )


@page("work.list", may=Permission.TASK_READ)
def worklist(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """The lists of the desk."""
    which = request.GET.get("list", "mine")
    which = which if which in LISTS else "mine"
    counts = queries.task_counts(viewer=viewer, community=community.id)
    tabs = [Tab(LIST_NAMES[name], f"?list={name}", name == which, counts[name]) for name in LISTS]
    rows = queries.worklist(viewer=viewer, community=community.id, today=timezone.localdate(), which=which)
    return render(request, "work/desk/list.html", {"tabs": tabs, "rows": rows, "which": which})


@page("work.mine", may=Permission.TASK_READ)
def mine(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Today's list on the street: late first, then by date; then what waits for a check."""
    today = timezone.localdate()
    rows = queries.worklist(viewer=viewer, community=community.id, today=today)
    checks = (
        queries.worklist(viewer=viewer, community=community.id, today=today, which="check")
        if viewer.may(Permission.TASK_CHECK)
        else []
    )
    return render(request, "work/field/mine.html", {"rows": rows, "checks": checks, "today": today})


@page("work.task", may=Permission.TASK_READ)
def task(request: HttpRequest, viewer: Actor, community: Zone, task: UUID) -> HttpResponse:
    """One task: what it is, what happened, and the one thing that the viewer can do about it."""
    return _one(request, viewer, community, task, template="work/desk/task.html", onward="work:task")


@page("work.field_task", may=Permission.TASK_READ)
def field_task(request: HttpRequest, viewer: Actor, community: Zone, task: UUID) -> HttpResponse:
    """The same on the street."""
    return _one(request, viewer, community, task, template="work/field/task.html", onward="work:field_task")


def _one(request: HttpRequest, viewer: Actor, community: Zone, task: UUID, *, template: str, onward: str) -> HttpResponse:
    row, history = queries.task(viewer=viewer, community=community.id, task=task, today=timezone.localdate())
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "do":
                commands.do_task(by=viewer, community=community.id, task=task, note=form.cleaned_data["note"])
                messages.success(request, _("Reported as done. Somebody else checks it."))
            else:
                good = request.POST.get("act") == "good"
                commands.check_task(by=viewer, community=community.id, task=task, good=good, note=form.cleaned_data["note"])
                messages.success(request, _("The check is kept."))
        except LinliError as fault:
            form.add_error(None, say(fault.words))
        else:
            return redirect(onward, code=community.code, task=task)
    events = [Event(event.at, ACT_NAMES[event.act], event.note, told=event.by) for event in reversed(history)]
    return render(request, template, {"row": row, "events": events, "form": form})
